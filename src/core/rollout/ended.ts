/** Whether a release is over, seen from what it left behind. */
import type { Instant } from '../units.ts'
import { noTraffic } from './counts.ts'
import { type Journal, parseJournal, type Station } from './journal.ts'
import { journalAnnotation } from './keys.ts'
import { currentOf, type Scene } from './scene.ts'
import { carriedWeight } from './traffic.ts'

export type Ended = {
  readonly outcome: 'promoted' | 'rolled-back'
  readonly because: string
  readonly journal: Journal
  readonly finishedAt: Instant
}

/** Undefined while a release is under way, or was none. A rollback is over once the route carries nothing to the canary. */
export function endOf(scene: Scene): Ended | undefined {
  const journal = parseJournal(currentOf(scene)?.annotations[journalAnnotation])
  const last = journal?.stations.at(-1)
  const outcome = last && outcomeOf(last, scene)
  if (journal === undefined || last === undefined || outcome === undefined) return undefined
  return { outcome, because: last.because ?? '', journal, finishedAt: last.at }
}

function outcomeOf({ stage }: Station, scene: Scene): Ended['outcome'] | undefined {
  if (stage === 'promoted') return 'promoted'
  return stage === 'aborted' && isBack(scene) ? 'rolled-back' : undefined
}

function isBack(scene: Scene): boolean {
  if (scene.traffic.kind === 'none') return (currentOf(scene)?.wanted ?? 0) === 0
  return carriedWeight(scene) === noTraffic
}
