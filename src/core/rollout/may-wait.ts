/** Which statuses nobody needs at once: more pods are up, and the next thing that happens may be worth a write of its own. */
import { type JsonObject, sameJson } from '../json.ts'
import { type Duration, seconds } from '../units.ts'
import type { ConditionType, RolloutStatus } from './status.ts'

/** What says that a new Rollout was noticed. Until then its generation says that it was not, and nobody can ask anything of it. */
const untilFirst = seconds(5)
/** Counts. */
const untilCounted = seconds(1)

/**
 * How long a status waits for company: one that says nothing new but counts, and the first one. A decision, a phase, a weight and an answer
 * to a person never wait; undefined for them.
 */
export function patienceFor(before: RolloutStatus, after: RolloutStatus): Duration | undefined {
  if (before.currentPodHash === undefined && after.phase === 'Progressing') return untilFirst
  return sameJson(besidesCounts(before), besidesCounts(after)) ? untilCounted : undefined
}

/** These follow the counts. */
const counting: readonly ConditionType[] = ['Progressing', 'Available', 'Healthy']

function besidesCounts(status: RolloutStatus): JsonObject {
  return {
    ...status,
    conditions: status.conditions.filter(({ type }) => !counting.includes(type)),
    message: status.phase === 'Progressing' ? undefined : status.message,
    replicas: 0,
    updatedReplicas: 0,
    readyReplicas: 0,
    availableReplicas: 0,
    hpaReplicas: 0,
  }
}
