/** What a condition is made from. */
import type { Scene } from './scene.ts'
import type { Condition, RolloutStatus } from './status.ts'

export type Wanted = Pick<Condition, 'type' | 'status' | 'reason' | 'message'> & {
  readonly progressed?: boolean
}

/** What the next status is so far: everything but the conditions and what is made from them. */
export type Draft = Omit<RolloutStatus, 'conditions' | 'phase' | 'message'>

/** The current version is the stable one. */
export function isFinished({ stableRS, currentPodHash }: Draft): boolean {
  return stableRS !== undefined && stableRS === currentPodHash
}

/** Nothing is left to do: all steps, all pods, and none of another version. */
export function isDone({ spec }: Scene, draft: Draft): boolean {
  const steps = spec.canary.steps.length
  return (
    isFinished(draft) &&
    draft.currentStepIndex === (steps === 0 ? undefined : steps) &&
    draft.updatedReplicas === spec.replicas &&
    draft.availableReplicas === spec.replicas &&
    draft.replicas === spec.replicas
  )
}

export function isPaused({ spec }: Scene, draft: Pick<Draft, 'pauseConditions'>): boolean {
  return spec.paused || draft.pauseConditions.length > 0
}
