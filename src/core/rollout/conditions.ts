/** `status.conditions` as Argo writes them (spec §2.12). */
import type { Instant } from '../units.ts'
import type { Decision } from './decide.ts'
import { explain } from './explain.ts'
import { revisionOf } from './revision.ts'
import { currentOf, type Scene } from './scene.ts'
import type { Standing } from './stage.ts'
import type { Condition, ConditionType, RolloutStatus } from './status.ts'

type Wanted = Pick<Condition, 'type' | 'status' | 'reason' | 'message'> & {
  readonly progressed?: boolean
}

/** What the next status is so far: everything but the conditions and what is made from them. */
export type Draft = Omit<RolloutStatus, 'conditions' | 'phase' | 'message'>

export function conditionsFor(
  scene: Scene,
  standing: Standing,
  decision: Decision,
  { draft, now }: Moment,
): readonly Condition[] {
  const wanted = [
    progressing(scene, standing, decision, { draft, now }),
    available(scene, draft),
    healthy(scene, draft),
    completed(draft),
    paused(scene, draft),
  ].filter((condition) => condition !== undefined)
  return merge(scene.status.conditions, wanted, now)
}

/** The whole list with one that says why nothing is done. */
export function invalidCondition(
  before: readonly Condition[],
  message: string,
  now: Instant,
): readonly Condition[] {
  return merge(
    before,
    [{ type: 'InvalidSpec', status: 'True', reason: 'InvalidSpec', message }],
    now,
  )
}

/** Same status and reason is no change, except where pods or steps moved on; the message of InvalidSpec follows its cause. */
function merge(
  before: readonly Condition[],
  wanted: readonly Wanted[],
  now: Instant,
): readonly Condition[] {
  const kept = before.filter(
    ({ type }) => type !== 'InvalidSpec' && !wanted.some((other) => other.type === type),
  )
  return [
    ...kept,
    ...wanted.map((condition) =>
      renew(
        before.find(({ type }) => type === condition.type),
        condition,
        now,
      ),
    ),
  ]
}

function renew(
  before: Condition | undefined,
  { progressed = false, ...wanted }: Wanted,
  now: Instant,
): Condition {
  if (before === undefined) return { ...wanted, lastUpdateTime: now, lastTransitionTime: now }
  if (isSame(before, wanted) && !progressed) return before
  const lastTransitionTime = before.status === wanted.status ? before.lastTransitionTime : now
  return { ...wanted, lastUpdateTime: now, lastTransitionTime }
}

function isSame(before: Condition, wanted: Wanted): boolean {
  const sameMessage = wanted.type !== 'InvalidSpec' || before.message === wanted.message
  return before.status === wanted.status && before.reason === wanted.reason && sameMessage
}

type Moment = { readonly draft: Draft; readonly now: Instant }

function progressing(
  scene: Scene,
  standing: Standing,
  decision: Decision,
  { draft, now }: Moment,
): Wanted | undefined {
  if (draft.abort) return abortedCondition(scene, decision)
  if (isPaused(scene, draft)) return unknown('RolloutPaused', 'Rollout is paused')
  if (
    scene.status.conditions.some(
      ({ type, reason }) => type === 'Progressing' && reason === 'RolloutPaused',
    )
  )
    return unknown('RolloutResumed', 'Rollout is resumed')
  if (standing.retried) return unknown('RolloutRetry', 'Rollout is retried')
  return moving(scene, standing, { draft, now })
}

function abortedCondition(scene: Scene, decision: Decision): Wanted {
  const why = decision.kind === 'abort' ? `: ${explain(decision.because)}` : ''
  return {
    type: 'Progressing',
    status: 'False',
    reason: 'RolloutAborted',
    message: `Rollout aborted update to revision ${revisionOf(scene)}${why}`,
  }
}

function unknown(reason: string, message: string): Wanted {
  return { type: 'Progressing', status: 'Unknown', reason, message }
}

