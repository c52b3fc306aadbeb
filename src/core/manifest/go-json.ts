import { parseTimestamp, timestamp } from '../units.ts'
import { goStructs } from './pod-template-fields.ts'
import { canonicalQuantity } from './quantity.ts'

/**
 * JSON as Go's encoding/json writes it after it has read `value` into a Go type, a name in the
 * notation of pod-template-fields.ts. Unknown keys are not seen. Never throws: what does not fit
 * its type counts as that type's zero value, and a malformed quantity as not written (undefined).
 */
export function goJson(type: string, value: unknown): string | undefined {
  if (type.startsWith('*')) return isNil(value) ? 'null' : goJson(type.slice(1), value)
  if (type.startsWith('[]')) return list(type.slice(2), value)
  if (type.startsWith('map:')) return map(type.slice(4), value)
  const fields = goStructs[type]
  return fields === undefined ? leaf(type, value) : struct(fields, value)
}

function isNil(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

function list(type: string, value: unknown): string {
  if (!Array.isArray(value)) return 'null'
  return `[${value.map((item: unknown) => goJson(type, item)).join(',')}]`
}

function map(type: string, value: unknown): string {
  if (!isObject(value)) return 'null'
  return object(sortedEntries(value).map(([key, item]) => [key, goJson(type, item)]))
}

function struct(fields: Readonly<Record<string, string>>, value: unknown): string {
  const given = isObject(value) ? value : {}
  return object(
    Object.entries(fields).map(([name, type]) => [
      name,
      field(type, Object.hasOwn(given, name) ? given[name] : undefined),
    ]),
  )
}

/** A field's text; undefined for one that is left out. */
function field(declared: string, value: unknown): string | undefined {
  const type = declared.replace('?', '')
  const text = goJson(type, value) ?? goJson(type, undefined)
  return declared.endsWith('?') && isZero(type, text) ? undefined : text
}

function isZero(type: string, text: string | undefined): boolean {
  if (text === 'null') return true
  const isOpaque = type.startsWith('*') || type === 'raw'
  return !isOpaque && ['""', '0', 'false', '[]', '{}'].includes(text ?? '')
}

function leaf(type: string, value: unknown): string | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? quoted(value) : '""'
    case 'bool':
      return value === true ? 'true' : 'false'
    case 'intOrString':
      return typeof value === 'string' ? quoted(value) : whole(value)
    case 'quantity':
      return quantity(value)
    case 'time':
      return time(value)
    case 'raw':
      return raw(value)
    default:
      return whole(value)
  }
}

function whole(value: unknown): string {
  return Number.isInteger(value) ? String(value) : '0'
}

function quantity(value: unknown): string | undefined {
  if (isNil(value)) return '"0"'
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = canonicalQuantity(String(value))
  return text === undefined ? undefined : `"${text}"`
}

/** Whole seconds in UTC; Go's zero time, in the year 1, counts as none. */
function time(value: unknown): string {
  const at = typeof value === 'string' ? parseTimestamp(value) : undefined
  const text = at === undefined ? undefined : timestamp(at)
  return text === undefined || text === '0001-01-01T00:00:00Z' ? 'null' : quoted(text)
}

/** JSON that Go keeps as bytes; it comes from a map there, so its keys are sorted. */
function raw(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map(raw).join(',')}]`
  if (isObject(value)) return object(sortedEntries(value).map(([key, item]) => [key, raw(item)]))
  return JSON.stringify(value) ?? 'null'
}

/** Entries without a text are left out. */
function object(entries: readonly (readonly [string, string | undefined])[]): string {
  const present = entries.filter(([, text]) => text !== undefined)
  return `{${present.map(([key, text]) => `${quoted(key)}:${text}`).join(',')}}`
}

/** Go also escapes what means something to HTML or ends a line in JavaScript. */
function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function sortedEntries(value: Readonly<Record<string, unknown>>): readonly [string, unknown][] {
  return Object.entries(value).toSorted(([a], [b]) => byCodePoint(a, b))
}

/** Go sorts keys by their bytes in UTF-8: the order of code points, not that of UTF-16 units. */
function byCodePoint(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  const at = left.findIndex((character, i) => character !== right[i])
  if (at === -1) return left.length - right.length
  return (left[at]?.codePointAt(0) ?? -1) - (right[at]?.codePointAt(0) ?? -1)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
