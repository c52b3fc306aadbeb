/** By how much a block's typical canary value exceeds the stable one's, less the margin: above 0 is worse. Source: spec/statistics §5.2. */
import { median } from 'simple-statistics'
import type { BlockValues } from './rank-betting.ts'

export type SeriesMargin =
  /** For values above 0, such as latencies: 0.05 lets the canary lie 5 % higher. */
  | { readonly kind: 'relative'; readonly share: number }
  /** For values of either sign, in their own unit. */
  | { readonly kind: 'absolute'; readonly amount: number }

/** NaN when a side has no value, or for a relative margin none above 0: the block tells nothing then. */
export function pairedDifference(block: BlockValues, margin: SeriesMargin): number {
  const [mine, other] = [typical(block.canary), typical(block.stable)]
  if (margin.kind === 'absolute') return mine - other - margin.amount
  return mine > 0 && other > 0 ? Math.log(mine / other) - Math.log1p(margin.share) : NaN
}

/** The median of what is known; NaN when nothing is. */
export function typical(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value))
  return known.length === 0 ? NaN : median(known)
}
