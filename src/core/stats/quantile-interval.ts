/**
 * Between which two bounds a quantile lies. A histogram knows no more, and nothing is interpolated.
 *
 * What it promises: all intervals of a band hold together at all times with a probability of at least 1 - alpha, if each bound's share gets its part of alpha.
 * Source: spec/statistics §4.3, §4.4.
 */
import { proportionBounds } from './proportion.ts'

export type Histogram = {
  /** Rising. */
  readonly bounds: readonly number[]
  /** Requests no slower than each bound. */
  readonly within: readonly number[]
  readonly requests: number
}

/** `high` is undefined where the quantile may lie above all bounds. */
export type QuantileInterval = { readonly low: number; readonly high: number | undefined }

/** `phi` is the size of bursts: counts are worth that much less. */
export function quantileIntervals(
  { bounds, within, requests }: Histogram,
  quantiles: readonly number[],
  alpha: number,
  phi: number,
): readonly QuantileInterval[] {
  const part = alpha / (2 * Math.max(1, bounds.length))
  const band = within.map((count) => proportionBounds(count / phi, requests / phi, part))
  return quantiles.map((quantile) => ({
    low: bounds[band.findLastIndex(({ high }) => high < quantile)] ?? 0,
    high: bounds[band.findIndex(({ low }) => low >= quantile)],
  }))
}
