/**
 * How much pods differ for good: another node, zone or shard. What scatters alike and comes and goes is a burst; what stays is a spread.
 *
 * cv2 is the squared coefficient of variation of the pods' own failure ratios, after taking off what bursts explain. A canary of few pods is
 * a draw from that spread, and a higher draw is not yet a worse version. Source: spec/statistics §3.9.
 */
import { sum } from 'simple-statistics'
import type { History, Table } from './dispersion.ts'

const fewestFailures = 20

/** `phi` is how bursts make pods scatter. 0 without two pods or where failures are too rare to tell. */
export function podSpread({ failures, requests }: History, phi: number): number {
  const x = columnSums(failures)
  const n = columnSums(requests)
  const all = sum(x)
  if (x.length < 2 || all < fewestFailures) return 0
  const expected = n.map((count) => (count * all) / sum(n))
  const served = expected.filter((count) => count > 0).length
  const seen = sum(x.map((count, pod) => deviation(count, expected[pod] ?? 0)))
  return Math.max(0, (seen - phi * (served - 1)) / all)
}

function deviation(count: number, expected: number): number {
  return expected > 0 ? (count - expected) ** 2 / expected : 0
}

function columnSums(table: Table): readonly number[] {
  return (table[0] ?? []).map((_count, pod) => sum(table.map((row) => row[pod] ?? 0)))
}
