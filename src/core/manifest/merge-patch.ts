/** The difference of two objects, as RFC 7386 says it. */
import { isObject, type Json, type JsonObject, sameJson } from '../json.ts'

/**
 * What turns `before` into `after`: names that vanished are `null`, lists are replaced as a whole. Undefined when both are equal.
 * RFC 7386 cannot write `null` as a value; Kubernetes keeps none.
 */
export function mergePatchOf(before: JsonObject, after: JsonObject): JsonObject | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changed = names
    .filter((name) => !sameJson(before[name], after[name]))
    .map((name) => [name, changeOf(before[name], after[name])] as const)
  return changed.length === 0 ? undefined : Object.fromEntries(changed)
}

function changeOf(before: Json | undefined, after: Json | undefined): Json {
  if (after === undefined) return null
  return isObject(before) && isObject(after) ? (mergePatchOf(before, after) ?? {}) : after
}
