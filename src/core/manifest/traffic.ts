/** Services, VirtualServices and the DestinationRule that a Rollout names: what they say, and what is wrong with them. */
import { at, type JsonObject, listAt, textAt, textEntries } from '../json.ts'
import { managedEntries } from '../mesh/managed.ts'
import { type DrivenRoute, drivenRoutes, type Sides } from '../mesh/routes.ts'
import { findSubset } from '../mesh/subsets.ts'
import { type KubeObject, keyOf, type ObjectRef, refOf } from '../object.ts'
import { absence, type Problem, problem } from '../result.ts'
import type {
  DestinationRuleFacts,
  Seen,
  ServiceFacts,
  TrafficFacts,
  VirtualServiceFacts,
} from '../rollout/facts.ts'
import { fieldManager, hashLabel, managedByAnnotation } from '../rollout/keys.ts'
import type { Scene } from '../rollout/scene.ts'
import { namesOf, type ServiceNames } from '../rollout/services.ts'
import type {
  CanarySpec,
  DestinationRuleSpec,
  MeshSpec,
  RolloutSpec,
  ServicesSpec,
  VirtualServiceSpec,
} from '../rollout/spec.ts'
import type { RolloutStatus } from '../rollout/status.ts'
import type { Side } from '../rollout/traffic.ts'
import { serviceFacts } from './facts.ts'
import { nobodys, parseRollout } from './rollout.ts'
import { parseRolloutStatus } from './rollout-status.ts'

export type Around = {
  readonly rollout: KubeObject
  readonly find: (ref: ObjectRef) => KubeObject | undefined
  /** The Rollouts that name an object. */
  readonly naming: (ref: ObjectRef) => readonly KubeObject[]
}

/** What was understood; the problems with the rest stand beside it. */
export type Found<T> = { readonly value: T; readonly problems: readonly Problem[] }

/** The objects that share the traffic out. */
export function trafficRefs({ services, traffic }: CanarySpec, namespace: string): ObjectRef[] {
  const { stable, canary } = namesOf(services, undefined)
  const named = [canary, stable].filter((name) => name !== undefined)
  const refs = named.map((name): ObjectRef => ({ kind: 'Service', namespace, name }))
  if (traffic.kind === 'none') return refs
  const rule = traffic.destinationRule
  return [
    ...refs,
    ...traffic.virtualServices.map(virtualServiceRef),
    ...(rule === undefined
      ? []
      : [{ kind: 'DestinationRule', namespace, name: rule.name } as const]),
  ]
}

/** A spec and what of the status says how to read it. */
export type Read = { readonly spec: RolloutSpec; readonly status: RolloutStatus }

export function servicesSeen({ spec, status }: Read, around: Around): Found<Scene['services']> {
  const names = namesOf(spec.canary.services, status.stablePingPong)
  const see = (side: Side): Found<Seen<ServiceFacts>> => {
    const field = fieldOf(spec.canary.services, names[side], side)
    return serviceOf(names[side], { field, template: spec.template }, around)
  }
  const [stable, canary] = [see('stable'), see('canary')]
  return {
    value: { stable: stable.value, canary: canary.value },
    problems: [...stable.problems, ...canary.problems],
  }
}

function fieldOf(services: ServicesSpec, name: string | undefined, side: Side): string {
  if (services.kind === 'pair') return `${side}Service`
  return name === services.ping ? 'pingPong.pingService' : 'pingPong.pongService'
}

export function trafficSeen({ spec, status }: Read, around: Around): Found<TrafficFacts> {
  const { services, traffic } = spec.canary
  if (traffic.kind === 'none') return { value: { kind: 'none' }, problems: [] }
  const rule = destinationRuleOf(traffic.destinationRule, around)
  const sides = sidesOf(namesOf(services, status.stablePingPong), traffic, around)
  const ours = { sides, managed: traffic.managedRoutes }
  const routes = traffic.virtualServices.map((each, index) =>
    virtualServiceOf(each, ours, virtualServicePath(traffic, index), around),
  )
  return {
    value: {
      kind: 'mesh',
      virtualServices: routes.flatMap(({ value }) => (value === undefined ? [] : [value])),
      destinationRule: rule.value,
    },
    problems: [...rule.problems, ...routes.flatMap(({ problems }) => problems)],
  }
}

/* --------------------------------------------------------------- services */

