/** `status.phase` and `status.message`: the first that matches, in Argo's words (spec §2.12). */
import type { Scene } from './scene.ts'
import type { RolloutSpec } from './spec.ts'
import type { Condition, RolloutPhase } from './status.ts'
import type { Draft } from './wanted-condition.ts'

export type Said = { readonly phase: RolloutPhase; readonly message: string | undefined }

/** What an analysis lacks is said beside the phase, never instead of it. */
export function phaseOf(
  scene: Scene,
  draft: Draft,
  {
    conditions,
    trouble,
  }: { readonly conditions: readonly Condition[]; readonly trouble: string | undefined },
): Said {
  const { phase, message } = firstOf(scene, draft, conditions)
  if (trouble === undefined) return { phase, message }
  return {
    phase,
    message: message === undefined ? `analysis: ${trouble}` : `${message}; analysis: ${trouble}`,
  }
}

function firstOf(scene: Scene, draft: Draft, conditions: readonly Condition[]): Said {
  return (
    broken(conditions) ??
    paused(scene, draft) ??
    restarting(scene, draft) ??
    moving(scene, draft) ?? { phase: 'Healthy', message: undefined }
  )
}

function broken(conditions: readonly Condition[]): Said | undefined {
  const bad = conditions.find(
    ({ type, reason }) =>
      type === 'Progressing' &&
      (reason === 'RolloutAborted' || reason === 'ProgressDeadlineExceeded'),
  )
  return bad && { phase: 'Degraded', message: `${bad.reason}: ${bad.message}` }
}

function paused({ spec }: Scene, { pauseConditions }: Draft): Said | undefined {
  if (spec.paused) return { phase: 'Paused', message: 'manually paused' }
  const [pause] = pauseConditions
  return pause && { phase: 'Paused', message: pause.reason }
}

function restarting({ spec }: Scene, { restartedAt }: Draft): Said | undefined {
  return spec.restartAt === undefined || spec.restartAt === restartedAt
    ? undefined
    : { phase: 'Progressing', message: 'rollout is restarting' }
}

function moving({ spec }: Scene, draft: Draft): Said | undefined {
  const message = whatIsMissing(spec, draft)
  return message === undefined ? undefined : { phase: 'Progressing', message }
}

function whatIsMissing({ replicas, canary }: RolloutSpec, draft: Draft): string | undefined {
  if (draft.updatedReplicas < replicas) return 'more replicas need to be updated'
  if (draft.availableReplicas < draft.updatedReplicas)
    return 'updated replicas are still becoming available'
  if (canary.traffic.kind === 'none' && draft.replicas > draft.updatedReplicas)
    return 'old replicas are pending termination'
  return draft.stableRS === draft.currentPodHash ? undefined : 'waiting for all steps to complete'
}
