/** How many pods a share of traffic needs. */
import { type Weight, weight } from '../units.ts'
import type { ReplicaSetFacts } from './facts.ts'
import type { PodLimit, RolloutSpec } from './spec.ts'

export const allTraffic: Weight = weight(100)
export const noTraffic: Weight = weight(0)

/** Pods for this weight, rounded up: `ceil(weight * replicas / 100)`. */
export function canaryNeeded(share: Weight, replicas: number): number {
  return Math.ceil((share * replicas) / 100)
}

/** Whether a ReplicaSet has at least `needed` pods that are available, and asks for no fewer. */
export function isUp(replicaSet: ReplicaSetFacts | undefined, needed: number): boolean {
  if (needed === 0) return true
  return replicaSet !== undefined && replicaSet.wanted >= needed && replicaSet.available >= needed
}

/** How many pods there may be beyond `spec.replicas`. */
function surgeOf({ canary, replicas }: RolloutSpec): number {
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
