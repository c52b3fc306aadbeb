/** Reads what every object has out of the server's JSON; the rest stays as it came. */
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

/**
 * Undefined for what is no object with a name. The items of a list come without `apiVersion` and `kind` for built-in
 * kinds; they are put back, so that an object is the same whichever way it was read.
 */
export function objectFrom(
  kind: Kind,
  apiVersion: string,
  json: Json | undefined,
): KubeObject | undefined {
  if (!isObject(json)) return undefined
  const metadata = metadataFrom(objectAt(json, 'metadata'))
  if (metadata.name === '') return undefined
  return { kind, metadata, json: { apiVersion, kind, ...json } }
}

function metadataFrom(metadata: JsonObject): Metadata {
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
    ownerReferences: listAt(metadata, 'ownerReferences').map(ownerFrom),
  }
}

function ownerFrom(owner: Json): OwnerReference {
  const text = (key: string): string => textAt(owner, key) ?? ''
  return {
    apiVersion: text('apiVersion'),
    kind: text('kind'),
    name: text('name'),
    uid: text('uid'),
    controller: booleanAt(owner, 'controller'),
    blockOwnerDeletion: booleanAt(owner, 'blockOwnerDeletion'),
  }
}
