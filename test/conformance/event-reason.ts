/** Of an event on a Rollout: its reason, and of a weight from where to where it went. Ours tell several things at once, in their order. */
import { type JsonObject, textAt } from '../../src/core/json.ts'

export function eventReasons(event: JsonObject): readonly string[] {
  const about = textAt(event, 'involvedObject', 'kind')
  const reason = textAt(event, 'reason')
  if (about !== 'Rollout' || reason === undefined) return []
  const message = textAt(event, 'message') ?? ''
  const [, lead = '', before = '', after = ''] = together.exec(message) ?? []
  return [...asides(before), reasonWithWeight(reason, lead), ...asides(after)]
}

/** Argo has a reason of two words: `Updated VirtualService`. */
const together =
  /^(.*?)(?: \[after ([A-Z]\w+(?: [A-Z]\w+)?: .*?)\])?(?: \[then ([A-Z]\w+(?: [A-Z]\w+)?: .*)\])?$/

function asides(text: string): readonly string[] {
  const parts = text === '' ? [] : text.split(/; (?=[A-Z]\w+(?: [A-Z]\w+)?: )/)
  return parts.map((part) => {
    const [reason = '', ...words] = part.split(': ')
    return reasonWithWeight(reason, words.join(': '))
  })
}

export function reasonWithWeight(reason: string, message: string): string {
  if (reason !== 'TrafficWeightUpdated') return reason
  return `${reason} ${/updated (.*)/.exec(message)?.[1] ?? ''}`.trim()
}
