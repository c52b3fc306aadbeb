/** How failures come: alone or in bursts. What the stable pods taught before the release, if they could be asked. */
import { type History, persistence, scatter } from '../stats/dispersion.ts'
import { podSpread } from '../stats/pod-spread.ts'
import { type Duration, milliseconds, seconds } from '../units.ts'
import type { Spread } from './pod-margin.ts'

export type Dispersion =
  /** Only the half of the judge that bursts cannot fool is used, with a guard of 45 s. */
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'learned'
      /** Failures that count as one piece of evidence, with its safety factor; 1 is independence. */
      readonly phi: number
      /** How long the best stretch is that the guard leaves out, with its safety factor; zero is no guard. */
      readonly persistence: Duration
      /** How much the pods differ for good. */
      readonly spread: Spread
    }

const fewestFailures = 50
const longestGuard = seconds(240)
const rareFailures = { phi: 3, guard: seconds(30) } as const

/** Bursts are looked for at 5, 15 and 60 seconds. */
const scales: readonly Duration[] = [seconds(5), seconds(15), seconds(60)]

/**
 * From the 30 to 60 minutes before the release, a row each `block`, a column each stable pod. Where failures are rare, phi is taken to be at least 3
 * and the guard 30 s. Unknown without two pods and two rows.
 */
export function learn(history: History, block: Duration): Dispersion {
  const pods = history.requests[0]?.length ?? 0
  if (pods < 2 || history.requests.length < 2) return { kind: 'unknown' }
  const raw = scatter(history, scalesIn(block, scales))
  const phi = raw > 1.3 ? 1.5 * raw : 1
  const spread = { cv2: podSpread(history, raw), pods }
  if (failuresIn(history) < fewestFailures) {
    const { phi: least, guard } = rareFailures
    return { kind: 'learned', phi: Math.max(phi, least), persistence: guard, spread }
  }
  const guard = milliseconds(Math.min(2 * persistence(history) * block, longestGuard))
  return { kind: 'learned', phi, persistence: guard, spread }
}

/** In blocks. */
export function scalesIn(block: Duration, lengths: readonly Duration[]): readonly number[] {
  return [...new Set(lengths.map((scale) => Math.max(1, Math.round(scale / block))))]
}

function failuresIn({ failures }: History): number {
  return failures.flat().reduce((sum, count) => sum + count, 0)
}
