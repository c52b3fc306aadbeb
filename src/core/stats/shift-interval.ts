/**
 * By how much the canary's values lie above the stable ones, with bounds (Mann-Whitney, Hodges-Lehmann), exactly.
 *
 * What it promises: if both samples are independent draws and differ by a shift alone, the true shift lies outside of the bounds with a
 * probability of about `1 - level`, for one look at data of a fixed size. Repeated looks, and values that resemble their predecessors, break
 * it. A sample too small for the level gets the extreme differences as bounds, as Kayenta does, though nothing bounds the shift then.
 *
 * W of `rank-score.ts` changes only where the shift equals a difference x - y, so each bound is one of the n m differences and is found by
 * counting: nothing depends on a tolerance, on units or on the path of a solver. The estimate is the median difference. Kayenta's own search
 * for the same bounds is `coarse-shift.ts`. Source: spec/kayenta §1.6; R's wilcox.test agrees.
 */
import { normalQuantile } from './normal-quantile.ts'
import { rankDeviation, type SortedSamples } from './rank-score.ts'
import { smallestFloat } from './smallest-float.ts'

export type Shift = { readonly low: number; readonly high: number; readonly estimate: number }

/** Undefined when a sample is empty or when both have a single value: their scatter is unknown. Infinities count as the largest number. */
export function shiftInterval(samples: SortedSamples, level: number): Shift | undefined {
  if (!isComparable(samples)) return undefined
  const { canary, stable } = { canary: bounded(samples.canary), stable: bounded(samples.stable) }
  const pairs = canary.length * stable.length
  const ties = tiesWithin(canary) + tiesWithin(stable)
  const reach = 0.5 + criticalValue(level) * rankDeviation(canary.length, stable.length, ties)
  const outside = Math.max(0, Math.ceil(pairs / 2 - reach) - 1)
  const at = (rank: number): number => difference({ canary, stable }, rank)
  const middle = [at(Math.floor((pairs - 1) / 2)), at(Math.floor(pairs / 2))] as const
  return { low: at(outside), high: at(pairs - 1 - outside), estimate: halfway(...middle) }
}

/** Whether both samples have values, and at least one of them more than one. */
export function isComparable({ canary, stable }: SortedSamples): boolean {
  if (canary.length === 0 || stable.length === 0) return false
  return canary[0] !== canary.at(-1) || stable[0] !== stable.at(-1)
}

/** How many standard deviations a two-sided interval of this level reaches. */
export function criticalValue(level: number): number {
  return normalQuantile(1 - (1 - level) / 2)
}

/** The `rank`-th smallest of all differences x - y, from 0. */
function difference(samples: SortedSamples, rank: number): number {
  return smallestFloat((bound) => countUpTo(samples, bound) > rank)
}

/** How many differences x - y are at most `bound`. */
function countUpTo({ canary, stable }: SortedSamples, bound: number): number {
  let count = 0
  let mine = 0
  for (const other of stable) {
    while (mine < canary.length && (canary[mine] ?? Infinity) - other <= bound) mine += 1
    count += mine
  }
  return count
}

function tiesWithin(sorted: Float64Array): number {
  const sizes = new Map<number, number>()
  for (const value of sorted) sizes.set(value, (sizes.get(value) ?? 0) + 1)
  return [...sizes.values()].reduce((sum, size) => sum + size ** 3 - size, 0)
}

/** Infinities as the largest number, so that two of them differ by nothing. */
function bounded(values: Float64Array): Float64Array {
  return values.map((value) => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value)))
}

function halfway(a: number, b: number): number {
  return a === b ? a : (a + b) / 2
}
