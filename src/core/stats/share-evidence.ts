/**
 * SE, the share e-process: one block's evidence from the canary's share of all failures.
 *
 * What it promises: on a canary on the good side of the boundary the product of e over any number of blocks exceeds 1/alpha with a
 * probability of at most alpha, however often one looks, even when failures come in bursts of any size within a block: one bad
 * second on one pod is one piece of evidence, not a thousand.
 * What it assumes: each burst falls on a side as the traffic does; for `ratio > 1` also that failures are rare (below 5 %).
 *
 *   pi = ratio n_c / (ratio n_c + n_s),   M = x_c + x_s + (points / ratio) n_s,   T = (x_c - pi M) / (M + 1/2)
 *   log e = log(1 + (f / pi) T)
 *
 * Source: spec/statistics §3.3; vectors in fixtures/statistics.
 */
import { type BlockCounts, type Boundary, isEmpty } from './block.ts'

const damping = 0.5

/** `fraction` of the wealth is put on the canary having more than its share, above 0 and below 1. */
export function shareIncrement(block: BlockCounts, boundary: Boundary, fraction: number): number {
  if (isEmpty(block)) return 0
  const { canary, stable } = block
  const exposure = boundary.ratio * canary.requests
  const fair = exposure / (exposure + stable.requests)
  const failures =
    canary.failures + stable.failures + (boundary.points / boundary.ratio) * stable.requests
  const excess = (canary.failures - fair * failures) / (failures + damping)
  return Math.log1p((fraction / fair) * excess)
}
