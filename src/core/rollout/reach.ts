/**
 * May these pods go? The one place that says so. Traffic reaches the pods of a revision through the sides that lead to it, each with the
 * weight that the routes give it; as long as any does, the pods for it stay.
 */
import { podsFor } from './counts.ts'
import type { ReplicaSetFacts } from './facts.ts'
import type { Scene } from './scene.ts'
import { carriedWeight, leadsTo, mostCarried, pinsOf, type Side } from './traffic.ts'

/** How many pods of a ReplicaSet the traffic of this moment needs: fewer must not be left. */
export function podsOwed(replicaSet: ReplicaSetFacts, scene: Scene): number {
  return podsFor(shareReaching(replicaSet.hash, scene), scene.spec.replicas)
}

/** Whether anything leads to an old revision: traffic now, or a pin of the stable side, which is about to have some. */
export function isReachable({ hash }: ReplicaSetFacts, scene: Scene): boolean {
  return pinsOf(scene, 'stable').includes(hash) || shareReaching(hash, scene) > 0
}

/** The share of all traffic that can reach pods of this template, in percent. What is not known counts as all. */
function shareReaching(hash: string, scene: Scene): number {
  const stable = leadsTo(scene, 'stable', hash) ? weightOf('stable', scene) : 0
  const canary = leadsTo(scene, 'canary', hash) ? weightOf('canary', scene) : 0
  return Math.min(100, stable + canary)
}

function weightOf(side: Side, scene: Scene): number {
  return side === 'canary' ? mostCarried(scene) : 100 - (carriedWeight(scene) ?? 0)
}

/** The ReplicaSet that one side of the split leads to; undefined when it is gone, or when the side does not lead to just one. */
export function behind(scene: Scene, side: Side): ReplicaSetFacts | undefined {
  const [hash, ...others] = new Set(pinsOf(scene, side))
  return others.length > 0 ? undefined : scene.replicaSets.find((facts) => facts.hash === hash)
}

/**
 * Whether a side may be handed to this ReplicaSet. It needs the pods for the weight that the side carries, all of them where the other side
 * leads to it as well; where fewer serve the side now, as many as they are will do.
 * Where nothing shares the traffic out, Services are names, and any pod will do.
 */
export function mayServe(
  replicaSet: ReplicaSetFacts,
  side: Side,
  scene: Scene,
  tolerated: number,
): boolean {
  const { replicas } = scene.spec
  const own = weightOf(side, scene)
  if (own === 0 || scene.traffic.kind === 'none') return true
  const isShared = pinsOf(scene, side === 'canary' ? 'stable' : 'canary').includes(replicaSet.hash)
  const now = behind(scene, side)?.available ?? 0
  const needed = podsFor(own, replicas) - tolerated
  const enough = isShared ? replicas - tolerated : Math.min(needed, now)
  return replicaSet.available >= Math.max(1, enough)
}
