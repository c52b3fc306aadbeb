/** The API server's audit log: who wrote and read what, and when. One clock for both sides of a distance in time. */
import { type Json, numberAt, textAt } from '../../src/core/json.ts'

export type Call = {
  readonly user: string
  readonly verb: string
  /** `rollouts/status`, `events`. */
  readonly resource: string
  readonly name: string
  /** When it was answered, in milliseconds with fractions. */
  readonly at: number
  /** Whether the server did what was asked. */
  readonly done: boolean
}

export type Span = { readonly from: number; readonly to: number }

const writing: ReadonlySet<string> = new Set([
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
])

/** What is not a whole line of JSON is left out: the server may be writing it. */
export function callsIn(text: string): readonly Call[] {
  return text.split('\n').flatMap((line) => {
    const call = callOf(parsed(line))
    return call === undefined ? [] : [call]
  })
}

function parsed(line: string): Json {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function callOf(event: Json): Call | undefined {
  const resource = textAt(event, 'objectRef', 'resource')
  const at = millisecondsOf(textAt(event, 'stageTimestamp'))
  if (resource === undefined || at === undefined) return undefined
  const part = textAt(event, 'objectRef', 'subresource')
  return {
    user: textOr(event, 'user', 'username'),
    verb: textOr(event, 'verb'),
    resource: part === undefined ? resource : `${resource}/${part}`,
    name: textOr(event, 'objectRef', 'name'),
    at,
    done: (numberAt(event, 'responseStatus', 'code') ?? 500) < 400,
  }
}

function textOr(event: Json, ...path: readonly string[]): string {
  return textAt(event, ...path) ?? ''
}

/** The server writes microseconds, of which a Date keeps none. */
function millisecondsOf(text: string | undefined): number | undefined {
  const [, whole, fraction] = /^(.*?)(\.\d+)?Z$/.exec(text ?? '') ?? []
  const seconds = Date.parse(`${whole}Z`)
  return Number.isNaN(seconds) ? undefined : seconds + Number(`0${fraction ?? '.0'}`) * 1000
}

export type Kinds = Readonly<Record<string, number>>

export type Traffic = { readonly writes: Kinds; readonly reads: Kinds; readonly refused: number }

/** What one user did, by kind; the most frequent first. Refused calls count as well: they cost the same. */
export function trafficOf(calls: readonly Call[], user: string, { from, to }: Span): Traffic {
  const his = calls.filter((call) => call.user === user && call.at >= from && call.at < to)
  return {
    writes: counted(his.filter(({ verb }) => writing.has(verb))),
    reads: counted(his.filter(({ verb }) => !writing.has(verb))),
    refused: his.filter(({ done }) => !done).length,
  }
}

function counted(calls: readonly Call[]): Kinds {
  const counts = new Map<string, number>()
  for (const { verb, resource } of calls) {
    const kind = `${verb} ${resource}`
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].toSorted((a, b) => b[1] - a[1]))
}

export function sumOf(kinds: Kinds): number {
  return Object.values(kinds).reduce((total, count) => total + count, 0)
}

/** Without events, which nobody waits for. */
export function withoutEvents(kinds: Kinds): Kinds {
  return Object.fromEntries(Object.entries(kinds).filter(([kind]) => !kind.endsWith(' events')))
}

/**
 * From a person's patch of a Rollout to the controller's next write of the VirtualService of that name, in milliseconds, one for each
 * Rollout that had both.
 */
export function answersTo(
  calls: readonly Call[],
  { person, controller, patched }: Asked,
  { from, to }: Span,
): readonly number[] {
  const asked = new Map<string, number>()
  return calls
    .filter((call) => call.at >= from && call.at < to && call.done && writing.has(call.verb))
    .toSorted((a, b) => a.at - b.at)
    .flatMap((call) => {
      if (call.user === person && call.resource === patched) asked.set(call.name, call.at)
      const since = asked.get(call.name)
      const answers = call.user === controller && call.resource === 'virtualservices'
      if (!answers || since === undefined) return []
      asked.delete(call.name)
      return [call.at - since]
    })
}

type Asked = {
  readonly person: string
  readonly controller: string
  readonly patched: 'rollouts' | 'rollouts/status'
}
