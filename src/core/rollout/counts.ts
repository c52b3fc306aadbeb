/** How many pods a share of traffic needs, and whether they are there. */
import { type Weight, weight } from '../units.ts'
import type { ReplicaSetFacts } from './facts.ts'
import type { PodLimit, ProgressThreshold, RolloutSpec } from './spec.ts'

export const allTraffic: Weight = weight(100)
export const noTraffic: Weight = weight(0)

/** Pods for a share in percent, rounded up: `ceil(share * replicas / 100)`. */
export function podsFor(share: number, replicas: number): number {
  return Math.ceil((share * replicas) / 100)
}

/** A ReplicaSet that has pods has at least `minPodsPerReplicaSet`, never more than `spec.replicas` for its sake. */
export function atLeastMinimum(pods: number, { canary, replicas }: RolloutSpec): number {
  return pods === 0 ? 0 : Math.max(pods, Math.min(canary.minPods, replicas))
}

/** Whether a ReplicaSet has at least `needed` pods that are available, and asks for no fewer. */
export function isUp(replicaSet: ReplicaSetFacts | undefined, needed: number): boolean {
  if (needed === 0) return true
  return replicaSet !== undefined && replicaSet.wanted >= needed && replicaSet.available >= needed
}

/** Whether a ReplicaSet asks for exactly `pods`, and all of them are available. */
export function isAt(replicaSet: ReplicaSetFacts | undefined, pods: number): boolean {
  return replicaSet !== undefined && replicaSet.wanted === pods && replicaSet.available === pods
}

/** Whether enough of `asked` pods are available to go on. A threshold above what is asked asks for all of it. */
export function meets(
  threshold: ProgressThreshold,
  replicaSet: ReplicaSetFacts | undefined,
  asked: number,
): boolean {
  if (replicaSet === undefined) return false
  const { available } = replicaSet
  return threshold.type === 'Pods'
    ? available >= Math.min(threshold.value, asked)
    : available * 100 >= threshold.value * asked
}

/** How many pods there may be beyond `spec.replicas`. */
export function surgeOf({ canary, replicas }: RolloutSpec): number {
  return podsOf(canary.maxSurge, replicas, Math.ceil)
}

/** How many of `spec.replicas` may be missing. With neither this nor a surge nothing could ever be replaced: then one may. */
export function unavailableOf(spec: RolloutSpec): number {
  if (spec.replicas === 0) return 0
  const pods = podsOf(spec.canary.maxUnavailable, spec.replicas, Math.floor)
  if (pods === 0 && surgeOf(spec) === 0) return 1
  return Math.min(pods, spec.replicas)
}

function podsOf(limit: PodLimit, replicas: number, round: (pods: number) => number): number {
  return limit.kind === 'pods' ? limit.pods : round((limit.percent * replicas) / 100)
}
