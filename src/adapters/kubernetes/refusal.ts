/** What the API server refused, or why it could not be asked, in the words of our port. */
import { listAt, textAt } from '../../core/json.ts'
import { PortError, type PortErrorCode } from '../../ports.ts'
import type { Answer } from './transport.ts'
import { oneLine } from './words.ts'

/** `what` names verb, kind and object: `patch Rollout shop/reviews`. */
export function refusal(what: string, answer: Answer): PortError {
  return new PortError(codeOf(answer), `${what}: ${saidBy(answer)}`)
}

/**
 * A JSON patch that could not be carried out comes back as 422 without a word about the object, while an object that would
 * be invalid comes back as 422 with its causes. The first says that somebody else was there.
 */
export function jsonPatchRefusal(what: string, answer: Answer): PortError {
  const moved = answer.status === 422 && listAt(answer.body, 'details', 'causes').length === 0
  if (!moved) return refusal(what, answer)
  return new PortError(
    'conflict',
    `${what}: the object is not as the patch expects (${saidBy(answer)})`,
  )
}

function codeOf(answer: Answer): PortErrorCode {
  if (answer.status === 409) return reasonOf(answer) === 'AlreadyExists' ? 'exists' : 'conflict'
  return codes.get(answer.status) ?? 'unavailable'
}

const codes: ReadonlyMap<number, PortErrorCode> = new Map([
  [400, 'invalid'],
  [401, 'forbidden'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [422, 'invalid'],
])

function reasonOf(answer: Answer): string | undefined {
  return textAt(answer.body, 'reason')
}

function saidBy(answer: Answer): string {
  if (answer.status === 401)
    return 'the API server does not accept our credentials (HTTP 401); is the token or certificate still valid?'
  const said = textAt(answer.body, 'message')
  if (said !== undefined && textAt(answer.body, 'kind') === 'Status') return oneLine(said)
  return `HTTP ${answer.status} without an explanation; is there a proxy in between?`
}
