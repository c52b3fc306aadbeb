/**
 * The writes that carry a shape out, in the one order that is safe: capacity before traffic on the way up, traffic before capacity on
 * the way down; the stable Service first when a release ends. Nothing where everything stands as wanted.
 */
import type { Json } from '../json.ts'
import { weightPatch } from '../mesh/weights.ts'
import { timestamp, type Weight } from '../units.ts'
import { type Action, type Note, normal } from './action.ts'
import type { ServiceFacts } from './facts.ts'
import {
  desiredReplicasAnnotation,
  hashLabel,
  managedByAnnotation,
  scaleDownAnnotation,
} from './keys.ts'
import type { Scene } from './scene.ts'
import type { Shape, WantedPods } from './shape.ts'

export function changes(scene: Scene, shape: Shape): readonly Action[] {
  const pods = shape.pods.flatMap((wanted) => scale(wanted, scene))
  const stable = pin(scene.services.stable, shape.stableService, scene)
  const canary = pin(scene.services.canary, shape.canaryService, scene)
  const traffic = shift(scene, shape.canary)
  const falls = shape.canary !== undefined && shape.canary < (scene.route.canary ?? 100)
  return [
    ...pods.filter(({ grows }) => grows).map(({ action }) => action),
    ...stable,
    ...(falls ? [...traffic, ...canary] : [...canary, ...traffic]),
    ...pods.filter(({ grows }) => !grows).map(({ action }) => action),
  ]
}

type Scaling = { readonly grows: boolean; readonly action: Action }

function scale(wanted: WantedPods, { rollout, spec }: Scene): readonly Scaling[] {
  const { replicaSet, replicas } = wanted
  const moves = replicas !== replicaSet.wanted
  const annotations = { ...deadline(wanted), ...desired(wanted, spec.replicas) }
  if (!moves && Object.keys(annotations).length === 0) return []
  const body: Json = { metadata: { annotations }, ...(moves ? { spec: { replicas } } : {}) }
  const ref = { kind: 'ReplicaSet', namespace: rollout.namespace, name: replicaSet.name } as const
  const action: Action = { kind: 'merge', ref, body, notes: moves ? [scaled(wanted)] : [] }
  return [{ grows: replicas > replicaSet.wanted, action }]
}

function deadline({
  replicaSet,
  scaleDownAt,
}: WantedPods): Readonly<Record<string, string | null>> {
  if (scaleDownAt === replicaSet.scaleDownAt) return {}
  return { [scaleDownAnnotation]: scaleDownAt === undefined ? null : timestamp(scaleDownAt) }
}

/** Only ReplicaSets that hold pods say how many the Rollout wants. */
function desired(
  { replicaSet, replicas }: WantedPods,
  all: number,
): Readonly<Record<string, string>> {
  if (replicas === 0 || replicaSet.desiredReplicas === all) return {}
  return { [desiredReplicasAnnotation]: String(all) }
}

function scaled({ replicaSet, replicas }: WantedPods): Note {
  const { name, revision, wanted } = replicaSet
  const direction = replicas > wanted ? 'up' : 'down'
  return normal(
    'ScalingReplicaSet',
    `Scaled ${direction} ReplicaSet ${name} (revision ${revision}) from ${wanted} to ${replicas}`,
  )
}

function pin(
  service: ServiceFacts,
  hash: string | undefined,
  { rollout }: Scene,
): readonly Action[] {
  const from = service.selector[hashLabel]
  const isOurs = service.managedBy === rollout.name
  if (hash === undefined || (from === hash && isOurs)) return []
  const annotations = isOurs
    ? {}
    : { metadata: { annotations: { [managedByAnnotation]: rollout.name } } }
  const message = `Switched selector for service '${service.name}' from '${from ?? ''}' to '${hash}'`
  return [
    {
      kind: 'merge',
      ref: { kind: 'Service', namespace: rollout.namespace, name: service.name },
      body: { ...annotations, spec: { selector: { [hashLabel]: hash } } },
      notes: from === hash ? [] : [normal('SwitchService', message)],
    },
  ]
}

function shift({ route }: Scene, canary: Weight | undefined): readonly Action[] {
  if (canary === undefined) return []
  const operations = weightPatch(route.routes, canary, route.resourceVersion)
  if (operations.length === 0) return []
  const message =
    route.canary === undefined
      ? `Traffic weight updated to ${canary}`
      : `Traffic weight updated from ${route.canary} to ${canary}`
  return [
    { kind: 'json', ref: route.ref, operations, notes: [normal('TrafficWeightUpdated', message)] },
  ]
}
