/** The answer to a range query, turned by a quarter: from series over time to what there was at each asked instant. */
import type { Duration, Instant } from '../units.ts'
import { instant } from '../units.ts'
import type { NativePart } from './native-buckets.ts'
import type { NativeSample, Series } from './reading.ts'

/** The instants `from`, `from + step`, … up to `to`. */
export type Window = { readonly from: Instant; readonly to: Instant; readonly step: Duration }

export type Labels = Readonly<Record<string, string>>

/** The value of one counter at one instant. */
export type Value = {
  /** Name of the pod whose proxy counts: its counters start again together. */
  readonly proxy: string
  /** Tells the counters of one proxy apart. */
  readonly key: string
  readonly labels: Labels
  readonly count: number
  /** Where it is a part of a native histogram. */
  readonly native?: NativePart
}

/** Everything that there was at one instant. */
export type Look = {
  readonly at: Instant
  readonly values: readonly Value[]
  /** Samples that were no finite count and are treated as missing. */
  readonly notNumbers: number
}

type Counter = Omit<Value, 'count' | 'native'>
type Open = { readonly values: Value[]; notNumbers: number }

/** One for each asked instant, in order; those without any value included. Samples at other instants are not ours and are ignored. */
export function looksOf(series: readonly Series[], window: Window): readonly Look[] {
  const found = new Map<number, Open>()
  for (let at: number = window.from; at <= window.to; at += window.step) {
    found.set(at, { values: [], notNumbers: 0 })
  }
  for (const { labels, samples, histograms = [] } of series) {
    const counter: Counter = { proxy: labels['pod'] ?? '', key: keyOf(labels), labels }
    for (const each of histograms) found.get(each.at)?.values.push(...partsOf(counter, each))
    for (const { at, value } of samples) note(found.get(at), counter, value)
  }
  return [...found].map(([at, look]) => ({ at: instant(at), ...look }))
}

/** Undefined is an instant that nobody asked for. */
function note(look: Open | undefined, counter: Counter, value: number): void {
  if (look === undefined) return
  if (isCount(value)) look.values.push({ ...counter, count: value })
  else look.notNumbers += 1
}

/** A native histogram falls into counters: one of all its requests, and one for each bucket. */
function partsOf(counter: Counter, { count, buckets }: NativeSample): readonly Value[] {
  const of = counter.key
  return [
    { ...counter, key: `${of} all`, count, native: { kind: 'all', of } },
    ...buckets.map(({ above, upTo, count: its }) => ({
      ...counter,
      key: `${of} ${above} ${upTo}`,
      count: its,
      native: { kind: 'bucket' as const, of, above, upTo },
    })),
  ]
}

function isCount(value: number): boolean {
  return Number.isFinite(value) && value >= 0
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
