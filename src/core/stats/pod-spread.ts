/**
 * How much pods differ for good: another node, zone or shard. What scatters alike and comes and goes is a burst; what stays is a spread.
 *
 * cv2 is the squared coefficient of variation of the pods' own failure ratios, after taking off what bursts and chance explain. A canary of few
 * pods is a draw from that spread, and a higher draw is not yet a worse version. Source: spec/statistics §3.9.
 */
import { sum } from 'simple-statistics'
import type { History, Table } from './dispersion.ts'

const fewestFailures = 20

/** What a pod failed, and what it would have failed had it been like all of them together, window by window. */
type PodTotals = {
  readonly failures: readonly number[]
  readonly expected: readonly number[]
}

/**
 * `phi` is how bursts make pods scatter. 0 without two pods, where failures are too rare to tell, and where pods that are alike would scatter as much:
 * up to one standard deviation above what they do on average.
 */
export function podSpread(history: History, phi: number): number {
  const { failures, expected } = podTotals(history)
  const all = sum(failures)
  if (failures.length < 2 || all < fewestFailures) return 0
  const free = expected.filter((count) => count > 0).length - 1
  const seen = sum(failures.map((count, pod) => deviation(count, expected[pod] ?? 0)))
  return Math.max(0, (seen - phi * (free + Math.sqrt(2 * free))) / all)
}

/**
 * How many times as often as all together each pod fails, so far as that is known (Buhlmann's credibility): half of what was seen counts where `doubt`
 * failures were expected. Without doubt it is what was seen; with endless doubt pods are alike.
 */
export function podLevels(history: History, doubt: number): readonly number[] {
  const { failures, expected } = podTotals(history)
  return failures.map((count, pod) => levelOf(count, expected[pod] ?? 0, doubt))
}

/** The history of pods that do not differ for good: a pod that fails twice as often counts as if twice as many had asked it. */
export function levelled(history: History, levels: readonly number[]): History {
  const requests = history.requests.map((row) =>
    row.map((count, pod) => count * (levels[pod] ?? 1)),
  )
  return { failures: history.failures, requests }
}

function levelOf(failures: number, expected: number, doubt: number): number {
  if (doubt === Infinity || !(expected + doubt > 0)) return 1
  return (failures + doubt) / (expected + doubt)
}

function podTotals({ failures, requests }: History): PodTotals {
  const expected = requests.map((row, window) => {
    const ratio = sum(failures[window] ?? []) / Math.max(1, sum(row))
    return row.map((count) => count * ratio)
  })
  return { failures: columnSums(failures), expected: columnSums(expected) }
}

function deviation(count: number, expected: number): number {
  return expected > 0 ? (count - expected) ** 2 / expected : 0
}

function columnSums(table: Table): readonly number[] {
  return (table[0] ?? []).map((_count, pod) => sum(table.map((row) => row[pod] ?? 0)))
}
