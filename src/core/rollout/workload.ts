/**
 * The workload that brings the template. A Deployment may go while its Rollout comes: at once when the Rollout is Healthy, or pod by pod.
 * That is a migration, and it is over when the Rollout has been Healthy once.
 */
import type { ObjectRef } from '../object.ts'
import type { Action } from './action.ts'
import { scaledFromAnnotation, workloadGenerationAnnotation } from './keys.ts'
import { revisionOf } from './revision.ts'
import type { Scene } from './scene.ts'
import type { RolloutStatus } from './status.ts'

export type WorkloadFacts = {
  readonly ref: ObjectRef
  readonly generation: number
  /** `spec.replicas`. */
  readonly replicas: number
  readonly annotations: Readonly<Record<string, string>>
}

/** While the workload is not there, the last that was seen stands. */
export function observedWorkload({ workload, spec, status }: Scene): string | undefined {
  if (workload !== undefined) return String(workload.generation)
  return spec.workload === undefined ? undefined : status.workloadObservedGeneration
}

/** On the Rollout stands which generation of its workload it is about; the plugin waits until status says the same. */
export function generationActions(scene: Scene): readonly Action[] {
  const { namespace, name, annotations } = scene.rollout
  const wanted = observedWorkload(scene)
  if (annotations[workloadGenerationAnnotation] === wanted) return []
  const body = { metadata: { annotations: { [workloadGenerationAnnotation]: wanted ?? null } } }
  return [{ kind: 'merge', ref: { kind: 'Rollout', namespace, name }, body, notes: [] }]
}

/** `status` is the one that this pass leaves behind. */
export function scaleDownActions(scene: Scene, status: RolloutStatus): readonly Action[] {
  const { workload } = scene
  if (workload === undefined) return []
  const had = hadReplicas(workload)
  const replicas = stillNeeded(scene, status, had)
  if (replicas === undefined || replicas === workload.replicas) return []
  const body = {
    metadata: { annotations: { [scaledFromAnnotation]: String(had) } },
    spec: { replicas },
  }
  return [{ kind: 'merge', ref: workload.ref, body, notes: [] }]
}

/**
 * Undefined leaves the Deployment alone. Together there are never fewer pods than the Deployment had, and it never gets more than that: pods
 * of the Rollout that fail bring it back. Argo looks at revision 1 only; one that never became Healthy would keep the Deployment for ever.
 */
function stillNeeded(scene: Scene, { phase }: RolloutStatus, had: number): number | undefined {
  const scaleDown = scene.spec.workload?.scaleDown ?? 'never'
  if (scaleDown === 'never') return undefined
  if (phase === 'Healthy') return isOver(scene) ? undefined : 0
  if (scaleDown === 'onsuccess' || wasHealthy(scene)) return undefined
  return Math.max(0, had - availablePods(scene))
}

/** Argo goes on at revision 1. */
function isOver(scene: Scene): boolean {
  return wasHealthy(scene) && revisionOf(scene) > 1
}

function wasHealthy({ status }: Scene): boolean {
  return status.conditions.some(({ type }) => type === 'Healthy')
}

function availablePods({ replicaSets }: Scene): number {
  return replicaSets.reduce((sum, { available }) => sum + available, 0)
}

function hadReplicas({ replicas, annotations }: WorkloadFacts): number {
  const text = annotations[scaledFromAnnotation] ?? ''
  return Math.max(replicas, /^\d{1,9}$/.test(text) ? Number(text) : 0)
}
