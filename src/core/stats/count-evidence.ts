/**
 * CE, the conditional count e-process: one block's evidence from how the failures fell on the two sides.
 *
 * What it promises: on a canary on the good side of the boundary, in every block, whatever the failure ratio of the service and however
 * it moves, the product of e over any number of blocks exceeds 1/alpha with a probability of at most alpha, however often one looks.
 * What it assumes: requests fail independently of each other, or in bursts of at most `phi`.
 *
 *   log e = (x_c log a + x_s log b - D (a - 1)) / phi,   b = 1 - c (a - 1),   c = ratio n_c / n_s,   D = points n_c
 *
 * E[e] <= 1 by 1 + x <= e^x. Source: spec/statistics §3.2; vectors in fixtures/statistics.
 */
import { type BlockCounts, type Boundary, isEmpty } from './block.ts'

/** The boundary, and how large the bursts may be that count as one piece of evidence; 1 is independence. */
export type CountTest = Boundary & { readonly phi: number }

/**
 * log e of one block, as a bet that the canary fails `times` as often as the boundary allows.
 * `times > 1` tests "no worse than the boundary", `times < 1` tests "at least as bad as the boundary".
 * `guess` is the stable failure ratio as guessed before the block, above 0: a bad guess costs time, never validity.
 */
export function countIncrement(
  block: BlockCounts,
  test: CountTest,
  times: number,
  guess: number,
): number {
  if (isEmpty(block)) return 0
  const { canary, stable } = block
  const slope = (test.ratio * canary.requests) / stable.requests
  const offset = test.points * canary.requests
  const expected = offset > 0 ? stable.requests * guess : 1
  const level = boundaryLevel(slope, offset, expected, times)
  const stake = (times * (slope * expected + offset)) / (slope * level + offset)
  const gain =
    canary.failures * Math.log(stake) +
    stable.failures * Math.log(expected / level) -
    offset * (stake - 1)
  return gain / test.phi
}

/**
 * The expected stable failures of that point of the boundary which is nearest to the bet: the positive root of
 * c(c+1) u^2 + ((c+1)D - c(l_c + l_s)) u - l_s D. Written so that nothing cancels.
 */
function boundaryLevel(slope: number, offset: number, expected: number, times: number): number {
  if (offset === 0) return (expected * (times * slope + 1)) / (slope + 1)
  const square = slope * (slope + 1)
  const linear = (slope + 1) * offset - slope * (times * (slope * expected + offset) + expected)
  const root = Math.sqrt(linear * linear + 4 * square * expected * offset)
  return linear <= 0 ? (root - linear) / (2 * square) : (2 * expected * offset) / (linear + root)
}
