/** RFC 7386. */
import { isObject, type Json, type JsonObject } from '../../core/json.ts'

/** `null` removes a key, objects are merged, everything else (lists too) is replaced. */
export function mergePatched(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  const merged: Record<string, Json | undefined> = { ...objectOrEmpty(target) }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else if (value !== undefined) merged[key] = mergePatched(merged[key], value)
  }
  return merged
}

function objectOrEmpty(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}
