/** Other people's objects: JSON that we look into but do not own. */

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

export type JsonObject = { readonly [key: string]: Json | undefined }

/** One operation of RFC 6902. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string }

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): JsonObject {
  const found = at(value, ...path)
  return isObject(found) ? found : {}
}

export function listAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): readonly Json[] {
  const found = at(value, ...path)
  return isList(found) ? found : []
}

export function textAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

export function numberAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): number | undefined {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : undefined
}

export function booleanAt(value: Json | undefined, ...path: readonly (string | number)[]): boolean {
  return at(value, ...path) === true
}

/** What stands at a path; undefined when the way there does not exist. */
export function at(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): Json | undefined {
  return path.reduce<Json | undefined>((found, key) => step(found, key), value)
}

function step(value: Json | undefined, key: string | number): Json | undefined {
  if (isList(value)) return typeof key === 'number' ? value[key] : undefined
  return isObject(value) && typeof key === 'string' && Object.hasOwn(value, key)
    ? value[key]
    : undefined
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** Only the entries whose values are text: labels, annotations, selectors. */
export function textEntries(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isObject(value)) return {}
  const pairs = Object.entries(value).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  )
  return Object.fromEntries(pairs)
}

/** Same JSON, whatever the order of keys. An absent key equals one that is undefined. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (isList(a) && isList(b))
    return a.length === b.length && a.every((inner, place) => sameJson(inner, b[place]))
  if (!isObject(a) || !isObject(b)) return false
  return namesIn(a, b).every((name) => sameJson(step(a, name), step(b, name)))
}

/** What a merge patch (RFC 7386) makes of a value: `null` removes a key, objects are merged, everything else (lists too) is replaced. */
export function mergePatched(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  const before = isObject(target) ? target : {}
  const entries = namesIn(before, patch).flatMap((name) => {
    const [is, change] = [step(before, name), step(patch, name)]
    if (change === null) return []
    return [[name, change === undefined ? is : mergePatched(is, change)] as const]
  })
  return Object.fromEntries(entries)
}

function namesIn(...objects: readonly JsonObject[]): readonly string[] {
  return [...new Set(objects.flatMap((each) => Object.keys(each)))]
}

/** JSON from text that others wrote; null when it is none. */
export function parseJson(text: string | undefined): Json {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null
  }
}
