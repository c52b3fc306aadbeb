/** Which entries of a VirtualService carry the split between the stable and the canary side. */
import { type Json, type JsonObject, numberAt, textAt } from '../json.ts'
import { type Problem, problem } from '../result.ts'
import { isWeight, type Weight } from '../units.ts'
import { sameHost, wholeHost } from './host.ts'
import {
  type Place,
  type RouteKind,
  type RouteSelection,
  routeOf,
  selectRoutes,
} from './selection.ts'

/** Whose shares of traffic we own, and where. */
export type Split = {
  /** Of the Rollout. */
  readonly namespace: string
  readonly sides: Sides
  readonly selection: RouteSelection
  /** Names of routes that the Rollout adds itself. */
  readonly managed: readonly string[]
}

/** How the destinations of the two sides are told apart. */
export type Sides =
  /** By two Services. */
  | { readonly kind: 'hosts'; readonly stable: string; readonly canary: string }
  /** By two subsets of one host, or of one of the Rollout's Services. */
  | {
      readonly kind: 'subsets'
      readonly stable: string
      readonly canary: string
      /** Of the DestinationRule; undefined when it is not there to say. */
      readonly host: string | undefined
      readonly services: readonly string[]
      /** Subsets of others; their weight is not ours to move. */
      readonly additional: readonly string[]
    }

/** One destination of ours: where it stands, what it says. */
export type Destination = {
  /** JSON pointer of the destination's route entry, such as `/spec/http/0/route/1`. */
  readonly pointer: string
  /** Its place in the route. */
  readonly index: number
  /** The host and the subset as written. */
  readonly host: string
  readonly subset: string | undefined
  /** As written; absent is 0. */
  readonly weight: number
}

export type DrivenRoute = {
  readonly kind: RouteKind
  readonly name: string
  /** Where it stands, such as `spec.http[0]`. */
  readonly path: string
  readonly stable: Destination
  readonly canary: Destination
  /** Weight of destinations that are not ours; the stable side has that much less. */
  readonly aside: number
  /** All destinations, as written. */
  readonly destinations: readonly Json[]
}

/** What can be driven, and what stands in the way of driving the rest. */
export type Driven = {
  readonly routes: readonly DrivenRoute[]
  readonly problems: readonly Problem[]
}

/**
 * The routes that a Rollout drives, in the order of the VirtualService. Problems name the path inside it: a named route that does not
 * exist, a destination that is missing or doubled, a weight that is somebody else's.
 */
export function drivenRoutes(virtualService: JsonObject, split: Split): Driven {
  const own = textAt(virtualService, 'metadata', 'namespace') ?? split.namespace
  const seen: Seen = { sides: split.sides, namespace: split.namespace, own }
  const { places, problems } = selectRoutes(
    virtualService,
    split.selection,
    split.managed,
    (place) => concerns(place, seen),
  )
  const read = places.map((place) => readRoute(place, seen))
  return {
    routes: read.flatMap(({ route }) => (route === undefined ? [] : [route])),
    problems: [...problems, ...read.flatMap((each) => each.problems)],
  }
}

/** The canary weight that the routes say now; undefined when they say none, or not the same. */
export function canaryWeight(routes: readonly DrivenRoute[]): Weight | undefined {
  const [first, ...others] = routes.map(weightOf)
  return others.every((other) => other === first) ? first : undefined
}

/** What the stable side of a route gets beside this share of the canary; never negative. */
export function stableShare({ aside }: DrivenRoute, canary: number): number {
  return Math.max(0, 100 - canary - aside)
}

function weightOf(route: DrivenRoute): Weight | undefined {
  const { canary, stable } = route
  return isWeight(canary.weight) && stable.weight === stableShare(route, canary.weight)
    ? canary.weight
    : undefined
}

type Seen = {
  readonly sides: Sides
  readonly namespace: string
  /** Namespace of the VirtualService: short hosts belong there. */
  readonly own: string
}

function concerns(place: Place, seen: Seen): boolean {
  return destinationsOf(place).some((destination) =>
    (['stable', 'canary'] as const).some((side) => isAt(destination, side, seen)),
  )
}

