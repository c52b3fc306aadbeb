/**
 * What pods do between bursts: the windows of the history in which no pod stands out.
 *
 * A burst hides how much pods differ for good, and a pod that fails more for good looks as if it burst all the time. So both are told apart in turns:
 * how often each pod fails is read from its calm windows, and a window is calm that a pod of such a level would have by chance. `phi` is how the
 * calm windows scatter. It starts from independent failures and grows, so that failures which always come in clusters are no bursts.
 */
import { sum } from 'simple-statistics'
import { type History, merged, scatter } from './dispersion.ts'
import { levelled, podLevels } from './pod-spread.ts'

export type Calm = {
  /** In windows; where a pod burst it has neither requests nor failures. */
  readonly history: History
  readonly phi: number
}

const rounds = 5
/** How far beyond the expected a window of a pod is no chance any more. */
const reach = 3

/** A window has so many rows; `scales` are lengths in windows at which calm failures scatter. */
export function calmIn(history: History, rows: number, scales: readonly number[]): Calm {
  const whole: History = {
    failures: merged(history.failures, rows),
    requests: merged(history.requests, rows),
  }
  let calm: Calm = { history: whole, phi: 1 }
  for (let round = 0; round < rounds; round++) {
    const levels = podLevels(calm.history, 0)
    const without = withoutBursts(whole, calm, levels)
    calm = { history: without, phi: scatter(levelled(without, levels), scales) }
  }
  return calm
}

function withoutBursts(whole: History, calm: Calm, levels: readonly number[]): History {
  const usual = levelled(calm.history, levels)
  const own = levelled(whole, levels)
  const isCalm = whole.failures.map((row, window) => {
    const ratio = sum(usual.failures[window] ?? []) / Math.max(1, sum(usual.requests[window] ?? []))
    return row.map((count, pod) => {
      const expected = (own.requests[window]?.[pod] ?? 0) * ratio
      return count <= expected + reach * (Math.sqrt(calm.phi * expected) + calm.phi)
    })
  })
  const kept = (table: History['failures']): History['failures'] =>
    table.map((row, window) => row.map((count, pod) => (isCalm[window]?.[pod] ? count : 0)))
  return { failures: kept(whole.failures), requests: kept(whole.requests) }
}
