/** What the API server refused, or why it could not be asked, in the words of our port. */
import { textAt } from '../../core/json.ts'
import { PortError, type PortErrorCode } from '../../ports.ts'
import type { Answer } from './transport.ts'
import { oneLine } from './words.ts'

/** `what` names verb, kind and object: `patch Rollout shop/reviews`. */
export function refusal(what: string, answer: Answer): PortError {
  return new PortError(codeOf(answer), `${what}: ${saidBy(answer)}`)
}

/**
 * A JSON patch that could not be carried out comes back as 422 with words that say nothing, and without causes; an object that
 * would be invalid, or that an admission webhook denies, comes with its own words. The first says that somebody else was there.
 */
export function jsonPatchRefusal(what: string, answer: Answer): PortError {
  if (!isMisfit(answer)) return refusal(what, answer)
  return new PortError('conflict', `${what}: the object is not as the patch expects`)
}

function isMisfit({ status, body }: Answer): boolean {
  return status === 422 && (textAt(body, 'message') ?? '').startsWith(saidOfMisfit)
}

/** Kubernetes' own text (NewGenericServerResponse); the contract tests against a real API server hold it. */
const saidOfMisfit = 'the server rejected our request due to an error in our request'

/** HTTP 429 is a budget that allows no disruption now; 500 with these words (Kubernetes' own) is a pod that two budgets select. */
export function isRefusedEviction({ status, body }: Answer): boolean {
  const said = textAt(body, 'message') ?? ''
  return status === 429 || (status === 500 && said.includes('more than one PodDisruptionBudget'))
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
