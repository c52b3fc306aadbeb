/** Which routes of a VirtualService a Rollout means. */
import { at, type Json, type JsonObject, listAt, numberAt, textAt } from '../json.ts'
import { type Problem, problem } from '../result.ts'

/** What the Rollout says; an empty list names none of that kind. */
export type RouteSelection = {
  /** Names in `spec.http`. */
  readonly http: readonly string[]
  readonly tls: readonly TlsSelection[]
  readonly tcp: readonly TcpSelection[]
}

/** The routes whose matches hold this one port and, together, just these hosts. */
export type TlsSelection = {
  readonly port: number | undefined
  readonly sniHosts: readonly string[]
}

/** The routes whose matches hold this one port. */
export type TcpSelection = { readonly port: number | undefined }

export type RouteKind = 'http' | 'tls' | 'tcp'

/** One route: `spec[kind][index]`. */
export type Place = { readonly kind: RouteKind; readonly index: number; readonly entry: Json }

export type Selected = { readonly places: readonly Place[]; readonly problems: readonly Problem[] }

/**
 * The routes that are meant, in the order of the VirtualService. Of a kind that the Rollout does not name, the only route is meant when
 * it holds a destination of ours. `concerns` says whether a route does; routes in `managed` are the Rollout's own additions.
 */
export function selectRoutes(
  virtualService: JsonObject,
  selection: RouteSelection,
  managed: readonly string[],
  concerns: (place: Place) => boolean,
): Selected {
  const http = placesOf(virtualService, 'http').filter(
    ({ entry }) => !managed.includes(textAt(entry, 'name') ?? ''),
  )
  const found = [
    selection.http.length > 0 ? named(http, selection.http) : only('http', http, concerns),
    selectTls(placesOf(virtualService, 'tls'), selection.tls, concerns),
    selectTcp(placesOf(virtualService, 'tcp'), selection.tcp, concerns),
  ]
  const places = found.flatMap((each) => each.places)
  const problems = found.flatMap((each) => each.problems)
  if (places.length > 0 || problems.length > 0) return { places, problems }
  return nothing(http)
}

function placesOf(virtualService: JsonObject, kind: RouteKind): readonly Place[] {
  return listAt(virtualService, 'spec', kind).map((entry, index) => ({ kind, index, entry }))
}

/** No route is named and none is ours: the only HTTP route is the one to put right. */
function nothing(http: readonly Place[]): Selected {
  if (http.length === 1) return { places: http, problems: [] }
  return { places: [], problems: [notOne('http', http.length)] }
}

function only(
  kind: RouteKind,
  places: readonly Place[],
  concerns: (place: Place) => boolean,
): Selected {
  const ours = places.filter(concerns)
  if (ours.length === 0) return { places: [], problems: [] }
  return places.length === 1
    ? { places: ours, problems: [] }
    : { places: [], problems: [notOne(kind, places.length)] }
}

const fields = { http: 'routes', tls: 'tlsRoutes', tcp: 'tcpRoutes' } as const

function notOne(kind: RouteKind, count: number): Problem {
  return problem(
    `spec.${kind}`,
    `must have exactly one route when the Rollout names none in virtualService.${fields[kind]}, has ${count}`,
  )
}

function named(places: readonly Place[], names: readonly string[]): Selected {
  const known = places.map(({ entry }) => textAt(entry, 'name'))
  return {
    places: places.filter(({ entry }) => {
      const name = textAt(entry, 'name')
      return name !== undefined && names.includes(name) && countOf(known, name) === 1
    }),
    problems: [...new Set(names)].flatMap((name) => misnamed(name, known)),
  }
}

function countOf(known: readonly (string | undefined)[], name: string): number {
  return known.filter((other) => other === name).length
}

/** A name that is there twice leaves it to chance which route would be driven. */
function misnamed(name: string, known: readonly (string | undefined)[]): readonly Problem[] {
  const count = countOf(known, name)
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

function selectTls(
  places: readonly Place[],
  asked: readonly TlsSelection[],
  concerns: (place: Place) => boolean,
): Selected {
  if (asked.length === 0) return only('tls', places, concerns)
  return matched('tls', places, asked, (place, { port, sniHosts }) =>
    sameSet(hostsOf(place), sniHosts) ? isPort(place, port) : false,
  )
}

function selectTcp(
  places: readonly Place[],
  asked: readonly TcpSelection[],
  concerns: (place: Place) => boolean,
): Selected {
  if (asked.length === 0) return only('tcp', places, concerns)
  return matched('tcp', places, asked, (place, { port }) => isPort(place, port))
}

function matched<T>(
  kind: 'tls' | 'tcp',
  places: readonly Place[],
  asked: readonly T[],
  meets: (place: Place, selection: T) => boolean,
): Selected {
  return {
    places: places.filter((place) => asked.some((selection) => meets(place, selection))),
    problems: asked
      .filter((selection) => !places.some((place) => meets(place, selection)))
      .map((selection) =>
        problem(
          `spec.${kind}`,
          `has no route that matches ${JSON.stringify(selection)}; add one or change virtualService.${fields[kind]}`,
        ),
      ),
  }
}

/** All matches say the same port; a selection without a port means matches without one. */
function isPort({ entry }: Place, port: number | undefined): boolean {
  const ports = new Set(listAt(entry, 'match').map((match) => numberAt(match, 'port') ?? 0))
  return ports.size <= 1 && ([...ports][0] ?? 0) === (port ?? 0)
}

function hostsOf({ entry }: Place): readonly string[] {
  return listAt(entry, 'match').flatMap((match) =>
    listAt(match, 'sniHosts').flatMap((host) => (typeof host === 'string' ? [host] : [])),
  )
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const [one, other] = [new Set(a), new Set(b)]
  return one.size === other.size && [...one].every((each) => other.has(each))
}

/** The destinations of a route, as written. */
export function routeOf({ entry }: Place): readonly Json[] {
  return listAt(at(entry, 'route') ?? null)
}
