/** Services, VirtualServices and the DestinationRule that a Rollout names: what they say, and what is wrong with them. */
import { at, type JsonObject, textEntries } from '../json.ts'
import { findSubset } from '../mesh/subsets.ts'
import { type KubeObject, type ObjectRef, refOf } from '../object.ts'
import { type Problem, problem } from '../result.ts'
import type { DestinationRuleFacts, Seen, ServiceFacts, TrafficFacts } from '../rollout/facts.ts'
import { hashLabel, managedByAnnotation } from '../rollout/keys.ts'
import type { Scene } from '../rollout/scene.ts'
import { namesOf } from '../rollout/services.ts'
import type { CanarySpec, DestinationRuleSpec, RolloutSpec, ServicesSpec } from '../rollout/spec.ts'
import type { RolloutStatus } from '../rollout/status.ts'
import type { Side } from '../rollout/traffic.ts'
import { type Around, type Found, missing } from './around.ts'
import { serviceFacts } from './facts.ts'
import { nobodys } from './rollout.ts'
import {
  sidesOf,
  virtualServiceOf,
  virtualServicePath,
  virtualServiceRef,
} from './virtual-services.ts'

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
