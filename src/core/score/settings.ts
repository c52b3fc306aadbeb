/** What a score is asked: series of both sides, how each is compared, and how much each group counts. Domain form of `haldane score`. */

/** Which way is harm. */
export type Direction = 'increase' | 'decrease' | 'either'

/** How far the canary must be off to count, as a ratio of means or as the probability that a canary's value is the greater one. */
export type EffectSize = {
  readonly measure: 'meanRatio' | 'cles'
  readonly allowedIncrease: number
  readonly allowedDecrease: number
  readonly criticalIncrease: number
  readonly criticalDecrease: number
}

export type ScoredMetric = {
  readonly name: string
  /** The metric counts in each of them; in none it counts nowhere. */
  readonly groups: readonly string[]
  readonly direction: Direction
  /** What becomes of NaN: left out, or zero. */
  readonly nanStrategy: 'remove' | 'replace'
  /** Multiples of the interquartile range beyond which values are left out; undefined keeps them all. */
  readonly outlierFactor: number | undefined
  /** Fails the whole canary alone. */
  readonly critical: boolean
  /** Fails when a side has no data, instead of being left out. */
  readonly mustHaveData: boolean
  /** Compared and shown, not counted. */
  readonly muted: boolean
  readonly effectSize: EffectSize
}

/** Values in any order, NaN where there was none; the sides need not be of one length. */
export type Samples = { readonly canary: readonly number[]; readonly stable: readonly number[] }

export type Method = {
  /** Of the interval of the shift; 0.98 in Kayenta. */
  readonly confidence: number
  /** The part of the estimated shift that the interval must clear; 0.25 in Kayenta. */
  readonly tolerance: number
  /** How the interval's bounds are found: exactly, or as coarsely as Kayenta does. */
  readonly roots: 'exact' | 'kayenta'
}

export const standardMethod: Method = { confidence: 0.98, tolerance: 0.25, roots: 'exact' }

/** The scores from which on a canary passes, and from which on it is marginal. */
export type Threshold = { readonly pass: number; readonly marginal: number }

export type ScoreQuestion = {
  readonly metrics: readonly (ScoredMetric & Samples)[]
  /** Percent of the score by group; groups without one share what is left of 100. */
  readonly weights: ReadonlyMap<string, number>
  readonly threshold: Threshold
  readonly method: Method
}
