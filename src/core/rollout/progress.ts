/** Whether a release moves, and whether it is out of time (spec §2.12). */
import type { Instant } from '../units.ts'
import { currentOf, type Scene, stableOf } from './scene.ts'
import type { Standing } from './stage.ts'
import type { RolloutStatus } from './status.ts'

export type PodCounts = Pick<
  RolloutStatus,
  'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas' | 'hpaReplicas'
>

export function podCounts(scene: Scene): PodCounts {
  const sum = (count: 'replicas' | 'ready' | 'available'): number =>
    scene.replicaSets.reduce((total, facts) => total + facts[count], 0)
  const replicas = sum('replicas')
  return {
    replicas,
    updatedReplicas: currentOf(scene)?.replicas ?? 0,
    readyReplicas: sum('ready'),
    availableReplicas: sum('available'),
    hpaReplicas: replicas,
  }
}

/** Pods that came, old ones that went, and another spec: time that passed before counts for nothing. */
export function hasMoved(scene: Scene, { fresh }: Standing): boolean {
  const { status: before } = scene
  const after = podCounts(scene)
  return (
    fresh ||
    before.updatedReplicas !== after.updatedReplicas ||
    before.replicas - before.updatedReplicas > after.replicas - after.updatedReplicas ||
    before.readyReplicas < after.readyReplicas ||
    before.availableReplicas < after.availableReplicas ||
    before.conditions.some(({ type }) => type === 'InvalidSpec') ||
    isAnotherSpec(scene)
  )
}

/** Another number of pods is no other spec: an autoscaler must not keep a release that hangs alive. */
function isAnotherSpec(scene: Scene): boolean {
  const { observedGeneration } = scene.status
  if (observedGeneration === undefined) return false
  return observedGeneration !== String(scene.rollout.generation) && !isScaling(scene)
}

function isScaling(scene: Scene): boolean {
  return [currentOf(scene), stableOf(scene)].some(
    (facts) =>
      facts !== undefined &&
      facts.wanted > 0 &&
      facts.desiredReplicas !== undefined &&
      facts.desiredReplicas !== scene.spec.replicas,
  )
}

/** Reasons of the condition Progressing that a deadline is counted from. */
export const timedReasons: readonly string[] = [
  'NewReplicaSetCreated',
  'FoundNewReplicaSet',
  'ReplicaSetUpdated',
  'ReplicaSetNotAvailable',
  'RolloutResumed',
  'RolloutRetry',
]

/** Late is late until something moves. */
export function isLate(scene: Scene, now: Instant): boolean {
  const before = scene.status.conditions.find(({ type }) => type === 'Progressing')
  if (before === undefined || waitsByDesign(scene)) return false
  if (before.reason === 'ProgressDeadlineExceeded') return true
  return (
    timedReasons.includes(before.reason) &&
    now >= before.lastUpdateTime + scene.spec.progressDeadline
  )
}

/** A pause and an analysis have no deadline, and old pods that wait out theirs are waited for. */
function waitsByDesign(scene: Scene): boolean {
  const { spec, status, templateHash, replicaSets } = scene
  const step = spec.canary.steps[status.currentStepIndex ?? 0]
  const rests = step?.kind === 'pause' || step?.kind === 'analysis'
  const others = replicaSets.filter(({ hash }) => hash !== templateHash && hash !== status.stableRS)
  return (
    (status.stableRS !== templateHash && rests) ||
    others.some(({ scaleDownAt }) => scaleDownAt !== undefined)
  )
}
