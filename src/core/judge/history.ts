/** The stable pods before the release, look by look: raw counters in, tables of windows by pods out. */
import type { History, Table } from '../stats/dispersion.ts'
import type { Duration } from '../units.ts'
import { minutes } from '../units.ts'
import { countsOf } from './blocks.ts'
import { boundOf } from './buckets.ts'
import { Counters } from './counters.ts'
import { type Dispersion, learn } from './dispersion.ts'
import type { BucketHistory } from './latency-baseline.ts'
import { looksOf, type Value, type Window } from './looks.ts'
import { NativeBounds, NativeCounts, withoutRelaid } from './native-buckets.ts'
import type { Series } from './reading.ts'
import type { FailureRule } from './settings.ts'
import { sideOfPod, type Trial } from './trial.ts'

/** Shorter than that it says little of bursts. */
const shortest = minutes(5)

/** Unknown where the stable pods were seen for less than five minutes, or only one of them. */
export function taughtBy(
  series: readonly Series[],
  window: Window,
  trial: Trial,
  rule: FailureRule,
): Dispersion {
  const rows = incrementsIn(series, window, trial)
  if (isShort(rows.length, window.step)) return { kind: 'unknown' }
  const pods = podsIn(rows)
  const table = (of: 'requests' | 'failures'): Table =>
    tabled(rows, pods, ({ labels }, amount) => countsOf(labels, amount, rule)[of])
  const history: History = { requests: table('requests'), failures: table('failures') }
  return learn(history, window.step)
}

/** Undefined where nothing was seen, or for too short a time. */
export function bucketsTaughtBy(
  series: readonly Series[],
  window: Window,
  trial: Trial,
  wanted?: readonly number[],
): BucketHistory | undefined {
  const rows = incrementsIn(series, window, trial)
  if (isShort(rows.length, window.step)) return undefined
  const pods = podsIn(rows)
  const native = rows.some((row) => row.some(({ of }) => of.native !== undefined))
  const tables = native ? nativeTables(rows, pods, wanted) : classicTables(rows, pods)
  return tables.size === 0 ? undefined : tables
}

/** Only bounds that all pods have: requests of the others were not all slower. */
function classicTables(rows: readonly Row[], pods: readonly string[]): BucketHistory {
  const values = rows.flatMap((row) => row.map(({ of }) => of))
  const having = Map.groupBy(values, ({ labels }) => boundOf(labels['le']))
  const known = [...having].flatMap(([bound, its]) =>
    bound !== undefined && new Set(its.map(({ proxy }) => proxy)).size === pods.length
      ? [bound]
      : [],
  )
  return new Map(known.map((bound) => [bound, tabled(rows, pods, amountWithin(bound))]))
}

function amountWithin(bound: number): (of: Value, amount: number) => number {
  return ({ labels }, amount) => (boundOf(labels['le']) === bound ? amount : 0)
}

/** Only bounds that lie within no bucket of any pod, ever. */
function nativeTables(
  rows: readonly Row[],
  pods: readonly string[],
  wanted: readonly number[] | undefined,
): BucketHistory {
  const native = new NativeBounds(wanted)
  for (const row of rows) native.see(row.map(({ of }) => of))
  const counted = rows.map((row) => {
    const byPod = Map.groupBy(withoutRelaid(row), ({ of }) => of.proxy)
    return pods.map((pod) => countsIn(byPod.get(pod) ?? []).within(native.bounds))
  })
  const known = [...native.bounds, Infinity].filter((bound) =>
    counted.every((row) => row.every((within) => within.has(bound))),
  )
  const at = (bound: number): Table => counted.map((row) => row.map((it) => it.get(bound) ?? 0))
  return new Map(known.map((bound) => [bound, at(bound)]))
}

function countsIn(increments: Row): NativeCounts {
  const counts = new NativeCounts()
  for (const { of, amount } of increments) if (of.native) counts.add(of.native, amount)
  return counts
}

type Row = readonly { readonly of: Value; readonly amount: number }[]

/** From the second look with a stable pod on; looks without any are left out. */
function incrementsIn(series: readonly Series[], window: Window, trial: Trial): readonly Row[] {
  const counters = new Counters()
  const rows = looksOf(series, window).flatMap(({ at, values }) => {
    const ours = values.filter(({ proxy }) => sideOfPod(trial, proxy) === 'stable')
    return ours.length === 0 ? [] : [counters.advance(at, ours)]
  })
  return rows.slice(1)
}

function podsIn(rows: readonly Row[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => row.map(({ of }) => of.proxy)))].toSorted()
}

function tabled(
  rows: readonly Row[],
  pods: readonly string[],
  count: (of: Value, amount: number) => number,
): Table {
  const columns = new Map(pods.map((pod, k) => [pod, k]))
  return rows.map((row) => {
    const sums = pods.map(() => 0)
    for (const { of, amount } of row) {
      const column = columns.get(of.proxy) ?? 0
      sums[column] = (sums[column] ?? 0) + count(of, amount)
    }
    return sums
  })
}

function isShort(rows: number, step: Duration): boolean {
  return rows * step < shortest
}
