/**
 * One metric of both sides → a label with its reason, as Kayenta's NetflixACAJudge-v1.0 gives them; the order of the rules is its own.
 * Source: spec/kayenta §1.5; vectors in fixtures/kayenta.
 */
import { coarseShift } from '../stats/coarse-shift.ts'
import { normalQuantile } from '../stats/normal-quantile.ts'
import type { SortedSamples } from '../stats/rank-score.ts'
import { isComparable, type Shift, shiftInterval } from '../stats/shift-interval.ts'
import { effectOf, meanRatio } from './effect.ts'
import type { Direction, Method, ScoredMetric } from './settings.ts'

export type Label = 'Pass' | 'High' | 'Low' | 'Nodata' | 'NodataFailMetric' | 'Error'

export type Classification = {
  readonly label: Label
  readonly reason: string | undefined
  /** Whether this finding alone fails the canary, if it is no pass. */
  readonly critical: boolean
  /** Mean of the canary over mean of the stable side; NaN when one of them is 0, undefined when nothing was compared. */
  readonly deviation: number | undefined
  /** In the measure that the metric asks for. */
  readonly effect: number | undefined
  readonly shift: Shift | undefined
}

/** Both samples as `prepared` leaves them. */
export function classify(
  metric: ScoredMetric,
  samples: SortedSamples,
  method: Method,
): Classification {
  if (samples.canary.length === 0 || samples.stable.length === 0) return withoutData(metric)
  if (isSame(samples)) return passed('The Canary and Baseline data are identical')
  if (isComparable(samples)) return compared(metric, samples, method)
  return samples.canary[0] === samples.stable[0]
    ? passed()
    : compared(metric, withScatter(samples), method)
}

function compared(metric: ScoredMetric, samples: SortedSamples, method: Method): Classification {
  const intervalOf = method.roots === 'exact' ? shiftInterval : coarseShift
  const shift = intervalOf(samples, method.confidence)
  if (shift === undefined) return incomparable()
  const effect = effectOf(samples, metric.effectSize.measure)
  const measured = { deviation: meanRatio(samples), effect, shift }
  const label = labelOf(metric, effect, { shift, tolerance: method.tolerance })
  if (label === 'Pass') return { label, reason: undefined, critical: false, ...measured }
  const critical = metric.critical && isCritical(metric, effect, label)
  const reason = critical
    ? `The metric ${metric.name} was classified as ${label} (Critical)`
    : `${metric.name} was classified as ${label}`
  return { label, reason, critical, ...measured }
}

/** An effect that is no number holds nothing back: a stable side without any error has no ratio. */
function labelOf(
  { direction, effectSize }: ScoredMetric,
  effect: number,
  { shift, tolerance }: { readonly shift: Shift; readonly tolerance: number },
): 'Pass' | 'High' | 'Low' {
  const band = tolerance * Math.abs(shift.estimate)
  const isHigh = shift.low > band && !(effect < effectSize.allowedIncrease)
  const isLow = shift.high < -band && !(effect > effectSize.allowedDecrease)
  if (isHigh && minds(direction, 'increase')) return 'High'
  return isLow && minds(direction, 'decrease') ? 'Low' : 'Pass'
}

function minds(direction: Direction, harm: Direction): boolean {
  return direction === 'either' || direction === harm
}

function isCritical({ effectSize }: ScoredMetric, effect: number, label: 'High' | 'Low'): boolean {
  return label === 'High'
    ? !(effect < effectSize.criticalIncrease)
    : !(effect > effectSize.criticalDecrease)
}

const uncompared = { effect: undefined, shift: undefined } as const

/** Zeros were asked for in place of what is missing, so a missing side is no fault then. */
function withoutData(metric: ScoredMetric): Classification {
  if (metric.nanStrategy === 'replace') return passed()
  const fails = metric.mustHaveData && !metric.critical
  return {
    label: fails ? 'NodataFailMetric' : 'Nodata',
    reason: `Missing data for ${metric.name}`,
    critical: metric.critical,
    deviation: 1,
    ...uncompared,
  }
}

function passed(reason?: string): Classification {
  return { label: 'Pass', reason, critical: false, deviation: 1, ...uncompared }
}

function incomparable(): Classification {
  const reason = 'Metric Classification Failed'
  return { label: 'Error', reason, critical: false, deviation: undefined, ...uncompared }
}

function isSame({ canary, stable }: SortedSamples): boolean {
  return canary.length === stable.length && canary.every((value, index) => value === stable[index])
}

/**
 * Two samples of one value each have no scatter to compare with. Kayenta adds random noise of a hundred-thousandth of the value, and so may judge
 * the same data differently twice; here the noise has its expected values, every time the same.
 */
function withScatter({ canary, stable }: SortedSamples): SortedSamples {
  return { canary: scattered(canary), stable: scattered(stable) }
}

function scattered(values: Float64Array): Float64Array {
  return values
    .map((value, index) => value * (1 + 1e-5 * normalQuantile((index + 0.5) / values.length)))
    .toSorted()
}
