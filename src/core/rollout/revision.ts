/** Revisions: the ReplicaSet that a template gets, its number, and the number that the Rollout shows. */
import { type JsonObject, objectAt, textEntries } from '../json.ts'
import { type Instant } from '../units.ts'
import { type Action, normal } from './action.ts'
import { withRule } from './anti-affinity.ts'
import type { ReplicaSetFacts } from './facts.ts'
import { beginJournal, journalText } from './journal.ts'
import {
  desiredReplicasAnnotation,
  hashLabel,
  journalAnnotation,
  revisionAnnotation,
  revisionHistoryAnnotation,
  scaleDownAnnotation,
  templateAnnotation,
  workloadGenerationAnnotation,
} from './keys.ts'
import { generatedName } from './names.ts'
import { dressed, metadataFor } from './pod-metadata.ts'
import { currentOf, type Identity, type Scene } from './scene.ts'

/** Annotations of a Rollout that its ReplicaSets do not inherit. */
const notInherited: readonly string[] = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'notified.notifications.argoproj.io',
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
]

/** What brings the current template's ReplicaSet and revision number into being. Nothing when both are right. */
export function revisionActions(scene: Scene, now: Instant): readonly Action[] {
  const current = currentOf(scene)
  const newest = Math.max(0, ...scene.replicaSets.map(({ revision }) => revision))
  const revision = current !== undefined && current.revision === newest ? newest : newest + 1
  return [
    ...(current === undefined
      ? [createReplicaSet(scene, revision, now)]
      : [...renumber(current, revision, scene, now), ...sync(current, scene)]),
    ...numberRollout(scene.rollout, revision),
  ]
}

/** `<rollout>-<hash>`, as Argo has it. */
export function replicaSetName({ rollout, templateHash }: Scene): string {
  return generatedName(rollout.name, `-${templateHash}`)
}

/** The revision that the Rollout is at, or gets in this pass. */
export function revisionOf(scene: Scene): number {
  const newest = Math.max(0, ...scene.replicaSets.map(({ revision }) => revision))
  const current = currentOf(scene)
  return current !== undefined && current.revision === newest ? newest : newest + 1
}

/** The scene with the ReplicaSet that this pass creates, so that it is created as it is wanted; the same scene where none is missing. */
export function withNewborn(scene: Scene, now: Instant): Scene {
  if (currentOf(scene) !== undefined) return scene
  const { spec, templateHash, replicaSets } = scene
  const revision = revisionOf(scene)
  const { json } = createReplicaSet(scene, revision, now).object
  const newborn: ReplicaSetFacts = {
    name: replicaSetName(scene),
    uid: '',
    hash: templateHash,
    revision,
    wanted: 0,
    replicas: 0,
    ready: 0,
    available: 0,
    minReadySeconds: spec.minReadySeconds,
    failure: undefined,
    createdAt: now,
    scaleDownAt: undefined,
    desiredReplicas: spec.replicas,
    annotations: textEntries(objectAt(json, 'metadata')['annotations']),
    template: objectAt(json, 'spec', 'template'),
    observed: false,
  }
  return { ...scene, replicaSets: [...replicaSets, newborn] }
}

type Create = Extract<Action, { kind: 'create' }>

function createReplicaSet(scene: Scene, revision: number, now: Instant): Create {
  const { rollout, spec, templateHash } = scene
  const name = replicaSetName(scene)
  const hash = { [hashLabel]: templateHash }
  const labels = objectAt(spec.template, 'metadata', 'labels')
  const hashed = {
    ...spec.template,
    metadata: { ...objectAt(spec.template, 'metadata'), labels: { ...labels, ...hash } },
  }
  const { template, annotations } = dressed(
    withRule(hashed, scene),
    metadataFor(templateHash, scene),
  )
  const selector = { ...spec.selector, matchLabels: { ...spec.matchLabels, ...hash } }
  const metadata = {
    name,
    namespace: rollout.namespace,
    labels: { ...labels, ...hash },
    annotations: {
      ...inherited(rollout),
      ...generationOf(scene),
      [revisionAnnotation]: String(revision),
      [desiredReplicasAnnotation]: String(spec.replicas),
      [journalAnnotation]: journalText(beginJournal(revision, now)),
      [templateAnnotation]: scene.templateDigest,
      ...annotations,
    },
    ownerReferences: [ownerOf(rollout)],
  }
  const json: JsonObject = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata,
    spec: { replicas: 0, minReadySeconds: spec.minReadySeconds, selector, template },
  }
  return {
    kind: 'create',
    object: { ref: { kind: 'ReplicaSet', namespace: rollout.namespace, name }, json },
    notes: [
      normal('RolloutUpdated', `Rollout updated to revision ${revision}`),
      normal('NewReplicaSetCreated', `Created ReplicaSet ${name} (revision ${revision})`),
    ],
  }
}

/** Who owns what the Rollout makes. */
export function ownerOf({ name, uid }: Identity): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  }
}

/** The Rollout itself says it only after this pass. */
function generationOf({ workload }: Scene): Readonly<Record<string, string>> {
  return workload === undefined
    ? {}
    : { [workloadGenerationAnnotation]: String(workload.generation) }
}

function inherited({ annotations }: Identity): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(annotations).filter(([key]) => !notInherited.includes(key)),
  )
}

/** A template that comes back gets the next number, its earlier one is remembered, and its release begins anew. */
function renumber(
  current: ReplicaSetFacts,
  revision: number,
  { rollout }: Scene,
  now: Instant,
): readonly Action[] {
  if (current.revision === revision) return []
  const earlier = [current.annotations[revisionHistoryAnnotation], current.revision]
    .filter(Boolean)
    .join(',')
  const annotations = {
    [revisionAnnotation]: String(revision),
    [revisionHistoryAnnotation]: earlier,
    [journalAnnotation]: journalText(beginJournal(revision, now)),
    [scaleDownAnnotation]: null,
  }
  return [
    {
      kind: 'merge',
      ref: { kind: 'ReplicaSet', namespace: rollout.namespace, name: current.name },
      body: { metadata: { annotations } },
      notes: [normal('RolloutUpdated', `Rollout updated to revision ${revision}`)],
    },
  ]
}

/** What a ReplicaSet that is there already takes over from the Rollout: annotations, as a new one has them, and how long a pod must be ready. */
function sync(current: ReplicaSetFacts, { rollout, spec }: Scene): readonly Action[] {
  const changed = Object.entries(inherited(rollout)).filter(
    ([key, value]) => current.annotations[key] !== value,
  )
  const isReady = current.minReadySeconds === spec.minReadySeconds
  if (changed.length === 0 && isReady) return []
  const body = {
    ...(changed.length === 0 ? {} : { metadata: { annotations: Object.fromEntries(changed) } }),
    ...(isReady ? {} : { spec: { minReadySeconds: spec.minReadySeconds } }),
  }
  const ref = { kind: 'ReplicaSet', namespace: rollout.namespace, name: current.name } as const
  return [{ kind: 'merge', ref, body, notes: [] }]
}

function numberRollout(rollout: Identity, revision: number): readonly Action[] {
  if (rollout.annotations[revisionAnnotation] === String(revision)) return []
  return [
    {
      kind: 'merge',
      ref: { kind: 'Rollout', namespace: rollout.namespace, name: rollout.name },
      body: { metadata: { annotations: { [revisionAnnotation]: String(revision) } } },
      notes: [],
    },
  ]
}
