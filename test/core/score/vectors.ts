/** The cases of fixtures/kayenta; its README says where they come from. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  at,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  parseJson,
  textAt,
} from '../../../src/core/json.ts'
import type { SortedSamples } from '../../../src/core/stats/rank-score.ts'

export type Case = {
  readonly title: string
  readonly input: JsonObject
  readonly expected: JsonObject
  /** What Kayenta's classes returned, where its own test asserts less. */
  readonly observed: JsonObject
  readonly isUnstable: boolean
}

const folder = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'kayenta')

export const series: Json = parseJson(readFileSync(join(folder, 'series.json'), 'utf8'))

export function casesOf(op: string): readonly Case[] {
  const all = listAt(parseJson(readFileSync(join(folder, 'vectors.json'), 'utf8')))
  return all
    .filter((json) => at(json, 'input', 'op') === op)
    .map((json) => ({
      title: `${textAt(json, 'suite')}: ${textAt(json, 'name')}`,
      input: objectOf(at(json, 'input')),
      expected: objectOf(at(json, 'expected')),
      observed: objectOf(at(json, 'observed')),
      isUnstable: at(json, 'unstable') === true,
    }))
}

/** Numbers as the cases write them; text such as NaN among them. */
export function numbers(json: Json | undefined): readonly number[] {
  return listAt(json).map(Number)
}

export function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).toSorted()
}

export function samplesOf(canary: Json | undefined, stable: Json | undefined): SortedSamples {
  return { canary: sorted(numbers(canary)), stable: sorted(numbers(stable)) }
}

/** Equal within `tolerance`, absolute below 1 and relative above; equal infinities and NaN with NaN. */
export function near(
  expected: Json | undefined,
  tolerance = 1e-9,
): (actual: number | undefined) => boolean {
  const wanted = Number(expected)
  return (actual = NaN) =>
    Object.is(actual, wanted) ||
    actual === wanted ||
    Math.abs(actual - wanted) <= tolerance * Math.max(1, Math.abs(wanted))
}

/** What was found, and what the case says of it; undefined says nothing. */
export type Claim = readonly [
  found: Json | undefined,
  expected: Json | undefined,
  tolerance?: number,
]

/** The claims that do not hold, by name; numbers and text for numbers hold within their tolerance. */
export function broken(claims: Readonly<Record<string, Claim>>): Readonly<Record<string, Claim>> {
  const wrong = Object.entries(claims).filter(([, claim]) => !holds(claim))
  return Object.fromEntries(wrong)
}

function holds([found, expected, tolerance]: Claim): boolean {
  if (expected === undefined) return true
  if (typeof found === 'number' && expected !== null) return near(expected, tolerance)(found)
  return (found ?? null) === expected
}

function objectOf(json: Json | undefined): JsonObject {
  return isObject(json) ? json : {}
}
