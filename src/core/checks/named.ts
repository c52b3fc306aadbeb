/** The objects that a Rollout names, read leniently: a Rollout with a mistake elsewhere is looked at all the same. */
import { at, type Json, listAt, objectAt, textAt, textEntries } from '../json.ts'
import type { KubeObject, ObjectRef } from '../object.ts'

export type NamedRoute = {
  readonly ref: ObjectRef
  /** Where the Rollout names it. */
  readonly path: string
}

export type Named = {
  /** Undefined where the Rollout names none. */
  readonly stable: ObjectRef | undefined
  readonly canary: ObjectRef | undefined
  readonly virtualServices: readonly NamedRoute[]
  readonly destinationRule: ObjectRef | undefined
}

const strategy = ['spec', 'strategy', 'canary'] as const

export function namedBy({ json, metadata }: KubeObject): Named {
  const { namespace } = metadata
  const canary = objectAt(json, ...strategy)
  const istio = objectAt(canary, 'trafficRouting', 'istio')
  const service = (name: string | undefined): ObjectRef | undefined =>
    name === undefined ? undefined : { kind: 'Service', namespace, name }
  const rule = textAt(istio, 'destinationRule', 'name')
  return {
    stable: service(textAt(canary, 'stableService') ?? textAt(canary, 'pingPong', 'pingService')),
    canary: service(textAt(canary, 'canaryService') ?? textAt(canary, 'pingPong', 'pongService')),
    virtualServices: routesOf(istio, namespace),
    destinationRule:
      rule === undefined ? undefined : { kind: 'DestinationRule', namespace, name: rule },
  }
}

/** Labels of the pods, whatever the Rollout calls them. */
export function podLabels({ json }: KubeObject): Readonly<Record<string, string>> {
  return textEntries(at(json, 'spec', 'template', 'metadata', 'labels'))
}

function routesOf(istio: Json, namespace: string): readonly NamedRoute[] {
  const path = 'spec.strategy.canary.trafficRouting.istio'
  const one = textAt(istio, 'virtualService', 'name')
  const several = listAt(istio, 'virtualServices').map((each, index) => ({
    name: textAt(each, 'name'),
    path: `${path}.virtualServices[${index}].name`,
  }))
  return [{ name: one, path: `${path}.virtualService.name` }, ...several].flatMap((each) =>
    each.name === undefined ? [] : [{ ref: routeRef(each.name, namespace), path: each.path }],
  )
}

/** `name` or `name.namespace`. */
function routeRef(name: string, namespace: string): ObjectRef {
  const parts = name.replace(/\.cluster\.local$/, '').split('.')
  return parts.length < 2
    ? { kind: 'VirtualService', namespace, name }
    : {
        kind: 'VirtualService',
        namespace: parts.at(-1) ?? namespace,
        name: parts.slice(0, -1).join('.'),
      }
}
