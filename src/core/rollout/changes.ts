/**
 * The writes that carry a shape out, in the one order that is safe: capacity before traffic on the way up, traffic before capacity on
 * the way down; the stable Service first when a release ends. Nothing where everything stands as wanted.
 */
import type { Json } from '../json.ts'
import { timestamp } from '../units.ts'
import { type Action, type Note, normal } from './action.ts'
import type { Seen, ServiceFacts } from './facts.ts'
import {
  desiredReplicasAnnotation,
  hashLabel,
  managedByAnnotation,
  scaleDownAnnotation,
} from './keys.ts'
import type { WantedPods } from './pods.ts'
import type { Scene } from './scene.ts'
import type { Shape } from './shape.ts'
import { mostCarried, pinOf } from './traffic.ts'
import { shift, subsets } from './traffic-actions.ts'

export function changes(scene: Scene, shape: Shape): readonly Action[] {
  const pods = shape.pods.flatMap((wanted) => scale(wanted, scene))
  const traffic = shift(scene, shape)
  const falls = shape.canary !== undefined && shape.canary < mostCarried(scene)
  const { stable, canary } = scene.services
  // The canary's subset moves only while no route gives it more than it is to have: what falls, falls first, the next pass moves it.
  const labels = falls ? { ...shape.subsets, canary: undefined } : shape.subsets
  return [
    ...pods.filter(({ grows }) => grows).map(({ action }) => action),
    ...pin(stable, shape.services.stable, scene),
    ...subsets(scene, labels),
    ...(falls
      ? [...traffic, ...pin(canary, shape.services.canary, scene)]
      : [...pin(canary, shape.services.canary, scene), ...traffic]),
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
  service: Seen<ServiceFacts>,
  hash: string | undefined,
  { rollout }: Scene,
): readonly Action[] {
  if (service === 'none' || service === 'unknown' || hash === undefined) return []
  const isOurs = service.managedBy === rollout.name
  if (pinOf(service) === hash && isOurs) return []
  const annotations = isOurs
    ? {}
    : { metadata: { annotations: { [managedByAnnotation]: rollout.name } } }
  return [
    {
      kind: 'merge',
      ref: { kind: 'Service', namespace: rollout.namespace, name: service.name },
      body: { ...annotations, spec: { selector: { [hashLabel]: hash } } },
      notes: switched(service, hash),
    },
  ]
}

function switched(service: ServiceFacts, hash: string): readonly Note[] {
  const from = pinOf(service) ?? ''
  if (from === hash) return []
  const message = `Switched selector for service '${service.name}' from '${from}' to '${hash}'`
  return [normal('SwitchService', message)]
}
