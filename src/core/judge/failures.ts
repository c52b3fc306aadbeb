/**
 * What counts as a failure: the one table. Envoy tells how a request ended with three labels: the HTTP code, the gRPC status and the
 * response flags. gRPC failures carry code 200, hung-up clients code 0, and a connection that broke may carry any code.
 */
import type { FailureRule } from './settings.ts'

/** The labels of one series of istio_requests_total; empty text where a label is absent. */
export type Ending = {
  readonly code: string
  readonly grpc: string
  /** `-`, or names joined with commas: `UF,URX`. */
  readonly flags: string
}

export type Outcome =
  | { readonly kind: 'served' }
  | { readonly kind: 'failed'; readonly why: string }
  /** Says nothing about the version; counted apart. */
  | { readonly kind: 'excluded'; readonly why: string }

/** Not the version's doing: whatever the code, the request is left out. */
const excludingFlags: Readonly<Record<string, string>> = {
  DC: 'the client hung up',
  DI: 'a delay was injected',
  FI: 'a fault was injected',
  RL: 'a rate limit applied',
  UAEX: 'an authorisation service refused',
  IH: 'the client sent a bad header',
  DT: 'the longest duration was over',
  SI: 'the stream was idle',
}

/** Broken before, or instead of, an answer: a failure whatever the code. */
const failingFlags: Readonly<Record<string, string>> = {
  UH: 'no healthy endpoint',
  UF: 'connection failed',
  UC: 'connection broke',
  UR: 'reset by the server',
  LR: 'reset by the proxy',
  UT: 'timed out',
  UO: 'circuit breaker overflowed',
  URX: 'retries used up',
  NR: 'no route',
  NC: 'no cluster',
  UPE: 'the server broke the protocol',
  DPE: 'the client side broke the protocol',
  OM: 'the proxy was overloaded',
}

/** Flags of requests that no pod ever saw. */
const undeliveredFlags: readonly string[] = ['UH', 'UF', 'NC', 'NR', 'UO']

const cancelled = '1'

/** The order is the policy: what says nothing, then what broke, then what the answer says. */
export function outcomeOf(ending: Ending, rule: FailureRule): Outcome {
  const flags = ending.flags.split(',')
  const leftOut = reasonIn(excludingFlags, flags)
  if (leftOut !== undefined) return { kind: 'excluded', why: leftOut }
  const broken = reasonIn(failingFlags, flags)
  if (broken !== undefined) return { kind: 'failed', why: broken }
  return ending.grpc === '' ? byCode(ending.code, rule) : byGrpcStatus(ending.grpc, rule)
}

/** Whether the request ended before any pod saw it. Flags are compared whole: `URX` is no `UR`. */
export function isUndelivered(flags: string): boolean {
  return flags.split(',').some((flag) => undeliveredFlags.includes(flag))
}

function byGrpcStatus(status: string, rule: FailureRule): Outcome {
  if (status === cancelled) return { kind: 'excluded', why: 'the call was cancelled' }
  return rule.grpc.includes(Number(status))
    ? { kind: 'failed', why: `gRPC status ${status}` }
    : { kind: 'served' }
}

function byCode(code: string, rule: FailureRule): Outcome {
  if (code === '') return { kind: 'excluded', why: 'no code was recorded' }
  if (code === '0') return { kind: 'failed', why: 'no answer' }
  return rule.codes.some((pattern) => matches(code, pattern))
    ? { kind: 'failed', why: `code ${code}` }
    : { kind: 'served' }
}

/** `5xx` matches all codes of the class, `429` itself. */
function matches(code: string, pattern: string): boolean {
  return pattern.endsWith('xx') ? code.length === 3 && code[0] === pattern[0] : code === pattern
}

function reasonIn(
  table: Readonly<Record<string, string>>,
  flags: readonly string[],
): string | undefined {
  const found = flags.find((flag) => Object.hasOwn(table, flag))
  return found === undefined ? undefined : table[found]
}
