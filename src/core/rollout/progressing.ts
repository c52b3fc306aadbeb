/** The condition Progressing, as Argo writes it (spec §2.12). */
import type { Instant } from '../units.ts'
import type { Decision } from './decide.ts'
import { explain } from './explain.ts'
import { hasMoved, isLate } from './progress.ts'
import { replicaSetName, revisionOf } from './revision.ts'
import { currentOf, type Scene } from './scene.ts'
import type { Standing } from './stage.ts'
import { type Draft, isDone, isFinished, isPaused, type Wanted } from './wanted-condition.ts'

type Moment = { readonly draft: Draft; readonly now: Instant }

export function progressing(
  scene: Scene,
  standing: Standing,
  decision: Decision,
  { draft, now }: Moment,
): Wanted {
  if (draft.abort) return abortedCondition(scene, decision)
  return pausing(scene, draft) ?? retrying(standing) ?? moving(scene, standing, { draft, now })
}

/** A pause of what is finished is told by its own condition alone. */
function pausing(scene: Scene, draft: Draft): Wanted | undefined {
  if (isFinished(draft)) return undefined
  if (isPaused(scene, draft)) return unknown('RolloutPaused', 'Rollout is paused')
  return reasonBefore(scene) === 'RolloutPaused'
    ? unknown('RolloutResumed', 'Rollout is resumed')
    : undefined
}

function retrying({ retried }: Standing): Wanted | undefined {
  return retried ? unknown('RolloutRetry', 'Retrying Rollout after abort') : undefined
}

function reasonBefore({ status }: Scene): string | undefined {
  return status.conditions.find(({ type }) => type === 'Progressing')?.reason
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
  const name = replicaSetName(scene)
  if (currentOf(scene) === undefined)
    return yes('NewReplicaSetCreated', `Created new replica set "${name}"`)
  if (isDone(scene, draft))
    return yes('NewReplicaSetAvailable', `ReplicaSet "${name}" has successfully progressed.`)
  const progressed = hasMoved(scene, standing) || hasStepped(scene, draft)
  return (
    stuck(scene, { draft, now }, progressed) ?? {
      ...yes('ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`),
      progressed,
    }
  )
}

/** What lost its pods, and what is out of time. */
function stuck(scene: Scene, { draft, now }: Moment, progressed: boolean): Wanted | undefined {
  if (isFinished(draft) && wasHealthy(scene, draft)) return notAvailable
  if (progressed) return undefined
  if (isLate(scene, now)) return late(replicaSetName(scene))
  return reasonBefore(scene) === notAvailable.reason ? notAvailable : undefined
}

function hasStepped({ status }: Scene, draft: Draft): boolean {
  return status.currentStepIndex !== draft.currentStepIndex || status.stableRS !== draft.stableRS
}

const notAvailable: Wanted = {
  type: 'Progressing',
  status: 'True',
  reason: 'ReplicaSetNotAvailable',
  message: 'Rollout does not have minimum availability',
}

/** Pods of a release that was over are missing. */
function wasHealthy({ status }: Scene, draft: Draft): boolean {
  const healthy = status.conditions.find(({ type }) => type === 'Healthy')
  return healthy?.status === 'True' && status.stableRS === draft.stableRS
}

function yes(reason: string, message: string): Wanted {
  return { type: 'Progressing', status: 'True', reason, message }
}

function late(name: string): Wanted {
  const message = `ReplicaSet "${name}" has timed out progressing.`
  return { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message }
}
