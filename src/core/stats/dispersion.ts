/**
 * What the stable pods teach about bursts: each is a canary that is known to be good.
 *
 * phi is how much more the pods' failures scatter than independent ones would: the size of a burst, roughly. Persistence is how long a burst goes
 * on: the first lag at which the excess of a pod no longer resembles itself. Source: spec/statistics §3.4; vectors in fixtures/statistics.
 */
import { sum } from 'simple-statistics'

/** A table of windows (rows, in order of time) by pods (columns). */
export type Table = readonly (readonly number[])[]

export type History = { readonly failures: Table; readonly requests: Table }

/** How much of its own scatter an excess must keep to count as the same burst. */
const resemblance = 0.05
const longestLag = 24

/** At least 1. `scales` are lengths of windows in rows: bursts show at their own scale. */
export function scatter(history: History, scales: readonly number[]): number {
  return Math.max(1, ...scales.map((scale) => scatterAt(history, scale)))
}

/** In rows; 0 when a burst does not reach the next row. */
export function persistence({ failures, requests }: History): number {
  const excess = failures.map((row, k) => excessOf(row, requests[k] ?? []))
  const own = alike(excess, 0)
  for (let lag = 1; lag <= longestLag; lag++) {
    if (alike(excess, lag) / Math.max(own, 1e-9) < resemblance) return lag === 1 ? 0 : lag
  }
  return longestLag
}

function scatterAt({ failures, requests }: History, scale: number): number {
  const x = merged(failures, scale)
  const n = merged(requests, scale)
  let seen = 0
  let expected = 0
  for (const [k, row] of x.entries()) {
    const all = n[k] ?? []
    const total = Math.max(1, sum(all))
    const ratio = sum(row) / total
    for (const excess of excessOf(row, all)) seen += excess * excess
    for (const count of all) expected += count * ratio * (1 - count / total)
  }
  return expected > 0 ? seen / expected : 1
}

/** Of each pod over what the pods together would have it fail. */
function excessOf(failures: readonly number[], requests: readonly number[]): readonly number[] {
  const ratio = sum(failures) / Math.max(1, sum(requests))
  return failures.map((count, pod) => count - (requests[pod] ?? 0) * ratio)
}

function alike(excess: Table, lag: number): number {
  return sum(
    excess
      .slice(0, excess.length - lag)
      .map((row, k) => sum(row.map((value, pod) => value * (excess[k + lag]?.[pod] ?? 0)))),
  )
}

/** Rows put together by `scale`; an incomplete rest is left out. */
export function merged(table: Table, scale: number): Table {
  return Array.from({ length: Math.floor(table.length / scale) }, (_, k) => {
    const rows = table.slice(k * scale, (k + 1) * scale)
    return (rows[0] ?? []).map((_value, pod) => sum(rows.map((row) => row[pod] ?? 0)))
  })
}
