/** How Argo writes JSON: empty values are left out, times are RFC 3339 with whole seconds. */
import { type Json, type JsonObject, textAt } from '../json.ts'
import { type Instant, parseTimestamp, timestamp } from '../units.ts'

/** Without the names that have no value. */
export function compact(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined))
}

export function orAbsent(value: number): number | undefined {
  return value === 0 ? undefined : value
}

export function filledList(values: readonly Json[]): readonly Json[] | undefined {
  return values.length === 0 ? undefined : values
}

export function filledMap(values: Readonly<Record<string, string>>): JsonObject | undefined {
  return Object.keys(values).length === 0 ? undefined : values
}

export function time(moment: Instant | undefined): string | undefined {
  return moment === undefined ? undefined : timestamp(moment)
}

/** Undefined when there is no time at `name`, or none that can be read. */
export function timeAt(json: Json | undefined, name: string): Instant | undefined {
  const text = textAt(json, name)
  return text === undefined ? undefined : parseTimestamp(text)
}