function isAt(
  { host, subset }: Destination,
  side: 'stable' | 'canary',
  { sides, namespace, own }: Seen,
): boolean {
  if (sides.kind === 'hosts') return sameHost(host, own, sides[side], namespace)
  return subset === sides[side] && isSubsetHost(host, sides, { namespace, own })
}

function isSubsetHost(
  host: string,
  { host: known, services }: Extract<Sides, { kind: 'subsets' }>,
  { namespace, own }: Pick<Seen, 'namespace' | 'own'>,
): boolean {
  if (known === undefined || wholeHost(host, own) === wholeHost(known, namespace)) return true
  return services.some((service) => sameHost(host, own, service, namespace))
}

type Read = { readonly route: DrivenRoute | undefined; readonly problems: readonly Problem[] }

function readRoute(place: Place, seen: Seen): Read {
  const own = `spec.${place.kind}[${place.index}]`
  const path = `${own}.route`
  const all = destinationsOf(place)
  const stable = all.filter((destination) => isAt(destination, 'stable', seen))
  const canary = all.filter((destination) => isAt(destination, 'canary', seen))
  const others = all.filter((each) => !stable.includes(each) && !canary.includes(each))
  const problems = [
    ...exactlyOne(stable, path, seen.sides, 'stable'),
    ...exactlyOne(canary, path, seen.sides, 'canary'),
    ...foreignWeights(all, others, path, seen.sides),
  ]
  const [ours, theirs] = [stable[0], canary[0]]
  const isClear = stable.length === 1 && canary.length === 1
  if (!isClear || ours === undefined || theirs === undefined) return { route: undefined, problems }
  const aside = others.reduce((sum, { weight }) => sum + weight, 0)
  const name = textAt(place.entry, 'name') ?? `${place.kind}[${place.index}]`
  const destinations = routeOf(place)
  const route = {
    kind: place.kind,
    name,
    path: own,
    stable: ours,
    canary: theirs,
    aside,
    destinations,
  }
  return { route, problems }
}

function destinationsOf(place: Place): readonly Destination[] {
  return routeOf(place).map((route, index) =>
    readDestination(route, index, `/spec/${place.kind}/${place.index}/route/${index}`),
  )
}

function readDestination(route: Json, index: number, pointer: string): Destination {
  return {
    pointer,
    index,
    host: textAt(route, 'destination', 'host') ?? '',
    subset: textAt(route, 'destination', 'subset'),
    weight: numberAt(route, 'weight') ?? 0,
  }
}

function exactlyOne(
  found: readonly Destination[],
  path: string,
  sides: Sides,
  side: 'stable' | 'canary',
): readonly Problem[] {
  if (found.length === 1) return []
  const [noun, field] = sides.kind === 'hosts' ? ['Service', 'host'] : ['subset', 'subset']
  const remedy =
    found.length === 0 ? `add a destination with ${field} ${sides[side]}` : 'keep one of them'
  return [
    problem(
      path,
      `must have one destination for ${noun} '${sides[side]}', has ${found.length}; ${remedy}`,
    ),
  ]
}

/** Traffic that goes elsewhere is not ours to move, and leaves no honest split between two versions. */
function foreignWeights(
  all: readonly Destination[],
  others: readonly Destination[],
  path: string,
  sides: Sides,
): readonly Problem[] {
  const known = sides.kind === 'subsets' ? sides.additional : []
  const nouns = sides.kind === 'hosts' ? 'Service' : 'subset'
  const remedy =
    sides.kind === 'hosts'
      ? 'set it to 0 or use a route of its own'
      : 'set it to 0, use a route of its own or name its subset in destinationRule.additionalSubsetNames'
  return others
    .filter(({ weight, subset = '' }) => weight > 0 && !known.includes(subset))
    .map((destination) =>
      problem(
        `${path}[${all.indexOf(destination)}].weight`,
        `${destination.weight} goes to ${named(destination)}, which is neither the stable nor the canary ${nouns}; ${remedy}`,
      ),
    )
}

function named({ host, subset }: Destination): string {
  return subset === undefined ? host : `${host} subset ${subset}`
}
