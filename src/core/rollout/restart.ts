/**
 * `spec.restartAt`: pods that are older are evicted, a few at a time, and the ReplicaSets make new ones. A budget may refuse an eviction; it
 * is asked for again later.
 */
import type { PodRef } from '../object.ts'
import { type Duration, type Instant, plus, seconds } from '../units.ts'
import type { Action } from './action.ts'
import { unavailableOf } from './counts.ts'
import type { PodFacts, ReplicaSetFacts } from './facts.ts'
import type { Scene } from './scene.ts'

/** A pod that goes and comes fast changes no ReplicaSet's counts, and a budget tells nobody that it allows more. */
const lookAgain: Duration = seconds(10)

/** Pods of one ReplicaSet that are asked in vain in one pass: one budget mostly holds them all. */
const mostInVain = 5

/** Whether a restart was asked for that is not done: the time that is asked for names it. */
export function isRestarting({ spec, status }: Scene): boolean {
  return spec.restartAt !== undefined && spec.restartAt !== status.restartedAt
}

export function isRestartDue(scene: Scene, now: Instant): boolean {
  return isRestarting(scene) && scene.spec.restartAt !== undefined && now >= scene.spec.restartAt
}

/** Done once no pod is older, seen and not assumed. A new release replaces the pods anyway and ends a restart that is due. */
export function restartedAtAfter(
  scene: Scene,
  { fresh, now }: { readonly fresh: boolean; readonly now: Instant },
): Instant | undefined {
  const { restartAt } = scene.spec
  if (!isRestartDue(scene, now)) return scene.status.restartedAt
  const isDone = fresh || (scene.pods !== undefined && olderPods(scene).length === 0)
  return isDone ? restartAt : scene.status.restartedAt
}

/** When to look at the pods again. */
export function nextLookAtRestart(scene: Scene, now: Instant): Instant | undefined {
  if (!isRestarting(scene)) return undefined
  return isRestartDue(scene, now) ? plus(now, lookAgain) : scene.spec.restartAt
}

/**
 * Stable pods first, then the canary's, then older ones. Those that serve nobody may always go; of the others as many as leave
 * `maxUnavailable` unbroken, and at least one.
 */
export function restartActions(scene: Scene, now: Instant): readonly Action[] {
  if (!isRestartDue(scene, now)) return []
  const older = inOrder(scene).flatMap((replicaSet) =>
    candidates(olderPods(scene), replicaSet, mayGo(scene)),
  )
  const idle = older.filter(({ available }) => !available)
  const serving = older.filter(({ available }) => available)
  return [...evict(idle, idle.length, scene), ...evict(serving, mayGo(scene), scene)]
}

function olderPods({ pods = [], spec }: Scene): readonly PodFacts[] {
  const { restartAt } = spec
  return restartAt === undefined ? [] : pods.filter(({ createdAt }) => createdAt < restartAt)
}

/** There may be more pods than `spec.replicas` asks for: a canary has its own beside the stable ones. */
function mayGo({ pods = [], spec, replicaSets }: Scene): number {
  const asked = replicaSets.reduce((sum, { wanted }) => sum + wanted, 0)
  const atOnce = Math.max(1, unavailableOf(spec))
  const available = pods.filter(({ available: is, leaving }) => is && !leaving).length
  return available - (Math.max(spec.replicas, asked) - atOnce)
}

function inOrder({ replicaSets, status, templateHash }: Scene): readonly ReplicaSetFacts[] {
  const rank = ({ hash }: ReplicaSetFacts): number =>
    [status.stableRS, templateHash].indexOf(hash) === -1
      ? 2
      : [status.stableRS, templateHash].indexOf(hash)
  return replicaSets.toSorted((a, b) => rank(a) - rank(b) || a.createdAt - b.createdAt)
}

function candidates(
  older: readonly PodFacts[],
  { uid }: ReplicaSetFacts,
  most: number,
): readonly PodFacts[] {
  const mine = older.filter(({ owner, leaving }) => owner === uid && !leaving)
  return mine.slice(0, Math.max(0, most) + mostInVain)
}

function evict(pods: readonly PodFacts[], most: number, { rollout }: Scene): readonly Action[] {
  if (most <= 0 || pods.length === 0) return []
  const refs = pods.map(({ name, uid }): PodRef => ({ namespace: rollout.namespace, name, uid }))
  return [{ kind: 'evict', pods: refs, most, notes: [] }]
}
