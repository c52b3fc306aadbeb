/** `status.conditions` as Argo writes them (spec §2.12). */
import type { Instant } from '../units.ts'
import type { Decision } from './decide.ts'
import { progressing } from './progressing.ts'
import { currentOf, type Scene } from './scene.ts'
import type { Standing } from './stage.ts'
import type { Condition, ConditionType } from './status.ts'
import { type Draft, isDone, isFinished, isPaused, type Wanted } from './wanted-condition.ts'

export function conditionsFor(
  scene: Scene,
  standing: Standing,
  decision: Decision,
  { draft, now }: { readonly draft: Draft; readonly now: Instant },
): readonly Condition[] {
  const wanted = [
    progressing(scene, standing, decision, { draft, now }),
    available(scene, draft),
    healthy(scene, draft),
    completed(draft),
    paused(scene, draft),
    replicaFailure(scene),
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

/** Gone with their cause. The others stay, true or false. */
const passing: readonly ConditionType[] = ['InvalidSpec', 'ReplicaFailure']

/** Same status and reason is no change, except where pods or steps moved on; the message of InvalidSpec follows its cause. */
function merge(
  before: readonly Condition[],
  wanted: readonly Wanted[],
  now: Instant,
): readonly Condition[] {
  const kept = before.filter(
    ({ type }) => !passing.includes(type) && !wanted.some((other) => other.type === type),
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
  const isHealthy = isDone(scene, draft) && !isPaused(scene, draft)
  const existed = scene.status.conditions.some(({ type }) => type === 'Healthy')
  if (!isHealthy && !existed) return undefined
  return says(
    'Healthy',
    isHealthy,
    'RolloutHealthy',
    isHealthy ? 'Rollout is healthy' : 'Rollout is not healthy',
  )
}

function completed(draft: Draft): Wanted {
  return says('Completed', isFinished(draft), 'RolloutCompleted', 'RolloutCompleted')
}

function paused(scene: Scene, draft: Draft): Wanted | undefined {
  const isNow = isPaused(scene, draft)
  const existed = scene.status.conditions.some(({ type }) => type === 'Paused')
  return isNow || existed ? says('Paused', isNow, 'RolloutPaused', 'Rollout is paused') : undefined
}

/** Why pods cannot be made, such as a quota: the new version's reason first. */
function replicaFailure(scene: Scene): Wanted | undefined {
  const failures = [currentOf(scene), ...scene.replicaSets].map((facts) => facts?.failure)
  const failure = failures.find((each) => each !== undefined)
  return failure && { type: 'ReplicaFailure', status: 'True', ...failure }
}

function says(type: ConditionType, holds: boolean, reason: string, message: string): Wanted {
  return { type, status: holds ? 'True' : 'False', reason, message }
}
