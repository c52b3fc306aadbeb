/** What was recorded of one scenario. */
import { isObject, type Json, objectAt, parseJson, textAt } from '../../src/core/json.ts'
import type { Fact, Facts } from './facts.ts'

export type StationTrace = { readonly station: string; readonly facts: Facts }

export type Trace = {
  readonly scenario: string
  readonly stations: readonly StationTrace[]
}

/** From which program a recorded trace comes. */
export const source = 'argo-rollouts v1.10.1 controller on kube-apiserver 1.34.5 + kwok'

/**
 * A station after the first tells what became another: a line per fact, null where it went away. So the file reads
 * like the story, and a change to it reads like a change to the story.
 */
export function traceJson({ scenario, stations }: Trace): string {
  const told = stations.map(({ station, facts }, index) => ({
    station,
    facts: changed(stations[index - 1]?.facts ?? {}, facts),
  }))
  return `${JSON.stringify({ source, scenario, stations: told }, undefined, 1)}\n`
}

function changed(before: Facts, after: Facts): Readonly<Record<string, Fact | null>> {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key))
  const others = Object.entries(after).filter(([key, value]) => before[key] !== value)
  return Object.fromEntries([...others, ...gone.map((key) => [key, null] as const)])
}

export function parseTrace(text: string): Trace {
  const json = parseJson(text)
  let facts: Facts = {}
  const stations = listOf(json).map((told) => {
    facts = applied(facts, objectAt(told, 'facts'))
    return { station: textAt(told, 'station') ?? '', facts }
  })
  return { scenario: textAt(json, 'scenario') ?? '', stations }
}

function listOf(json: Json): readonly Json[] {
  const stations = isObject(json) ? json['stations'] : undefined
  return Array.isArray(stations) ? stations : []
}

function applied(before: Facts, changes: Readonly<Record<string, Json | undefined>>): Facts {
  const after: Record<string, Fact> = { ...before }
  for (const [key, value] of Object.entries(changes)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      after[key] = value
    else delete after[key]
  }
  return after
}