function moving(scene: Scene, standing: Standing, { draft, now }: Moment): Wanted {
  const current = currentOf(scene)
  const name = current?.name ?? `${scene.rollout.name}-${scene.templateHash}`
  if (current === undefined) return yes('NewReplicaSetCreated', `Created new replica set "${name}"`)
  if (draft.stableRS === draft.currentPodHash && isAllUp(scene, draft)) {
    return yes('NewReplicaSetAvailable', `ReplicaSet "${name}" has successfully progressed.`)
  }
  const progressed = hasMoved(scene.status, draft, standing)
  if (!progressed && isLate(scene, now)) return late(name)
  return { ...yes('ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`), progressed }
}

function yes(reason: string, message: string): Wanted {
  return { type: 'Progressing', status: 'True', reason, message }
}

function late(name: string): Wanted {
  const message = `ReplicaSet "${name}" has timed out progressing.`
  return { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message }
}

function isAllUp({ spec }: Scene, draft: Draft): boolean {
  return draft.updatedReplicas >= spec.replicas && draft.availableReplicas >= draft.updatedReplicas
}

function hasMoved(before: RolloutStatus, after: Draft, { fresh }: Standing): boolean {
  return (
    fresh ||
    before.updatedReplicas !== after.updatedReplicas ||
    before.readyReplicas < after.readyReplicas ||
    before.availableReplicas < after.availableReplicas ||
    before.currentStepIndex !== after.currentStepIndex ||
    before.stableRS !== after.stableRS ||
    before.conditions.some(({ type }) => type === 'InvalidSpec')
  )
}

/** Late is late until something moves. */
function isLate(scene: Scene, now: Instant): boolean {
  const before = scene.status.conditions.find(({ type }) => type === 'Progressing')
  if (before === undefined || waitsByDesign(scene)) return false
  if (before.reason === 'ProgressDeadlineExceeded') return true
  return (
    ['ReplicaSetUpdated', 'NewReplicaSetCreated'].includes(before.reason) &&
    now >= before.lastUpdateTime + scene.spec.progressDeadline
  )
}

/** A pause and an analysis have no deadline. */
function waitsByDesign({ spec, status, templateHash }: Scene): boolean {
  const step = spec.canary.steps[status.currentStepIndex ?? 0]
  return status.stableRS !== templateHash && (step?.kind === 'pause' || step?.kind === 'analysis')
}

function available({ spec }: Scene, draft: Draft): Wanted {
  const enough = draft.availableReplicas >= spec.replicas
  return says(
    'Available',
    enough,
    'AvailableReason',
    enough ? 'Rollout has minimum availability' : 'Rollout does not have minimum availability',
  )
}

function healthy(scene: Scene, draft: Draft): Wanted | undefined {
  const done =
    draft.stableRS === draft.currentPodHash && draft.currentStepIndex === stepCount(scene)
  const isHealthy = done && isAllUp(scene, draft) && draft.replicas === scene.spec.replicas
  const existed = scene.status.conditions.some(({ type }) => type === 'Healthy')
  if (!isHealthy && !existed) return undefined
  return says(
    'Healthy',
    isHealthy,
    'RolloutHealthy',
    isHealthy ? 'Rollout is healthy' : 'Rollout is not healthy',
  )
}

function stepCount({ spec }: Scene): number | undefined {
  return spec.canary.steps.length === 0 ? undefined : spec.canary.steps.length
}

function completed(draft: Draft): Wanted {
  return says(
    'Completed',
    draft.stableRS !== undefined && draft.stableRS === draft.currentPodHash,
    'RolloutCompleted',
    'RolloutCompleted',
  )
}

function paused(scene: Scene, draft: Draft): Wanted | undefined {
  const isNow = isPaused(scene, draft)
  const existed = scene.status.conditions.some(({ type }) => type === 'Paused')
  return isNow || existed ? says('Paused', isNow, 'RolloutPaused', 'Rollout is paused') : undefined
}

export function isPaused({ spec }: Scene, draft: Pick<Draft, 'pauseConditions'>): boolean {
  return spec.paused || draft.pauseConditions.length > 0
}

function says(type: ConditionType, holds: boolean, reason: string, message: string): Wanted {
  return { type, status: holds ? 'True' : 'False', reason, message }
}
