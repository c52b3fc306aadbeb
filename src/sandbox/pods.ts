/** What the sandbox reads from a pod. */
import { at, type Json, listAt, numberAt, textAt } from '../core/json.ts'
import type { KubeObject, ObjectRef, OwnerReference } from '../core/object.ts'
import { type Instant, parseTimestamp } from '../core/units.ts'

export function isRunning({ json, metadata }: KubeObject): boolean {
  return textAt(json, 'status', 'phase') === 'Running' && metadata.deletionTimestamp === undefined
}

/** Since when it is ready; undefined when it is not. */
export function readySince({ json }: KubeObject): Instant | undefined {
  const ready = listAt(json, 'status', 'conditions').find(isReadyCondition)
  return parseTimestamp(textAt(ready, 'lastTransitionTime') ?? '')
}

export function isReady(pod: KubeObject): boolean {
  return isRunning(pod) && listAt(pod.json, 'status', 'conditions').some(isReadyCondition)
}

export function addressOf({ json }: KubeObject): string {
  return textAt(json, 'status', 'podIP') ?? ''
}

export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences.find(({ controller }) => controller === true)
}

/** The ReplicaSet that a pod belongs to. */
export function replicaSetOf(pod: KubeObject): ObjectRef | undefined {
  const owner = controllerOf(pod)
  if (owner?.kind !== 'ReplicaSet') return undefined
  return { kind: 'ReplicaSet', namespace: pod.metadata.namespace, name: owner.name }
}

export function wantedReplicas({ json }: KubeObject): number {
  return numberAt(json, 'spec', 'replicas') ?? 1
}

function isReadyCondition(condition: Json): boolean {
  return at(condition, 'type') === 'Ready' && at(condition, 'status') === 'True'
}
