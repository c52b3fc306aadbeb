import { expect, test } from 'vitest'
import { type Json, type JsonPatchOperation, mergePatched } from '../../src/core/json.ts'
import { jsonPatched } from '../../src/sandbox/cluster/json-patch.ts'

/** The examples of RFC 7386, appendix A. */
const mergeExamples: readonly (readonly [Json, Json, Json])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
]

test.for(mergeExamples)('merges %j with %j into %j', ([target, patch, merged]) => {
  expect(mergePatched(target, patch)).toEqual(merged)
})

/** From RFC 6902, appendix A; the number is the section. */
const jsonExamples: readonly {
  readonly it: string
  readonly target: Json
  readonly patch: readonly JsonPatchOperation[]
  /** Undefined where it does not apply. */
  readonly becomes: Json | undefined
}[] = [
  {
    it: 'A.1 adds a member',
    target: { foo: 'bar' },
    patch: [{ op: 'add', path: '/baz', value: 'qux' }],
    becomes: { baz: 'qux', foo: 'bar' },
  },
  {
    it: 'A.2 adds an element',
    target: { foo: ['bar', 'baz'] },
    patch: [{ op: 'add', path: '/foo/1', value: 'qux' }],
    becomes: { foo: ['bar', 'qux', 'baz'] },
  },
  {
    it: 'A.3 removes a member',
    target: { baz: 'qux', foo: 'bar' },
    patch: [{ op: 'remove', path: '/baz' }],
    becomes: { foo: 'bar' },
  },
  {
    it: 'A.4 removes an element',
    target: { foo: ['bar', 'qux', 'baz'] },
    patch: [{ op: 'remove', path: '/foo/1' }],
    becomes: { foo: ['bar', 'baz'] },
  },
  {
    it: 'A.5 replaces a value',
    target: { baz: 'qux', foo: 'bar' },
    patch: [{ op: 'replace', path: '/baz', value: 'boo' }],
    becomes: { baz: 'boo', foo: 'bar' },
  },
  {
    it: 'A.8 tests a value',
    target: { baz: 'qux', foo: ['a', 2, 'c'] },
    patch: [
      { op: 'test', path: '/baz', value: 'qux' },
      { op: 'test', path: '/foo/1', value: 2 },
    ],
    becomes: { baz: 'qux', foo: ['a', 2, 'c'] },
  },
  {
    it: 'A.9 fails when a test fails',
    target: { baz: 'qux' },
    patch: [{ op: 'test', path: '/baz', value: 'bar' }],
    becomes: undefined,
  },
  {
    it: 'A.10 adds a nested member',
    target: { foo: 'bar' },
    patch: [{ op: 'add', path: '/child', value: { grandchild: {} } }],
    becomes: { foo: 'bar', child: { grandchild: {} } },
  },
  {
    it: 'A.12 adds to no parent',
    target: { foo: 'bar' },
    patch: [{ op: 'add', path: '/baz/bat', value: 'qux' }],
    becomes: undefined,
  },
  {
    it: 'A.14 unescapes ~ in a path',
    target: { '/': 9, '~1': 10 },
    patch: [{ op: 'test', path: '/~01', value: 10 }],
    becomes: { '/': 9, '~1': 10 },
  },
  {
    it: 'A.15 tells a text from a number',
    target: { '/': 9, '~1': 10 },
    patch: [{ op: 'test', path: '/~01', value: '10' }],
    becomes: undefined,
  },
  {
    it: 'A.16 adds an element at the end',
    target: { foo: ['bar'] },
    patch: [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
    becomes: { foo: ['bar', ['abc', 'def']] },
  },
  {
    it: 'refuses an element beyond the end',
    target: [1],
    patch: [{ op: 'add', path: '/2', value: 3 }],
    becomes: undefined,
  },
  {
    it: 'refuses to replace what is not there',
    target: { a: 1 },
    patch: [{ op: 'replace', path: '/b', value: 3 }],
    becomes: undefined,
  },
  {
    it: 'changes deep inside lists and leaves the rest',
    target: { http: [{ route: [{ weight: 1 }, { weight: 2 }] }, 'x'] },
    patch: [{ op: 'add', path: '/http/0/route/1/weight', value: 9 }],
    becomes: { http: [{ route: [{ weight: 1 }, { weight: 9 }] }, 'x'] },
  },
]

test.for(jsonExamples)('JSON patch $it', ({ target, patch, becomes }) => {
  const result = jsonPatched(target, patch)
  expect(result.ok ? result.value : undefined).toEqual(becomes)
})
