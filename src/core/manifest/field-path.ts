/** Values of a Rollout's own fields, for arguments: `metadata.labels['team']`, `spec.template.metadata.labels.env`, `spec.a[0].b`. */
import { at, type Json } from '../json.ts'

/** Undefined when the path is none, leads nowhere, or ends in an object or a list. */
export function fieldAt(object: Json, path: string): string | undefined {
  const keys = keysOf(path)
  const found = keys === undefined ? undefined : at(object, ...keys)
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
    ? String(found)
    : undefined
}

/** Undefined when the text is no path. */
function keysOf(path: string): readonly (string | number)[] | undefined {
  const keys: (string | number)[] = []
  let rest = path
  while (rest !== '') {
    const found = /^(?:\.?([^.[\]']+)|\['([^']+)'\]|\[(\d+)\])/.exec(rest)
    if (found === null) return undefined
    const [whole, name, quoted, index] = found
    keys.push(index === undefined ? (name ?? quoted ?? '') : Number(index))
    rest = rest.slice(whole.length)
  }
  return keys
}
