/** From JSON as stored to the object that the port hands out. Nobody can change what was handed out. */
import { isObject, type Json, type JsonObject } from '../../core/json.ts'
import { type Kind, type KubeObject, metadataOf } from '../../core/object.ts'

/** A deeply frozen copy, without keys that are undefined. */
export function kubeObject(kind: Kind, json: JsonObject): KubeObject {
  const kept = frozenObject(json)
  return Object.freeze({ kind, metadata: Object.freeze(metadataOf(kept)), json: kept })
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
