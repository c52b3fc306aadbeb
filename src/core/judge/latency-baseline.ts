/** What is normal: how slow the stable side is, from before the release or, without that, from the release's first blocks. */
import type { History, Table } from '../stats/dispersion.ts'
import { type Duration, seconds } from '../units.ts'
import { type Buckets, slowerThan } from './buckets.ts'
import { type Dispersion, type Habit, learn } from './dispersion.ts'
import { nearestPower } from './native-buckets.ts'

/** For each bound in milliseconds a table of windows by pods: requests that took no longer. `Infinity` has all of them. */
export type BucketHistory = ReadonlyMap<number, Table>

/** Below so many requests of the stable side nothing is known of its latency. */
export const fewestRequests = 500

const slowing: Habit = {
  scales: [seconds(5), seconds(15), seconds(60), seconds(180)],
  fewest: 50,
  rare: { phi: 3, guard: seconds(30) },
  longestGuard: seconds(60),
}

export function totalsOf(history: BucketHistory): Buckets {
  return new Map([...history].map(([bound, table]) => [bound, total(table)]))
}

/** How requests slower than `bound` come: alone, in bursts, on some pods. Unknown without two pods and two rows. */
export function latencyDispersion(
  history: BucketHistory,
  bound: number,
  block: Duration,
): Dispersion {
  const slow = slowTable(history, bound)
  return slow === undefined ? { kind: 'unknown' } : learn(slow, block, slowing)
}

/** Which bounds are compared. Those far above normal latency stay in on purpose: stable has next to nothing there, so a new slow mode shows at once. */
export function chosenBounds(
  stable: Buckets,
  canary: Buckets,
  wanted: readonly number[] | undefined,
): readonly number[] {
  const both = commonBounds(stable, canary)
  if (wanted !== undefined) {
    const sought = wanted.map((bound) => (both.includes(bound) ? bound : nearestPower(bound)))
    return both.filter((bound) => sought.includes(bound))
  }
  return both.filter((bound) => bound <= highest && (bound >= always || isTail(bound, stable)))
}

/** Finite and rising. */
export function commonBounds(stable: Buckets, canary: Buckets): readonly number[] {
  if (!stable.has(Infinity) || !canary.has(Infinity)) return []
  return [...stable.keys()]
    .filter((bound) => Number.isFinite(bound) && bound > 0 && canary.has(bound))
    .toSorted((a, b) => a - b)
}

export function slowShare(bound: number, buckets: Buckets): number {
  return slowerThan(bound, buckets) / Math.max(1, buckets.get(Infinity) ?? 0)
}

const always = 500
const highest = 10_000

function isTail(bound: number, stable: Buckets): boolean {
  return slowShare(bound, stable) <= 0.5
}

function slowTable(history: BucketHistory, bound: number): History | undefined {
  const requests = history.get(Infinity)
  const within = history.get(bound)
  if (requests === undefined || within === undefined) return undefined
  const failures = requests.map((row, k) =>
    row.map((count, pod) => Math.max(0, count - (within[k]?.[pod] ?? 0))),
  )
  return { requests, failures }
}

function total(table: Table): number {
  return table.flat().reduce((sum, count) => sum + count, 0)
}
