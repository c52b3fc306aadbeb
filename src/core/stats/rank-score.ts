/**
 * W, the standardised rank sum of two samples: how far the canary's values, moved down by `shift`, still rank above the stable ones, in standard
 * deviations. Ties share their average rank, the variance knows of them, and the rank sum is drawn half a rank towards the middle (continuity).
 *
 *   R: sum of the canary's ranks in the pool of x - shift and y,   d = R - n (n + 1) / 2 - n m / 2
 *   W = (d - sign(d) / 2) / sigma,   sigma^2 = n m / 12 (n + m + 1 - T / ((n + m) (n + m - 1))),   T = sum of t^3 - t over ties of t
 *
 * Source: spec/kayenta §1.6; vectors in fixtures/kayenta.
 */

/** Two samples, each sorted upwards. */
export type SortedSamples = { readonly canary: Float64Array; readonly stable: Float64Array }

/** Undefined when a sample is empty or everything is tied: nothing can be standardised then. */
export function rankScore(samples: SortedSamples, shift: number): number | undefined {
  const [n, m] = [samples.canary.length, samples.stable.length]
  const { rankSum, ties } = pooledRanks(samples, shift)
  const excess = rankSum - (n * (n + 1)) / 2 - (n * m) / 2
  const deviation = rankDeviation(n, m, ties)
  return deviation > 0 ? (excess - 0.5 * Math.sign(excess)) / deviation : undefined
}

export type PooledRanks = {
  /** Of the canary's values. */
  readonly rankSum: number
  /** Sum of t^3 - t over groups of t equal values. */
  readonly ties: number
}

/** Ranks of the canary's values, moved down by `shift`, among the values of both sides. */
export function pooledRanks({ canary, stable }: SortedSamples, shift: number): PooledRanks {
  let [mine, others, rankSum, ties] = [0, 0, 0, 0]
  while (mine < canary.length || others < stable.length) {
    const value = Math.min(moved(canary, mine, shift), moved(stable, others, 0))
    const myRun = runOf(canary, mine, shift, value)
    const otherRun = runOf(stable, others, 0, value)
    const tied = myRun + otherRun
    rankSum += myRun * (mine + others + (tied + 1) / 2)
    ties += tied ** 3 - tied
    mine += myRun
    others += otherRun
  }
  return { rankSum, ties }
}

/** Standard deviation of the rank sum; 0 when all are tied. */
export function rankDeviation(n: number, m: number, ties: number): number {
  const all = n + m
  const spread = all + 1 - ties / (all * (all - 1))
  return n > 0 && m > 0 && spread > 0 ? Math.sqrt(((n * m) / 12) * spread) : 0
}

/** Infinity less infinity is no number; it ranks highest. */
function moved(values: Float64Array, index: number, shift: number): number {
  const value = (values[index] ?? Infinity) - shift
  return Number.isNaN(value) ? Infinity : value
}

/** How many values from `start` on equal `value` once moved. */
function runOf(values: Float64Array, start: number, shift: number, value: number): number {
  let end = start
  while (end < values.length && moved(values, end, shift) === value) end += 1
  return end - start
}
