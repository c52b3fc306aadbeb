/** Which statuses nobody needs at once: more pods are up, and the next thing that happens may be worth a write of its own. */
import type { ConditionType, RolloutStatus } from './status.ts'

/** Whether a status says nothing new but counts. A decision, a phase, a weight and an answer to a person never wait. */
export function mayWait(before: RolloutStatus, after: RolloutStatus): boolean {
  const isFirst = before.currentPodHash === undefined && after.phase === 'Progressing'
  return isFirst || besidesCounts(before) === besidesCounts(after)
}

/** These follow the counts. */
const counting: readonly ConditionType[] = ['Progressing', 'Available', 'Healthy']

/** Two texts are the same when the statuses are, counts aside; the order of the fields is ours. */
function besidesCounts(status: RolloutStatus): string {
  return JSON.stringify({
    ...status,
    conditions: status.conditions.filter(({ type }) => !counting.includes(type)),
    message: status.phase === 'Progressing' ? undefined : status.message,
    replicas: 0,
    updatedReplicas: 0,
    readyReplicas: 0,
    availableReplicas: 0,
    hpaReplicas: 0,
  })
}
