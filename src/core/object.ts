/** What every Kubernetes object has, as far as we rely on it. All else stays opaque. */
import {
  booleanAt,
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  textEntries,
} from './json.ts'

/** The kinds that Haldane reads or writes. */
export type Kind =
  | 'Rollout'
  | 'AnalysisRun'
  | 'AnalysisTemplate'
  | 'ClusterAnalysisTemplate'
  | 'ReplicaSet'
  | 'Deployment'
  | 'PodTemplate'
  | 'Pod'
  | 'PodDisruptionBudget'
  | 'Service'
  | 'ConfigMap'
  | 'Event'
  | 'VirtualService'
  | 'DestinationRule'

/** Names one object; `namespace` is empty for cluster-scoped kinds. */
export type ObjectRef = { readonly kind: Kind; readonly namespace: string; readonly name: string }

/** One pod, and not the next of the same name. */
export type PodRef = { readonly namespace: string; readonly name: string; readonly uid: string }

export type OwnerReference = {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export type Metadata = {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation: number
  /** RFC 3339. */
  readonly creationTimestamp: string
  readonly deletionTimestamp: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly ownerReferences: readonly OwnerReference[]
}

/** One object as the API server holds it: metadata read, the whole kept as JSON. */
export type KubeObject = {
  readonly kind: Kind
  readonly metadata: Metadata
  /** The whole object, metadata included, as the server sent it. */
  readonly json: JsonObject
}

/** What is sent to create an object: JSON with apiVersion, kind and metadata. */
export type NewObject = { readonly ref: ObjectRef; readonly json: JsonObject }

export function refOf(object: KubeObject): ObjectRef {
  return { kind: object.kind, namespace: object.metadata.namespace, name: object.metadata.name }
}

/** `Kind/namespace/name`, the key of caches and queues. */
export function keyOf(ref: ObjectRef): string {
  return `${ref.kind}/${ref.namespace}/${ref.name}`
}

/** Of a whole object. What is not there is empty, or 0. */
export function metadataOf(json: JsonObject): Metadata {
  const metadata = objectAt(json, 'metadata')
  const text = (key: string): string => textAt(metadata, key) ?? ''
  return {
    name: text('name'),
    namespace: text('namespace'),
    uid: text('uid'),
    resourceVersion: text('resourceVersion'),
    generation: numberAt(metadata, 'generation') ?? 0,
    creationTimestamp: text('creationTimestamp'),
    deletionTimestamp: textAt(metadata, 'deletionTimestamp'),
    labels: textEntries(metadata['labels']),
    annotations: textEntries(metadata['annotations']),
    ownerReferences: listAt(metadata, 'ownerReferences').map(ownerReference),
  }
}

function ownerReference(json: Json): OwnerReference {
  const text = (key: string): string => textAt(json, key) ?? ''
  return {
    apiVersion: text('apiVersion'),
    kind: text('kind'),
    name: text('name'),
    uid: text('uid'),
    controller: booleanAt(json, 'controller'),
    blockOwnerDeletion: booleanAt(json, 'blockOwnerDeletion'),
  }
}
