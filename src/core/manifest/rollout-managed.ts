/** Steps that add a route of the Rollout's own → the route in Istio's words. */
import { z } from 'zod'
import { at, isObject, type Json, type JsonObject, listAt, textAt } from '../json.ts'
import type { ManagedRoute } from '../mesh/managed.ts'
import { type Problem, problem } from '../result.ts'
import { type Field, list, object, served } from './fields.ts'
import { shown } from './shown.ts'

const textMatch = object({ exact: served, prefix: served, regex: served })

export const headerRouteField: Field = object({
  name: served,
  match: list({ headerName: served, headerValue: textMatch }),
})

export const mirrorRouteField: Field = object({
  name: served,
  match: list({ method: textMatch, path: textMatch, headers: served }),
  percentage: served,
})

const text = z.string().min(1)

const matchSchema = z
  .strictObject({
    exact: z.string().optional(),
    prefix: z.string().optional(),
    regex: z.string().optional(),
  })
  .refine((match) => Object.values(match).filter(Boolean).length === 1, {
    error: 'must hold exactly one of exact, prefix and regex',
  })

type HeaderRouteShape = {
  readonly name: string
  readonly match: readonly { readonly headerName: string; readonly headerValue: TextMatchShape }[]
}

type TextMatchShape = {
  readonly exact?: string | undefined
  readonly prefix?: string | undefined
  readonly regex?: string | undefined
}

type MirrorRouteShape = {
  readonly name: string
  readonly match: readonly {
    readonly method?: TextMatchShape | undefined
    readonly path?: TextMatchShape | undefined
    readonly headers?: Readonly<Record<string, TextMatchShape>> | undefined
  }[]
  readonly percentage: number
}

export const headerRouteSchema: z.ZodType<HeaderRouteShape> = z.strictObject({
  name: text,
  match: z.array(z.strictObject({ headerName: text, headerValue: matchSchema })).default([]),
})

export const mirrorRouteSchema: z.ZodType<MirrorRouteShape> = z.strictObject({
  name: text,
  match: z
    .array(
      z
        .strictObject({
          method: matchSchema.optional(),
          path: matchSchema.optional(),
          headers: z.record(z.string(), matchSchema).optional(),
        })
        .refine((match) => Object.keys(match).length > 0, {
          error: 'must hold method, path or headers: an empty match is every request',
        }),
    )
    .default([]),
  percentage: z.int().min(0).max(100).default(100),
})

export function toHeaderRoute({ name, match }: HeaderRouteShape): ManagedRoute {
  const matches = match.map(({ headerName, headerValue }) => ({
    headers: { [headerName]: toMatch(headerValue) },
  }))
  return { name, match: matches, does: { kind: 'lead' } }
}

export function toMirrorRoute({ name, match, percentage }: MirrorRouteShape): ManagedRoute {
  const matches = match.map(({ method, path, headers }) => ({
    ...(method === undefined ? {} : { method: toMatch(method) }),
    ...(path === undefined ? {} : { uri: toMatch(path) }),
    ...(headers === undefined ? {} : { headers: toMatches(headers) }),
  }))
  return { name, match: matches, does: { kind: 'mirror', percentage } }
}

function toMatches(headers: Readonly<Record<string, TextMatchShape>>): JsonObject {
  return Object.fromEntries(Object.entries(headers).map(([name, match]) => [name, toMatch(match)]))
}

function toMatch(match: TextMatchShape): JsonObject {
  return Object.fromEntries(Object.entries(match).filter(([, value]) => Boolean(value)))
}

/* ------------------------------------------------------------------ rules */

const canaryPath = 'spec.strategy.canary'

export const managedRules: readonly ((spec: JsonObject) => readonly Problem[])[] = [
  stepRoutesAreManaged,
  managedRoutesAreNotDriven,
]

/** A route that nobody takes away again would outlive its release. */
function stepRoutesAreManaged(spec: JsonObject): readonly Problem[] {
  const managed = managedNames(spec)
  return listAt(spec, 'strategy', 'canary', 'steps').flatMap((step, index) =>
    (['setHeaderRoute', 'setMirrorRoute'] as const).flatMap((kind) => {
      if (!isObject(at(step, kind))) return []
      const name = textAt(step, kind, 'name') ?? ''
      const path = `${canaryPath}.steps[${index}].${kind}`
      return [...needsMesh(spec, path), ...isManaged(name, managed, path)]
    }),
  )
}

function needsMesh(spec: JsonObject, path: string): readonly Problem[] {
  const istio = at(spec, 'strategy', 'canary', 'trafficRouting', 'istio')
  return isObject(istio) ? [] : [problem(path, 'needs trafficRouting.istio')]
}

function isManaged(name: string, managed: readonly string[], path: string): readonly Problem[] {
  if (name === '' || managed.includes(name)) return []
  const message = `must be one of trafficRouting.managedRoutes, is ${shown(name)}; name it there`
  return [problem(`${path}.name`, message)]
}

/** What is taken away at the end of a release must not be a route that serves. */
function managedRoutesAreNotDriven(spec: JsonObject): readonly Problem[] {
  const istio = at(spec, 'strategy', 'canary', 'trafficRouting', 'istio') ?? null
  const driven = [at(istio, 'virtualService') ?? null, ...listAt(istio, 'virtualServices')].flatMap(
    (each) => listAt(each, 'routes'),
  )
  return managedNames(spec).flatMap((name, index) =>
    driven.includes(name)
      ? [
          problem(
            `${canaryPath}.trafficRouting.managedRoutes[${index}].name`,
            `must not be a route that is driven, ${shown(name)} is; it would be removed at the end of a release`,
          ),
        ]
      : [],
  )
}

function managedNames(spec: Json): readonly string[] {
  return listAt(spec, 'strategy', 'canary', 'trafficRouting', 'managedRoutes').flatMap(
    (each) => textAt(each, 'name') ?? [],
  )
}
