/** Answers of a metrics store, turned to what there was at each instant. */
import { type Instant, instant } from '../units.ts'
import type { Window } from './looks.ts'
import type { Reading } from './reading.ts'
import { asHarm } from './series-line.ts'
import type { SeriesRule } from './series-settings.ts'
import type { Side } from './verdict.ts'

/** Instants in one read. */
export const mostPoints = 1000

export type ByInstant = ReadonlyMap<number, readonly number[]>

/** The values of all series at each instant. */
export function valuesOf(reading: Reading): ByInstant {
  const found = new Map<number, number[]>()
  for (const { samples } of reading.kind === 'series' ? reading.series : []) {
    for (const { at, value } of samples) {
      const there = found.get(at)
      if (there === undefined) found.set(at, [value])
      else there.push(value)
    }
  }
  return found
}

/** Instants at the end without any value are asked again, so that late values are not lost; but not in a window that can grow no more. */
export function newestIn(values: readonly Readonly<Record<Side, ByInstant>>[]): number {
  return values
    .flatMap(({ canary, stable }) => [canary, stable])
    .reduce((newest, side) => Math.max(newest, ...side.keys()), -Infinity)
}

export function instantsIn({ from, to, step }: Window, newest: number): readonly Instant[] {
  const isFull = (to - from) / step >= mostPoints - 1
  const end = isFull ? to : Math.min(to, newest)
  if (end < from) return []
  return Array.from({ length: Math.floor((end - from) / step) + 1 }, (_, k) =>
    instant(from + k * step),
  )
}

/** A row a series, of the window's length, NaN where there was no value. */
export function rowsOf(
  rule: SeriesRule,
  { from, to, step }: Window,
  reading: Extract<Reading, { kind: 'series' }>,
): readonly (readonly number[])[] {
  return reading.series.map(({ samples }) => {
    const row = Array.from({ length: Math.floor((to - from) / step) + 1 }, () => NaN)
    for (const { at, value } of samples) row[Math.round((at - from) / step)] = asHarm(rule, value)
    return row
  })
}
