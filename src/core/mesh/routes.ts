/** Which entries of a VirtualService carry the split between the stable and the canary Service. */
import { type Json, type JsonObject, listAt, numberAt, textAt } from '../json.ts'
import { failed, ok, type Problem, problem, type Result } from '../result.ts'
import { isWeight, type Weight } from '../units.ts'
import { sameHost } from './host.ts'

/** Names in the Rollout's namespace whose shares of traffic we own. */
export type Split = {
  readonly namespace: string
  readonly stableService: string
  readonly canaryService: string
  /** Names in `spec.http`; empty means the only route. */
  readonly routes: readonly string[]
}

/** One destination of ours: where it stands, what it says. */
export type Destination = {
  /** JSON pointer of the destination's route entry, such as `/spec/http/0/route/1`. */
  readonly pointer: string
  /** The host as written. */
  readonly host: string
  /** As written; undefined when it says none. */
  readonly weight: number | undefined
}

export type DrivenRoute = {
  readonly name: string
  readonly stable: Destination
  readonly canary: Destination
}

/**
 * The routes that a Rollout drives, in the order of `spec.http`. Problems name the path inside the VirtualService, `label` in front:
 * a named route that does not exist, a destination that is missing or doubled, a weight that is somebody else's.
 */
export function drivenRoutes(
  virtualService: JsonObject,
  split: Split,
): Result<readonly DrivenRoute[]> {
  const entries = listAt(virtualService, 'spec', 'http')
  const chosen = chooseRoutes(entries, split.routes)
  if (!chosen.ok) return chosen
  const own = textAt(virtualService, 'metadata', 'namespace') ?? split.namespace
  const read = chosen.value.map((index) => readRoute(entries[index], index, split, own))
  const problems = read.flatMap((route) => (route.ok ? [] : route.problems))
  if (problems.length > 0) return failed(...problems)
  return ok(read.flatMap((route) => (route.ok ? [route.value] : [])))
}

/** The canary weight that the routes say now; undefined when they say none, or not the same. */
export function canaryWeight(routes: readonly DrivenRoute[]): Weight | undefined {
  const [first, ...others] = routes.map(weightOf)
  return others.every((other) => other === first) ? first : undefined
}

function weightOf({ canary, stable }: DrivenRoute): Weight | undefined {
  if (canary.weight === undefined || stable.weight === undefined) return undefined
  return canary.weight + stable.weight === 100 && isWeight(canary.weight)
    ? canary.weight
    : undefined
}

function chooseRoutes(
  entries: readonly Json[],
  names: readonly string[],
): Result<readonly number[]> {
  if (names.length > 0) return namedRoutes(entries, names)
  if (entries.length === 1) return ok([0])
  return failed(
    problem(
      'spec.http',
      `must have exactly one route when the Rollout names none in virtualService.routes, has ${entries.length}`,
    ),
  )
}

function namedRoutes(
  entries: readonly Json[],
  names: readonly string[],
): Result<readonly number[]> {
  const known = entries.map((entry) => textAt(entry, 'name'))
  const problems = [...new Set(names)].flatMap((name) => misnamed(name, known))
  if (problems.length > 0) return failed(...problems)
  return ok(
    known.flatMap((name, index) => (name !== undefined && names.includes(name) ? [index] : [])),
  )
}

/** A name that is there twice leaves it to chance which route would be driven. */
function misnamed(name: string, known: readonly (string | undefined)[]): readonly Problem[] {
  const count = known.filter((other) => other === name).length
  if (count === 1) return []
  if (count > 1)
    return [
      problem('spec.http', `has ${count} routes named '${name}'; give each a name of its own`),
    ]
  const there = known.filter((other) => other !== undefined).join(', ') || 'none has a name'
  return [
    problem(
      'spec.http',
      `has no route named '${name}' (routes: ${there}); name it there or change virtualService.routes`,
    ),
  ]
}

function readRoute(
  entry: Json | undefined,
  index: number,
  split: Split,
  namespace: string,
): Result<DrivenRoute> {
  const path = `spec.http[${index}].route`
  const all = listAt(entry, 'route').map((route, place) =>
    readDestination(route, `/spec/http/${index}/route/${place}`),
  )
  const stable = all.filter(({ host }) =>
    sameHost(host, namespace, split.stableService, split.namespace),
  )
  const canary = all.filter(({ host }) =>
    sameHost(host, namespace, split.canaryService, split.namespace),
  )
  const problems = [
    ...exactlyOne(stable, path, split.stableService),
    ...exactlyOne(canary, path, split.canaryService),
    ...foreignWeights(all, [...stable, ...canary], path),
  ]
  const [ours, theirs] = [stable[0], canary[0]]
  if (problems.length > 0 || ours === undefined || theirs === undefined) return failed(...problems)
  return ok({ name: textAt(entry, 'name') ?? `http[${index}]`, stable: ours, canary: theirs })
}

function readDestination(route: Json, pointer: string): Destination {
  return {
    pointer,
    host: textAt(route, 'destination', 'host') ?? '',
    weight: numberAt(route, 'weight'),
  }
}

function exactlyOne(
  found: readonly Destination[],
  path: string,
  service: string,
): readonly Problem[] {
  if (found.length === 1) return []
  const remedy = found.length === 0 ? `add a destination with host ${service}` : 'keep one of them'
  return [
    problem(
      path,
      `must have one destination for Service '${service}', has ${found.length}; ${remedy}`,
    ),
  ]
}

/** Traffic that goes elsewhere is not ours to move, and leaves no honest split between two versions. */
function foreignWeights(
  all: readonly Destination[],
  ours: readonly Destination[],
  path: string,
): readonly Problem[] {
  return all
    .map((destination, place) => ({ destination, place }))
    .filter(({ destination }) => !ours.includes(destination) && (destination.weight ?? 0) > 0)
    .map(({ destination, place }) =>
      problem(
        `${path}[${place}].weight`,
        `${destination.weight} goes to ${destination.host}, which is neither the stable nor the canary Service; set it to 0 or use a route of its own`,
      ),
    )
}
