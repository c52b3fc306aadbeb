/** What a judge of series is asked: any values of both sides, compared block by block. Domain form of `series` in provider `haldane/judge`. */
import type { SeriesMargin } from '../stats/paired-difference.ts'
import type { Duration, Share } from '../units.ts'
import type { JudgeSettings } from './settings.ts'

export type SeriesRule = {
  readonly name: string
  /** Which way is harm. */
  readonly harm: 'increase' | 'decrease'
  /** `sign` weighs one typical value a block, `rank` all values of a block. */
  readonly test: 'sign' | 'rank'
  /** How far on the side of harm the canary may lie. */
  readonly margin: SeriesMargin
  /** What "no worse" proves: less far than this. */
  readonly passMargin: SeriesMargin
  /** How long a block must be; undefined is learned from how the stable side resembles itself. */
  readonly block: Duration | undefined
}

/** A rule with what the metrics store is asked for each side: any number of series, whose values are put together. */
export type AskedSeries = SeriesRule & {
  readonly queries: { readonly canary: string; readonly stable: string }
}

export type SeriesSettings<Rule extends SeriesRule = SeriesRule> = Pick<
  JudgeSettings,
  'prometheus' | 'warmup' | 'soak' | 'deadline' | 'onDeadline'
> & {
  readonly series: readonly Rule[]
  /** How far values lie apart. */
  readonly step: Duration
  /** Shared out equally among the series. */
  readonly falseRollbackRate: Share
  readonly falsePassRate: Share
}
