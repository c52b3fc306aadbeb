/** What a VirtualService does with the traffic of a Rollout besides splitting it. Source: spec/istio-prometheus-grafana §3.2, §3.6. */
import { at, isObject, type Json, listAt, numberAt, objectAt, textAt } from '../json.ts'
import { sameHost } from '../mesh/host.ts'
import { type KubeObject, refOf } from '../object.ts'
import { type About, about, type Finding } from './finding.ts'
import type { Named } from './named.ts'

/** `namespace` is the Rollout's. */
export function routeFindings(
  virtualService: KubeObject,
  named: Named,
  namespace: string,
): readonly Finding[] {
  const tell = about(refOf(virtualService))
  const entries = listAt(virtualService.json, 'spec', 'http')
  const isOurs = (host: string): boolean =>
    [named.stable, named.canary].some(
      (service) =>
        service !== undefined &&
        sameHost(host, virtualService.metadata.namespace, service.name, namespace),
    )
  return [
    ...callerFindings(virtualService, tell),
    ...entries.flatMap((entry, index) =>
      hostsOf(entry).some(isOurs)
        ? entryFindings(entry, `spec.http[${index}]`, tell, entries.slice(0, index))
        : [],
    ),
    ...mirrorFindings(entries, named, { tell, own: virtualService.metadata.namespace, namespace }),
  ]
}

/** Whose requests it governs at all. */
function callerFindings({ json }: KubeObject, tell: About): readonly Finding[] {
  const gateways = listAt(json, 'spec', 'gateways').filter((each) => typeof each === 'string')
  const path = 'spec.gateways'
  if (gateways.every((each) => each === 'mesh'))
    return [
      tell.note(
        path,
        'governs callers inside the mesh only: what comes in through a gateway is split by the VirtualService of that gateway, or not at all',
      ),
    ]
  if (!gateways.includes('mesh'))
    return [
      tell.note(
        path,
        `governs what comes in through ${gateways.join(', ')} only: callers inside the mesh are not split; add "mesh" and the Service's own host for them`,
      ),
    ]
  return []
}

function entryFindings(
  entry: Json,
  path: string,
  tell: About,
  earlier: readonly Json[],
): readonly Finding[] {
  return [
    ...reachFindings(path, tell, earlier),
    ...retryFindings(entry, path, tell),
    ...faultFindings(entry, path, tell),
  ]
}

/** The first route that matches takes the request. */
function reachFindings(path: string, tell: About, earlier: readonly Json[]): readonly Finding[] {
  const all = earlier.findIndex(matchesAll)
  if (all !== -1)
    return [
      tell.warning(
        path,
        `is reached by nothing: spec.http[${all}] stands before it and matches every request; put it last`,
      ),
    ]
  if (earlier.length === 0) return []
  return [
    tell.note(
      path,
      `gets what the ${earlier.length === 1 ? 'route' : `${earlier.length} routes`} before it leave: requests that match there are not split`,
    ),
  ]
}

function matchesAll(entry: Json): boolean {
  const matches = listAt(entry, 'match')
  return matches.length === 0 || matches.some(isUnconditional)
}

function isUnconditional(match: Json): boolean {
  if (!isObject(match)) return false
  const { name: _name, uri, ...others } = match
  const anyPath = uri === undefined || textAt(uri, 'prefix') === '/'
  return anyPath && Object.keys(others).length === 0
}

function retryFindings(entry: Json, path: string, tell: About): readonly Finding[] {
  const attempts = numberAt(entry, 'retries', 'attempts') ?? 0
  if (attempts === 0) return []
  return [
    tell.note(
      `${path}.retries`,
      `tries failed requests again, up to ${attempts} times: callers see fewer failures than the pods; the judge counts at the pods, and what never reached one at the callers`,
    ),
  ]
}

function faultFindings(entry: Json, path: string, tell: About): readonly Finding[] {
  if (Object.keys(objectAt(entry, 'fault')).length === 0) return []
  return [
    tell.warning(
      `${path}.fault`,
      'injects faults on this route: callers see failures that no version made; remove it for a release',
    ),
  ]
}

type Where = { readonly tell: About; readonly own: string; readonly namespace: string }

/** No label tells a mirrored request from a real one. */
function mirrorFindings(
  entries: readonly Json[],
  { canary, stable }: Named,
  { tell, own, namespace }: Where,
): readonly Finding[] {
  return entries.flatMap((entry, index) => {
    const mirrors = [
      at(entry, 'mirror'),
      ...listAt(entry, 'mirrors').map((each) => at(each, 'destination')),
    ]
    const hit = [canary, stable].find((service) =>
      mirrors.some(
        (mirror) =>
          service !== undefined &&
          sameHost(textAt(mirror, 'host') ?? '', own, service.name, namespace),
      ),
    )
    if (hit === undefined) return []
    return [
      tell.warning(
        `spec.http[${index}].mirror`,
        `copies requests to Service ${hit.name}: its pods count them like real ones, so both are judged together`,
      ),
    ]
  })
}

function hostsOf(entry: Json): readonly string[] {
  return listAt(entry, 'route').flatMap((route) => textAt(route, 'destination', 'host') ?? [])
}
