/** The two subsets of a DestinationRule that are ours: one label in each of them. */
import {
  at,
  type Json,
  type JsonObject,
  type JsonPatchOperation,
  listAt,
  objectAt,
  textAt,
} from '../json.ts'
import { type Problem, problem } from '../result.ts'

export type Subset = {
  readonly name: string
  /** JSON pointer, such as `/spec/subsets/1`. */
  readonly pointer: string
  /** Value of the label; undefined when it has none. */
  readonly hash: string | undefined
  /** Whether it has labels at all. */
  readonly labelled: boolean
}

/** The subset of that name, or why it cannot be told; the path is inside the DestinationRule. */
export function findSubset(
  destinationRule: JsonObject,
  name: string,
  label: string,
): Subset | Problem {
  const found = listAt(destinationRule, 'spec', 'subsets').flatMap((entry, index) =>
    textAt(entry, 'name') === name ? [readSubset(entry, index, name, label)] : [],
  )
  const [subset] = found
  if (subset !== undefined && found.length === 1) return subset
  const remedy = found.length === 0 ? 'add it' : 'keep one of them'
  return problem('spec.subsets', `must have one subset '${name}', has ${found.length}; ${remedy}`)
}

function readSubset(entry: Json, index: number, name: string, label: string): Subset {
  const labels = at(entry, 'labels')
  return {
    name,
    pointer: `/spec/subsets/${index}`,
    hash: textAt(labels, label),
    labelled: labels !== undefined && labels !== null,
  }
}

/** Makes a subset select this hash; nothing when it does. */
export function subsetOperations(
  subset: Subset,
  label: string,
  hash: string,
): readonly JsonPatchOperation[] {
  if (subset.hash === hash) return []
  const { pointer, name, labelled } = subset
  const labels = `${pointer}/labels`
  return [
    { op: 'test', path: `${pointer}/name`, value: name },
    labelled
      ? { op: 'add', path: `${labels}/${escaped(label)}`, value: hash }
      : { op: 'add', path: labels, value: { [label]: hash } },
  ]
}

/** Takes our label out of every subset that has it; a subset that had no other has no labels again. */
export function releaseOperations(
  destinationRule: JsonObject,
  label: string,
): readonly JsonPatchOperation[] {
  return listAt(destinationRule, 'spec', 'subsets').flatMap((entry, index) => {
    const labels = objectAt(entry, 'labels')
    if (textAt(labels, label) === undefined) return []
    const path = `/spec/subsets/${index}/labels`
    const isOnly = Object.keys(labels).length === 1
    return [{ op: 'remove', path: isOnly ? path : `${path}/${escaped(label)}` } as const]
  })
}

/** A key as a part of a JSON pointer. */
export function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
