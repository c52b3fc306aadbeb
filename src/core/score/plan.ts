/** What provider `haldane/score` measures: one score over one window. */
import type { Duration } from '../units.ts'
import type { ScoredMetric, ScoreQuestion } from './settings.ts'

export type PlannedMetric = ScoredMetric & {
  /** PromQL; all series of an answer are put together. */
  readonly queries: { readonly canary: string; readonly stable: string }
}

export type ScorePlan = Pick<ScoreQuestion, 'weights' | 'threshold'> & {
  /** Address of the metrics store; undefined is the controller's. */
  readonly prometheus: { readonly address: string } | undefined
  readonly window: Duration
  readonly step: Duration
  readonly metrics: readonly PlannedMetric[]
}