function serviceOf(
  name: string | undefined,
  { field, template }: { readonly field: string; readonly template: JsonObject },
  { rollout, find }: Around,
): Found<Seen<ServiceFacts>> {
  if (name === undefined) return { value: 'none', problems: [] }
  const { namespace } = rollout.metadata
  const path = `spec.strategy.canary.${field}`
  const service = find({ kind: 'Service', namespace, name })
  if (service === undefined) {
    return { value: 'unknown', problems: [missing(path, `Service '${name}'`, namespace)] }
  }
  const owner = service.metadata.annotations[managedByAnnotation]
  if (owner !== undefined && owner !== rollout.metadata.name) {
    return unknown(
      path,
      `Service '${name}' is managed by another Rollout, '${owner}'; give each Rollout Services of its own`,
    )
  }
  const facts = serviceFacts(service)
  return { value: facts, problems: strangers(facts, template, path) }
}

/** A selector that no pod of the Rollout meets would make the Service lead nowhere once it is pinned. */
function strangers(
  { name, selector }: ServiceFacts,
  template: JsonObject,
  path: string,
): readonly Problem[] {
  const labels = textEntries(at(template, 'metadata', 'labels'))
  const unmet = Object.entries(selector).filter(
    ([key, value]) => key !== hashLabel && labels[key] !== value,
  )
  if (unmet.length === 0 || template === nobodys) return []
  const asked = unmet.map(([key, value]) => `${key}=${value}`).join(', ')
  const message = `Service '${name}' selects ${asked}, which the pods of spec.template do not have; change its selector or their labels`
  return [problem(path, message)]
}

function missing(path: string, what: string, namespace: string): Problem {
  const message = `${what} does not exist in namespace '${namespace}'; create it or change the name`
  return absence(path, what, message)
}

function unknown(path: string, message: string): Found<'unknown'> {
  return { value: 'unknown', problems: [problem(path, message)] }
}

/* -------------------------------------------------------- DestinationRule */

const rulePath = 'spec.strategy.canary.trafficRouting.istio.destinationRule'

function destinationRuleOf(
  spec: DestinationRuleSpec | undefined,
  { rollout, find }: Around,
): Found<Seen<DestinationRuleFacts>> {
  if (spec === undefined) return { value: 'none', problems: [] }
  const { namespace } = rollout.metadata
  const found = find({ kind: 'DestinationRule', namespace, name: spec.name })
  if (found === undefined) {
    const what = `DestinationRule '${spec.name}'`
    return { value: 'unknown', problems: [missing(`${rulePath}.name`, what, namespace)] }
  }
  const owner = found.metadata.annotations[managedByAnnotation]
  if (owner !== undefined && owner !== rollout.metadata.name) {
    return unknown(
      `${rulePath}.name`,
      `DestinationRule '${spec.name}' is managed by another Rollout, '${owner}'; give each Rollout a DestinationRule of its own`,
    )
  }
  return subsetsOf(spec, found)
}

function subsetsOf(
  spec: DestinationRuleSpec,
  found: KubeObject,
): Found<Seen<DestinationRuleFacts>> {
  const stable = findSubset(found.json, spec.stableSubset, hashLabel)
  const canary = findSubset(found.json, spec.canarySubset, hashLabel)
  if (!('path' in stable) && !('path' in canary)) {
    const { resourceVersion, annotations } = found.metadata
    const value: DestinationRuleFacts = {
      ref: refOf(found),
      resourceVersion,
      managedBy: annotations[managedByAnnotation],
      annotated: Object.keys(annotations).length > 0,
      stable,
      canary,
    }
    return { value, problems: [] }
  }
  const problems = [stable, canary].flatMap((each) => ('path' in each ? [each] : []))
  return {
    value: 'unknown',
    problems: problems.map(({ path, message }) =>
      problem(rulePath, `DestinationRule '${spec.name}' ${path} ${message}`),
    ),
  }
}

/* --------------------------------------------------------- VirtualService */

function sidesOf(services: ServiceNames, { destinationRule }: MeshSpec, around: Around): Sides {
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

function virtualServicePath({ form }: MeshSpec, index: number): string {
  return form === 'one' ? `${istioPath}.virtualService` : `${istioPath}.virtualServices[${index}]`
}

function virtualServiceRef({ namespace, name }: VirtualServiceSpec): ObjectRef {
  return { kind: 'VirtualService', namespace, name }
}

function virtualServiceOf(
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
