/**
 * How much pods differ for good: another node, zone or shard. What scatters alike and comes and goes is a burst; what stays is a spread.
 *
 * cv2 is the squared coefficient of variation of the pods' own failure ratios, after taking off what bursts explain. A canary of few pods is
 * a draw from that spread, and a higher draw is not yet a worse version. Source: spec/statistics §3.9.
 */
import { sum } from 'simple-statistics'
import type { History, Table } from './dispersion.ts'

const fewestFailures = 20

/** Parts of the history that are compared within a pod: bursts are shorter than one. */
const parts = 6

/** 0 without two pods or where failures are too rare to tell. */
export function podSpread({ failures, requests }: History): number {
  const x = columnSums(failures)
  const n = columnSums(requests)
  const all = sum(x)
  if (x.length < 2 || all < fewestFailures) return 0
  const ratio = all / sum(n)
  const expected = n.map((count) => count * ratio)
  const served = expected.filter((count) => count > 0).length
  const between = sum(x.map((count, pod) => chi2(count, expected[pod] ?? 0)))
  return Math.max(0, (between - withinPods({ failures, requests }) * (served - 1)) / all)
}

/** How much more than independent failures a pod scatters around its own ratio from one part of the history to the next; at least 1. */
export function withinPods(history: History): number {
  const x = partSums(history.failures)
  const expected = expectedIn(x, partSums(history.requests))
  const seen = sum(
    x.map((row, k) => sum(row.map((count, pod) => (count - at(expected, k, pod)) ** 2))),
  )
  const cells = sum(expected.map(sum))
  const columns = x[0]?.length ?? 0
  const freedom = ((x.length - 1) * (columns - 1)) / (x.length * columns)
  return cells > 0 && freedom > 0 ? Math.max(1, seen / cells / freedom) : 1
}

/** Of each pod in each part, if a pod kept its own ratio and only the level of all moved. */
function expectedIn(x: Table, n: Table): Table {
  const own = shares(columnSums(x), columnSums(n))
  const all = sum(x.map(sum)) / Math.max(1, sum(n.map(sum)))
  const level = shares(x.map(sum), n.map(sum))
  return n.map((row, k) =>
    row.map((requests, pod) =>
      all > 0 ? (requests * (own[pod] ?? 0) * (level[k] ?? 0)) / all : 0,
    ),
  )
}

function at(table: Table, row: number, column: number): number {
  return table[row]?.[column] ?? 0
}

function chi2(count: number, expected: number): number {
  return expected > 0 ? (count - expected) ** 2 / expected : 0
}

function shares(x: readonly number[], n: readonly number[]): readonly number[] {
  return x.map((count, k) => count / Math.max(1, n[k] ?? 0))
}

function columnSums(table: Table): readonly number[] {
  return (table[0] ?? []).map((_count, pod) => sum(table.map((row) => row[pod] ?? 0)))
}

function partSums(table: Table): Table {
  const length = Math.max(1, Math.floor(table.length / parts))
  return Array.from({ length: Math.floor(table.length / length) }, (_, k) =>
    columnSums(table.slice(k * length, (k + 1) * length)),
  )
}
