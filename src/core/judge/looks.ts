/** The answer to a range query, turned by a quarter: from series over time to what there was at each asked instant. */
import type { Duration, Instant } from '../units.ts'
import { instant } from '../units.ts'
import type { Series } from './reading.ts'

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
}

/** Everything that there was at one instant. */
export type Look = { readonly at: Instant; readonly values: readonly Value[] }

export type Looks = {
  /** One for each asked instant, in order; those without any value included. */
  readonly looks: readonly Look[]
  /** Samples that were no finite count and are treated as missing. */
  readonly notNumbers: number
}

/** Samples at other than the asked instants are not ours and are ignored. */
export function looksOf(series: readonly Series[], window: Window): Looks {
  const found = new Map<number, Value[]>()
  for (let at: number = window.from; at <= window.to; at += window.step) found.set(at, [])
  let notNumbers = 0
  for (const { labels, samples } of series) {
    const counter = { proxy: labels['pod'] ?? '', key: keyOf(labels), labels }
    for (const { at, value } of samples) {
      const values = found.get(at)
      if (!isCount(value)) notNumbers += 1
      else values?.push({ ...counter, count: value })
    }
  }
  const looks = [...found].map(([at, values]) => ({ at: instant(at), values }))
  return { looks, notNumbers }
}

function isCount(value: number): boolean {
  return Number.isFinite(value) && value >= 0
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
