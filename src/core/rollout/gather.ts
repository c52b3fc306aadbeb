/** One write for each object where the order of writes allows it. */
import { isObject, type Json, mergePatched, objectAt } from '../json.ts'
import { keyOf, type ObjectRef } from '../object.ts'
import type { Action } from './action.ts'

type Merge = Extract<Action, { kind: 'merge' }>

/**
 * Merges into the same object become one, and those into an object that is only being created become part of it. What has a spec keeps its
 * place, since capacity and traffic have an order; annotations say nothing to anybody yet and may come with either.
 */
export function gathered(actions: readonly Action[]): readonly Action[] {
  return actions.reduce<readonly Action[]>(joined, [])
}

function joined(before: readonly Action[], action: Action): readonly Action[] {
  if (action.kind !== 'merge') return [...before, action]
  const earlier = before.find((each) => mayJoin(each, action))
  if (earlier === undefined) return [...before, action]
  const whole = together(earlier, action)
  const comesLater = earlier.kind === 'merge' && hasSpec(action)
  return comesLater
    ? [...before.filter((each) => each !== earlier), whole]
    : before.map((each) => (each === earlier ? whole : each))
}

function mayJoin(earlier: Action, later: Merge): boolean {
  const ref = refOf(earlier)
  if (ref === undefined || keyOf(ref) !== keyOf(later.ref)) return false
  return earlier.kind === 'create' || !hasSpec(later) || !hasSpec(earlier)
}

function refOf(action: Action): ObjectRef | undefined {
  if (action.kind === 'create') return action.object.ref
  return action.kind === 'merge' ? action.ref : undefined
}

function hasSpec(action: Action): boolean {
  return action.kind === 'merge' && isObject(action.body) && action.body['spec'] !== undefined
}

function together(earlier: Action, later: Merge): Action {
  const notes = [...earlier.notes, ...later.notes]
  if (earlier.kind === 'create') {
    const { ref, json } = earlier.object
    const patched = objectAt(mergePatched(json, later.body ?? null))
    return { ...earlier, object: { ref, json: patched }, notes }
  }
  if (earlier.kind !== 'merge') return earlier
  const { patient: earlierWaits, ...rest } = earlier
  const body = patchOf(earlier.body, later.body)
  const waits = earlierWaits === true && later.patient === true
  return { ...rest, body, notes, ...(waits ? { patient: true } : {}) }
}

/** Two merge patches, one after the other, as one. */
function patchOf(first: Json | undefined, second: Json | undefined): Json {
  if (!isObject(first) || !isObject(second)) return second ?? null
  const changed = Object.entries(second).map(
    ([key, value]) => [key, key in first ? patchOf(first[key], value) : (value ?? null)] as const,
  )
  return { ...first, ...Object.fromEntries(changed) }
}
