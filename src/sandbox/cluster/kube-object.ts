/** From JSON as stored to the object that the port hands out. Nobody can change what was handed out. */
import {
  booleanAt,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  textEntries,
} from '../../core/json.ts'
import type { Kind, KubeObject, Metadata, OwnerReference } from '../../core/object.ts'

/** A deeply frozen copy, without keys that are undefined. */
export function kubeObject(kind: Kind, json: JsonObject): KubeObject {
  const kept = frozenObject(json)
  return Object.freeze({ kind, metadata: Object.freeze(metadataOf(kept)), json: kept })
}

function metadataOf(json: JsonObject): Metadata {
  const metadata = objectAt(json, 'metadata')
  const text = (key: string) => textAt(metadata, key) ?? ''
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
  return {
    apiVersion: textAt(json, 'apiVersion') ?? '',
    kind: textAt(json, 'kind') ?? '',
    name: textAt(json, 'name') ?? '',
    uid: textAt(json, 'uid') ?? '',
    controller: booleanAt(json, 'controller'),
    blockOwnerDeletion: booleanAt(json, 'blockOwnerDeletion'),
  }
}

function frozen(value: Json): Json {
  if (isObject(value)) return frozenObject(value)
  return isList(value) ? Object.freeze(value.map(frozen)) : value
}

function frozenObject(value: JsonObject): JsonObject {
  const copied: Record<string, Json> = {}
  for (const [key, inner] of Object.entries(value)) {
    if (inner !== undefined) copied[key] = frozen(inner)
  }
  return Object.freeze(copied)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
