/** How many pods a share of traffic needs. */
import { type Weight, weight } from '../units.ts'
import type { ReplicaSetFacts } from './facts.ts'

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
