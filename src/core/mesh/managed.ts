/**
 * Routes that a Rollout adds to a VirtualService while it is under way: a header leads to the canary, or a copy of each request goes there.
 * They stand before everybody else's, in the order of `managedRoutes`; only entries with these names are ever touched.
 */
import {
  at,
  isObject,
  type Json,
  type JsonObject,
  type JsonPatchOperation,
  listAt,
  sameJson,
  textAt,
} from '../json.ts'
import type { DrivenRoute } from './routes.ts'

export type ManagedRoute = {
  readonly name: string
  /** `spec.http[].match` in Istio's words; any of them. */
  readonly match: readonly JsonObject[]
  readonly does:
    | { readonly kind: 'lead' }
    /** A copy of this many percent of the requests. */
    | { readonly kind: 'mirror'; readonly percentage: number }
}

/** One entry of `spec.http` that has a name of ours. */
export type ManagedEntry = {
  readonly name: string
  readonly index: number
  readonly entry: JsonObject
}

export function managedEntries(
  virtualService: JsonObject,
  names: readonly string[],
): readonly ManagedEntry[] {
  return listAt(virtualService, 'spec', 'http').flatMap((entry, index) => {
    const name = textAt(entry, 'name')
    const isOurs = name !== undefined && names.includes(name) && isObject(entry)
    return isOurs ? [{ name, index, entry }] : []
  })
}

/** What a patch starts from and makes. */
export type Managed = {
  readonly entries: readonly ManagedEntry[]
  /** In the order in which they are to stand. */
  readonly wanted: readonly ManagedRoute[]
  /** The HTTP route that is driven: its destinations are copied. Without one there is nothing to add. */
  readonly pattern: DrivenRoute | undefined
  /** Weights of the pattern's two destinations once the patch is there. */
  readonly weights: { readonly stable: number; readonly canary: number }
}

/**
 * Takes out and puts in; nothing when everything stands as wanted. To be applied after all that points into the routes, since their
 * places move. What others added to an entry of ours stays in it.
 */
export function managedOperations(managed: Managed): readonly JsonPatchOperation[] {
  const { entries } = managed
  const wanted = entriesWanted(managed)
  if (
    wanted.length === entries.length &&
    wanted.every((entry, place) => stands(entry, entries[place], place))
  )
    return []
  const removals = entries.toReversed().flatMap(({ name, index }): JsonPatchOperation[] => [
    { op: 'test', path: `/spec/http/${index}/name`, value: name },
    { op: 'remove', path: `/spec/http/${index}` },
  ])
  const additions = wanted.map(
    (value, place): JsonPatchOperation => ({ op: 'add', path: `/spec/http/${place}`, value }),
  )
  return [...removals, ...additions]
}

function stands(wanted: JsonObject, found: ManagedEntry | undefined, place: number): boolean {
  return found?.index === place && sameJson(found.entry, wanted)
}

function entriesWanted({ entries, wanted, pattern, weights }: Managed): readonly JsonObject[] {
  if (pattern?.kind !== 'http') return []
  return wanted.map((route) => ({
    ...entries.find(({ name }) => name === route.name)?.entry,
    name: route.name,
    match: route.match,
    ...(route.does.kind === 'lead'
      ? { route: [{ destination: canaryOf(pattern), weight: 100 }] }
      : {
          route: shared(pattern, weights),
          mirror: canaryOf(pattern),
          mirrorPercentage: { value: route.does.percentage },
        }),
  }))
}

/** Host, subset and port as the driven route writes them, so that both mean the same pods. */
function canaryOf({ destinations, canary }: DrivenRoute): Json {
  return at(destinations[canary.index], 'destination') ?? null
}

function shared(
  { destinations, stable, canary }: DrivenRoute,
  weights: Managed['weights'],
): readonly Json[] {
  return destinations.map((destination, index) => {
    if (!isObject(destination)) return destination
    if (index === stable.index) return { ...destination, weight: weights.stable }
    return index === canary.index ? { ...destination, weight: weights.canary } : destination
  })
}
