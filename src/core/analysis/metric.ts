/** Analysis as Argo's API has it, as far as it is served: templates, runs, metrics, measurements. */

import type { Json } from '../json.ts'
import type { AskedSeries, SeriesSettings } from '../judge/series-settings.ts'
import type { JudgeSettings } from '../judge/settings.ts'
import type { ScorePlan } from '../score/plan.ts'
import type { Duration, Instant } from '../units.ts'

/** An argument of a template or a run. `from` is a source that is resolved when a run is made. */
export type Argument = {
  readonly name: string
  readonly value: string | undefined
  readonly from: ArgumentSource | undefined
}

export type ArgumentSource =
  | { readonly kind: 'podTemplateHash'; readonly of: 'Stable' | 'Latest' }
  | { readonly kind: 'field'; readonly path: string }

/** A metric as the template states it. `json` is what goes into the run's spec, `{{args.x}}` still in it. */
export type Metric = {
  readonly name: string
  readonly json: Json
}

/** A metric whose arguments are filled in: what a run measures. */
export type ResolvedMetric = JudgedMetric | SeriesMetric | ScoredMetric

export type JudgedMetric = {
  readonly kind: 'judge'
  readonly name: string
  readonly initialDelay: Duration
  readonly judge: JudgeSettings
}

/** Provider `haldane/judge` with `series`. */
export type SeriesMetric = {
  readonly kind: 'series'
  readonly name: string
  readonly initialDelay: Duration
  readonly series: SeriesSettings<AskedSeries>
}

export type ScoredMetric = {
  readonly kind: 'score'
  readonly name: string
  readonly initialDelay: Duration
  readonly score: ScorePlan
}

export type AnalysisTemplate = {
  readonly name: string
  readonly metrics: readonly Metric[]
  readonly args: readonly Argument[]
}

/** `Pending` and `Running` go on; all others are final. */
export type Phase = 'Pending' | 'Running' | 'Successful' | 'Failed' | 'Error' | 'Inconclusive'

export type Measurement = {
  readonly phase: Phase
  readonly value: string | undefined
  readonly message: string | undefined
  readonly startedAt: Instant
  readonly finishedAt: Instant | undefined
  readonly resumeAt: Instant | undefined
  readonly metadata: Readonly<Record<string, string>>
}

export type MetricResult = {
  readonly name: string
  readonly phase: Phase
  readonly message: string | undefined
  readonly measurements: readonly Measurement[]
  readonly metadata: Readonly<Record<string, string>>
}

export type RunStatus = {
  readonly phase: Phase | undefined
  readonly message: string | undefined
  readonly startedAt: Instant | undefined
  readonly completedAt: Instant | undefined
  readonly metricResults: readonly MetricResult[]
}

export type AnalysisRun = {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly metrics: readonly Metric[]
  readonly args: readonly Argument[]
  readonly terminate: boolean
  readonly status: RunStatus
}
