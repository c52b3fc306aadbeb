/** RFC 6902, the operations that Haldane sends: add, replace, remove, test. */
import { isObject, type Json, type JsonPatchOperation, sameJson } from '../../core/json.ts'

/** `message` in the words of the real server. */
export type Patched =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly message: string }

/** All operations in order, or none of them. */
export function jsonPatched(target: Json, operations: readonly JsonPatchOperation[]): Patched {
  return operations.reduce<Patched>(
    (before, operation) => (before.ok ? applied(before.value, operation) : before),
    { ok: true, value: target },
  )
}

function applied(target: Json, operation: JsonPatchOperation): Patched {
  const path = parsePointer(operation.path)
  if (path === undefined) return misfit(operation, 'is no JSON pointer')
  if (operation.op === 'test') return tested(target, path, operation)
  const value = edited(target, path, operation)
  return value === undefined ? misfit(operation, 'leads nowhere') : { ok: true, value }
}

function tested(
  target: Json,
  path: readonly string[],
  { path: pointer, value }: { readonly path: string; readonly value: Json },
): Patched {
  const found = path.reduce<Json | undefined>(child, target)
  return sameJson(found ?? null, value)
    ? { ok: true, value: target }
    : { ok: false, message: `testing value ${pointer} failed: test failed` }
}

function misfit({ op, path }: JsonPatchOperation, what: string): Patched {
  return { ok: false, message: `${op} operation does not apply: path '${path}' ${what}` }
}

/** `/spec/a~1b/0` → `['spec', 'a/b', '0']`; undefined when it is none. */
function parsePointer(pointer: string): readonly string[] | undefined {
  if (pointer === '') return []
  if (!pointer.startsWith('/')) return undefined
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function child(value: Json | undefined, key: string): Json | undefined {
  if (isList(value)) return /^(?:0|[1-9]\d*)$/.test(key) ? value[Number(key)] : undefined
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** The target with one place changed; undefined when the way there does not exist. */
function edited(target: Json, path: readonly string[], edit: JsonPatchOperation): Json | undefined {
  const [key, ...rest] = path
  if (key === undefined) return edit.op === 'remove' ? null : edit.value
  if (rest.length === 0) {
    return isList(target) ? editedList(target, key, edit) : editedObject(target, key, edit)
  }
  const inner = child(target, key)
  const changed = inner === undefined ? undefined : edited(inner, rest, edit)
  if (changed === undefined) return undefined
  return isList(target)
    ? target.with(Number(key), changed)
    : { ...membersOf(target), [key]: changed }
}

function editedObject(target: Json, key: string, edit: JsonPatchOperation): Json | undefined {
  if (!isObject(target)) return undefined
  if (edit.op === 'add') return { ...target, [key]: edit.value }
  if (!Object.hasOwn(target, key)) return undefined
  if (edit.op === 'replace') return { ...target, [key]: edit.value }
  return Object.fromEntries(Object.entries(target).filter(([name]) => name !== key))
}

function editedList(
  target: readonly Json[],
  key: string,
  edit: JsonPatchOperation,
): Json | undefined {
  const end = edit.op === 'add' ? target.length : target.length - 1
  const index = key === '-' && edit.op === 'add' ? end : Number(key)
  if (!/^(?:0|[1-9]\d*|-)$/.test(key) || !(index <= end)) return undefined
  if (edit.op === 'add') return target.toSpliced(index, 0, edit.value)
  return edit.op === 'replace' ? target.with(index, edit.value) : target.toSpliced(index, 1)
}

function membersOf(value: Json): { readonly [key: string]: Json | undefined } {
  return isObject(value) ? value : {}
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
