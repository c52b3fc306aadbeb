/** Of an event on a Rollout: its reason, and of a weight from where to where it went. */
import { type JsonObject, textAt } from '../../src/core/json.ts'

export function eventReason(event: JsonObject): string | undefined {
  const about = textAt(event, 'involvedObject', 'kind')
  const reason = textAt(event, 'reason')
  if (about !== 'Rollout' || reason === undefined) return undefined
  return reasonWithWeight(reason, textAt(event, 'message') ?? '')
}

export function reasonWithWeight(reason: string, message: string): string {
  if (reason !== 'TrafficWeightUpdated') return reason
  return `${reason} ${/updated (.*)/.exec(message)?.[1] ?? ''}`.trim()
}
