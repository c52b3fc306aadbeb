import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isObject, type Json, mergePatched, parseJson, sameJson } from '../../src/core/json.ts'
import { mergePatchOf } from '../../src/core/manifest/merge-patch.ts'

/** As the API server stores it: no `null`, no negative zero. */
const stored: fc.Arbitrary<Json> = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.integer(),
    fc.string({ maxLength: 3 }),
    fc.boolean(),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 2 }), tie('any'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).any

test.for<{ it: string; a: Json | undefined; b: Json | undefined; same: boolean }>([
  {
    it: 'the order of keys',
    a: { a: 1, b: { c: 2, d: 3 } },
    b: { b: { d: 3, c: 2 }, a: 1 },
    same: true,
  },
  { it: 'a key that is undefined', a: { a: 1, b: undefined }, b: { a: 1 }, same: true },
  { it: 'the order of a list', a: [1, 2], b: [2, 1], same: false },
  { it: 'a list and an object', a: [], b: {}, same: false },
  { it: 'nothing and null', a: undefined, b: null, same: false },
  { it: 'a number and its text', a: 1, b: '1', same: false },
  { it: 'a name that all objects have', a: {}, b: parseJson('{"constructor": 1}'), same: false },
])('$it: the same is $same', ({ a, b, same }) => {
  expect(sameJson(a, b)).toBe(same)
  expect(sameJson(b, a)).toBe(same)
})

test('law: two values are the same when their texts with sorted keys are', () => {
  fc.assert(
    fc.property(stored, stored, (a, b) => {
      expect(sameJson(a, parseJson(JSON.stringify(a)))).toBe(true)
      expect(sameJson(a, b)).toBe(textOf(a) === textOf(b))
    }),
    { numRuns: 2000 },
  )
})

test('law: the patch from one object to another makes the other of it', () => {
  const object = stored.filter(isObject)
  fc.assert(
    fc.property(object, object, (before, after) => {
      expect(sameJson(mergePatched(before, mergePatchOf(before, after) ?? {}), after)).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

function textOf(value: Json): string {
  return JSON.stringify(value, (_key, inner: Json) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
