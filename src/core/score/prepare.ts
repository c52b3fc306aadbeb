/** One side's values made ready to compare: missing ones dealt with, outliers left out where asked. Source: spec/kayenta §1.4. */
import { quantileSorted } from '../stats/quantile.ts'
import type { ScoredMetric } from './settings.ts'

/** Infinities stay: they are values. */
export function prepared(values: readonly number[], metric: ScoredMetric): readonly number[] {
  const known =
    metric.nanStrategy === 'replace'
      ? values.map((value) => (Number.isNaN(value) ? 0 : value))
      : values.filter((value) => !Number.isNaN(value))
  return metric.outlierFactor === undefined ? known : withoutOutliers(known, metric.outlierFactor)
}

/**
 * Without what lies beyond the quartiles by more than `factor` times their distance and is also among the outer hundredths. Where most values
 * are equal the distance is nothing, so rare events are cut: mind that for errors.
 */
export function withoutOutliers(values: readonly number[], factor: number): readonly number[] {
  const { low, high } = fences(values, factor)
  return values.filter((value) => !(value < low || value > high))
}

/** `isWide` keeps at least the values between the 1st and the 99th percentile. */
export function fences(
  values: readonly number[],
  factor: number,
  isWide = true,
): { readonly low: number; readonly high: number } {
  const sorted = Float64Array.from(values).toSorted()
  const at = (share: number): number => quantileSorted(sorted, share)
  const reach = factor * (at(0.75) - at(0.25))
  const [low, high] = [at(0.25) - reach, at(0.75) + reach]
  return isWide ? { low: Math.min(at(0.01), low), high: Math.max(at(0.99), high) } : { low, high }
}
