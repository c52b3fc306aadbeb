/** Whether a release is over, seen from what it left behind. */
import type { Instant } from '../units.ts'
import { noTraffic } from './counts.ts'
import type { ReplicaSetFacts } from './facts.ts'
import { type Journal, parseJournal, type Station } from './journal.ts'
import { journalAnnotation } from './keys.ts'
import { currentOf, type Scene } from './scene.ts'
import { carriedWeight } from './traffic.ts'

export type Ended = {
  readonly outcome: 'promoted' | 'rolled-back' | 'superseded'
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

export type Superseded = { readonly ended: Ended; readonly replicaSet: ReplicaSetFacts }

/** The newest release that was under way when the present one began. One that was at its end has a report already. */
export function supersededIn(scene: Scene): Superseded | undefined {
  const now = parseJournal(currentOf(scene)?.annotations[journalAnnotation])
  if (now === undefined) return undefined
  const left = scene.replicaSets.flatMap((replicaSet) => {
    const journal = parseJournal(replicaSet.annotations[journalAnnotation])
    return journal === undefined || !wasUnderWay(journal, now) ? [] : [{ journal, replicaSet }]
  })
  const [newest] = left.toSorted((a, b) => b.journal.startedAt - a.journal.startedAt)
  if (newest === undefined) return undefined
  const because = `revision ${now.revision} took its place`
  const { journal, replicaSet } = newest
  const ended: Ended = { outcome: 'superseded', because, journal, finishedAt: now.startedAt }
  return { ended, replicaSet }
}

function wasUnderWay({ startedAt, stations }: Journal, now: Journal): boolean {
  const stage = stations.at(-1)?.stage
  return startedAt < now.startedAt && (stage === 'stepping' || stage === 'promoting')
}

function outcomeOf({ stage }: Station, scene: Scene): Ended['outcome'] | undefined {
  if (stage === 'promoted') return 'promoted'
  return stage === 'aborted' && isBack(scene) ? 'rolled-back' : undefined
}

function isBack(scene: Scene): boolean {
  if (scene.traffic.kind === 'none') return (currentOf(scene)?.wanted ?? 0) === 0
  return carriedWeight(scene) === noTraffic
}
