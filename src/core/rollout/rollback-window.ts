/**
 * Whether a release goes back to a revision that was good not long ago: then its steps and its analysis are skipped, as the user's
 * `rollbackWindow` says. Argo compares creation times, which are whole seconds; the numbers that revisions were born with have the same
 * order and no ties.
 */
import type { ReplicaSetFacts } from './facts.ts'
import { revisionHistoryAnnotation } from './keys.ts'
import { currentOf, type Scene, stableOf } from './scene.ts'

export function isWithinWindow(scene: Scene): boolean {
  const { rollbackWindow } = scene.spec
  const current = currentOf(scene)
  const stable = stableOf(scene)
  if (rollbackWindow === 0 || current === undefined || stable === undefined) return false
  const [from, to] = [bornAs(current), bornAs(stable)]
  const between = scene.replicaSets.filter((each) => bornAs(each) > from && bornAs(each) < to)
  return from < to && between.length < rollbackWindow
}

/** A revision that came back was renumbered; its first number stands at the head of its history. */
function bornAs({ annotations, revision }: ReplicaSetFacts): number {
  const [first = ''] = (annotations[revisionHistoryAnnotation] ?? '').split(',')
  return /^\d+$/.test(first) ? Number(first) : revision
}
