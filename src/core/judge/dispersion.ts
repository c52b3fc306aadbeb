/** How failures come: alone or in bursts. What the stable pods taught before the release, if they could be asked. */
import { calmIn } from '../stats/calm.ts'
import { type History, persistence, scatter } from '../stats/dispersion.ts'
import { levelled, podLevels, podSpread } from '../stats/pod-spread.ts'
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

/** How a kind of failures comes, as far as that is known of services in general. */
export type Habit = {
  /** Bursts are looked for at these lengths of time. */
  readonly scales: readonly Duration[]
  /** Below so many the history says too little: `rare` holds. */
  readonly fewest: number
  readonly rare: { readonly phi: number; readonly guard: Duration }
  readonly longestGuard: Duration
}

const failing: Habit = {
  scales: [seconds(5), seconds(15), seconds(60)],
  fewest: 50,
  rare: { phi: 3, guard: seconds(30) },
  longestGuard: seconds(240),
}

/** What a pod does between bursts is read from stretches of this length. */
const calmWindow = seconds(60)

/**
 * From the 30 to 60 minutes before the release, a row each `block`, a column each stable pod. Where failures are rare, phi is taken to be at least 3
 * and the guard 30 s. Unknown without two pods and two rows.
 *
 * Pods that differ for good look like bursts that never end, and bursts look like a spread. So the spread is read between bursts, and bursts from
 * the history of pods that are made alike.
 */
export function learn(history: History, block: Duration, habit: Habit = failing): Dispersion {
  const pods = history.requests[0]?.length ?? 0
  if (pods < 2 || history.requests.length < 2) return { kind: 'unknown' }
  const calm = calmIn(history, rowsIn(block, calmWindow), scalesIn(calmWindow, habit.scales))
  const spread = { cv2: podSpread(calm.history, calm.phi), pods }
  const even = levelled(history, podLevels(calm.history, calm.phi / spread.cv2))
  const raw = scatter(even, scalesIn(block, habit.scales))
  const phi = raw > 1.3 ? 1.5 * raw : 1
  if (failuresIn(history) < habit.fewest) {
    const { phi: least, guard } = habit.rare
    return { kind: 'learned', phi: Math.max(phi, least), persistence: guard, spread }
  }
  const guard = milliseconds(Math.min(2 * persistence(even) * block, habit.longestGuard))
  return { kind: 'learned', phi, persistence: guard, spread }
}

/** In blocks. */
function scalesIn(block: Duration, lengths: readonly Duration[]): readonly number[] {
  return [...new Set(lengths.map((length) => rowsIn(block, length)))]
}

function rowsIn(block: Duration, length: Duration): number {
  return Math.max(1, Math.round(length / block))
}

function failuresIn({ failures }: History): number {
  return failures.flat().reduce((sum, count) => sum + count, 0)
}
