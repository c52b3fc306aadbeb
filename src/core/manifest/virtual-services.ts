/** The VirtualServices that a Rollout names: the routes in them that are its own to drive, and what is wrong with them. */
import { at, type JsonObject, listAt, textAt } from '../json.ts'
import { managedEntries } from '../mesh/managed.ts'
import { type DrivenRoute, drivenRoutes, type Sides } from '../mesh/routes.ts'
import { type KubeObject, keyOf, type ObjectRef, refOf } from '../object.ts'
import { problem } from '../result.ts'
import type { VirtualServiceFacts } from '../rollout/facts.ts'
import { fieldManager } from '../rollout/keys.ts'
import { namesOf, type ServiceNames } from '../rollout/services.ts'
import type { MeshSpec, VirtualServiceSpec } from '../rollout/spec.ts'
import { type Around, type Found, missing } from './around.ts'
import { parseRollout } from './rollout.ts'
import { parseRolloutStatus } from './rollout-status.ts'

export function sidesOf(
  services: ServiceNames,
  { destinationRule }: MeshSpec,
  around: Around,
): Sides {
  if (destinationRule === undefined)
    return { kind: 'hosts', stable: services.stable ?? '', canary: services.canary ?? '' }
  const { name, stableSubset, canarySubset, additionalSubsets } = destinationRule
  const { namespace } = around.rollout.metadata
  const rule = around.find({ kind: 'DestinationRule', namespace, name })
  return {
    kind: 'subsets',
    stable: stableSubset,
    canary: canarySubset,
    host: textAt(rule?.json, 'spec', 'host'),
    services: [services.stable, services.canary].filter((each) => each !== undefined),
    additional: additionalSubsets,
  }
}

const istioPath = 'spec.strategy.canary.trafficRouting.istio'

export function virtualServicePath({ form }: MeshSpec, index: number): string {
  return form === 'one' ? `${istioPath}.virtualService` : `${istioPath}.virtualServices[${index}]`
}

export function virtualServiceRef({ namespace, name }: VirtualServiceSpec): ObjectRef {
  return { kind: 'VirtualService', namespace, name }
}

export function virtualServiceOf(
  spec: VirtualServiceSpec,
  { sides, managed }: { readonly sides: Sides; readonly managed: readonly string[] },
  path: string,
  around: Around,
): Found<VirtualServiceFacts | undefined> {
  const { rollout, find } = around
  const { name, namespace, selection } = spec
  const ref = virtualServiceRef(spec)
  const found = find(ref)
  if (found === undefined) {
    return {
      value: undefined,
      problems: [missing(`${path}.name`, `VirtualService '${name}'`, namespace)],
    }
  }
  const split = { namespace: rollout.metadata.namespace, sides, selection, managed }
  const driven = drivenRoutes(found.json, split)
  const shared = sharedRoutes(found, driven.routes, around)
  const problems = [...driven.problems, ...shared.problems]
  return {
    value: {
      ref,
      resourceVersion: found.metadata.resourceVersion,
      routes: shared.value,
      isClear: problems.length === 0,
      lastWriter: lastWriter(found.json),
      managed: managedEntries(found.json, managed),
    },
    problems: problems.map((inner) =>
      problem(path, `VirtualService '${name}' ${inner.path} ${inner.message}`),
    ),
  }
}

/** Of two Rollouts on one route the older drives it; the other one leaves it alone and says so. */
function sharedRoutes(
  virtualService: KubeObject,
  routes: readonly DrivenRoute[],
  { rollout, naming, find }: Around,
): Found<readonly DrivenRoute[]> {
  const older = naming(refOf(virtualService)).filter((other) => isOlder(other, rollout))
  const taken = older.flatMap((other) => {
    const around = { rollout: other, find, naming }
    return routesOf(virtualService, around).map((route) => ({ route, by: other.metadata.name }))
  })
  const rivalOf = (route: DrivenRoute): string | undefined =>
    taken.find((each) => each.route.path === route.path)?.by
  return {
    value: routes.filter((route) => rivalOf(route) === undefined),
    problems: routes.flatMap((route) => {
      const by = rivalOf(route)
      if (by === undefined) return []
      const message = `is driven by the older Rollout '${by}' already; give each Rollout routes of its own`
      return [problem(route.path, message)]
    }),
  }
}

function isOlder({ metadata: other }: KubeObject, { metadata: own }: KubeObject): boolean {
  if (other.uid === own.uid || other.deletionTimestamp !== undefined) return false
  const age = (each: typeof own): string =>
    `${each.creationTimestamp} ${each.namespace}/${each.name}`
  return age(other) < age(own)
}

/** What another Rollout drives there, by its own spec. */
function routesOf(virtualService: KubeObject, around: Around): readonly DrivenRoute[] {
  const { json, metadata } = around.rollout
  const parsed = parseRollout(json)
  if (!parsed.ok || parsed.value.canary.traffic.kind === 'none') return []
  const { services, traffic } = parsed.value.canary
  const names = namesOf(services, parseRolloutStatus(json).stablePingPong)
  const sides = sidesOf(names, traffic, around)
  return traffic.virtualServices
    .filter((spec) => keyOf(virtualServiceRef(spec)) === keyOf(refOf(virtualService)))
    .flatMap(({ selection }) => {
      const { namespace } = metadata
      const split = { namespace, sides, selection, managed: traffic.managedRoutes }
      return drivenRoutes(virtualService.json, split).routes
    })
}

/** Times are whole seconds: of two in the same second it is not ours, since we look at what comes after. */
function lastWriter(json: JsonObject): string | undefined {
  const writers = listAt(json, 'metadata', 'managedFields').flatMap((entry) => {
    const [manager, time] = [textAt(entry, 'manager'), textAt(entry, 'time')]
    const wroteSpec = at(entry, 'fieldsV1', 'f:spec') !== undefined
    return wroteSpec && manager !== undefined && time !== undefined ? [{ manager, time }] : []
  })
  const newest = writers.reduce((latest, { time }) => (time > latest ? time : latest), '')
  const last = writers.filter(({ time }) => time === newest)
  return (last.find(({ manager }) => manager !== fieldManager) ?? last[0])?.manager
}
