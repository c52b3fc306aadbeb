import { expect, test } from 'vitest'
import type { Json } from '../../../src/core/json.ts'
import { type Action, normal } from '../../../src/core/rollout/action.ts'
import { gathered } from '../../../src/core/rollout/gather.ts'

function merge(name: string, body: Json, more: { readonly patient?: true } = {}): Action {
  const ref = { kind: 'ReplicaSet', namespace: 'shop', name } as const
  return { kind: 'merge', ref, body, notes: [normal('Merged', JSON.stringify(body))], ...more }
}

const annotated = (annotations: Json): Json => ({ metadata: { annotations } })
const scaled = (replicas: number, annotations: Json = {}): Json => ({
  metadata: { annotations },
  spec: { replicas },
})

const traffic: Action = {
  kind: 'json',
  ref: { kind: 'VirtualService', namespace: 'shop', name: 'web' },
  operations: [],
  notes: [],
}

function create(name: string): Action {
  const ref = { kind: 'ReplicaSet', namespace: 'shop', name } as const
  const json = {
    metadata: { name, annotations: { journal: 'begun', old: 'x' } },
    spec: { replicas: 0, template: { spec: { nodeName: null } } },
  }
  return { kind: 'create', object: { ref, json }, notes: [normal('Created', name)] }
}

function words(actions: readonly Action[]): readonly string[] {
  return actions.map((action) => {
    if (action.kind === 'merge') return `${action.ref.name} ${JSON.stringify(action.body)}`
    return action.kind === 'create' ? `create ${JSON.stringify(action.object.json)}` : action.kind
  })
}

test.for([
  {
    it: 'annotations come with a scaling that stands before them',
    given: [merge('a', scaled(2)), traffic, merge('a', annotated({ journal: 'x' }))],
    gives: ['a {"metadata":{"annotations":{"journal":"x"}},"spec":{"replicas":2}}', 'json'],
  },
  {
    it: 'and with one that stands after them, which keeps its place: traffic leaves before pods do',
    given: [merge('a', annotated({ revision: '2' })), traffic, merge('a', scaled(0))],
    gives: ['json', 'a {"metadata":{"annotations":{"revision":"2"}},"spec":{"replicas":0}}'],
  },
  {
    it: 'two scalings of one object stay two',
    given: [merge('a', scaled(2)), traffic, merge('a', scaled(0))],
    gives: [
      'a {"metadata":{"annotations":{}},"spec":{"replicas":2}}',
      'json',
      'a {"metadata":{"annotations":{}},"spec":{"replicas":0}}',
    ],
  },
  {
    it: 'other objects are others',
    given: [merge('a', annotated({ x: '1' })), merge('b', annotated({ x: '1' }))],
    gives: ['a {"metadata":{"annotations":{"x":"1"}}}', 'b {"metadata":{"annotations":{"x":"1"}}}'],
  },
  {
    it: 'what is taken away stays taken away, and the later word counts',
    given: [
      merge('a', annotated({ deadline: null, x: '1' })),
      merge('a', annotated({ x: '2', y: null })),
    ],
    gives: ['a {"metadata":{"annotations":{"deadline":null,"x":"2","y":null}}}'],
  },
  {
    it: 'an object is created as it is wanted, its template untouched',
    given: [create('a'), merge('a', scaled(3, { journal: 'on', old: null }))],
    gives: [
      'create {"metadata":{"name":"a","annotations":{"journal":"on"}},"spec":{"replicas":3,"template":{"spec":{"nodeName":null}}}}',
    ],
  },
])('$it', ({ given, gives }) => {
  expect(words(gathered(given))).toEqual(gives)
})

test('everything that was told is told, in order', () => {
  const [only] = gathered([create('a'), merge('a', scaled(1)), merge('a', annotated({ x: '1' }))])
  expect(only?.notes.map(({ reason }) => reason)).toEqual(['Created', 'Merged', 'Merged'])
})

test('a write waits only when all of it may', () => {
  const journal = merge('a', annotated({ journal: 'x' }), { patient: true })
  expect(patient([journal])).toEqual([true])
  expect(patient([journal, journal])).toEqual([true])
  expect(patient([merge('a', scaled(1)), journal])).toEqual([false])
})

function patient(actions: readonly Action[]): readonly boolean[] {
  return gathered(actions).map((action) => action.kind === 'merge' && action.patient === true)
}
