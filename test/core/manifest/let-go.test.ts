import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import { lettingGo } from '../../../src/core/manifest/let-go.ts'
import { type Kind, type KubeObject, metadataOf } from '../../../src/core/object.ts'

const managed = { annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'web' } }
const pinned = { selector: { app: 'web', 'rollouts-pod-template-hash': 'abc' } }

const canary = {
  canaryService: 'web-canary',
  stableService: 'web-stable',
  trafficRouting: {
    istio: {
      virtualService: { name: 'web' },
      destinationRule: { name: 'web', canarySubsetName: 'canary', stableSubsetName: 'stable' },
    },
  },
}

const rule = object('DestinationRule', 'web', {
  metadata: managed,
  spec: {
    subsets: [
      { name: 'stable', labels: { app: 'web', 'rollouts-pod-template-hash': 'abc' } },
      { name: 'canary', labels: { 'rollouts-pod-template-hash': 'def' } },
      { name: 'beta', labels: { track: 'beta' } },
    ],
  },
})

test.for([
  { it: 'its Rollout names it', manager: rollout(canary), released: false },
  {
    it: 'its Rollout is not understood',
    manager: object('Rollout', 'web', { spec: 5 }),
    released: false,
  },
  { it: 'its Rollout is gone', manager: undefined, released: true },
  {
    it: 'its Rollout names another',
    manager: rollout({ ...canary, stableService: 'other' }),
    released: true,
  },
  { it: 'its Rollout names none', manager: rollout({}), released: true },
])('a Service is let go of, or not, when $it', ({ manager, released }) => {
  const service = object('Service', 'web-stable', { metadata: managed, spec: pinned })
  expect(lettingGo(service, manager).length > 0).toBe(released)
})

test.for([
  { it: 'nobody manages', service: object('Service', 'web-stable', { spec: pinned }) },
  {
    it: 'selects what its author wanted',
    service: object('Service', 'web-stable', {
      metadata: managed,
      spec: { selector: { app: 'web' } },
    }),
  },
])('a Service that $it stays as it is', ({ service }) => {
  expect(lettingGo(service, undefined)).toEqual([])
})

test('a Service gets its own selector back, on the version that was seen', () => {
  const service = object('Service', 'web-stable', { metadata: managed, spec: pinned })
  expect(lettingGo(service, undefined)).toMatchObject([
    {
      kind: 'merge',
      ref: { kind: 'Service', namespace: 'shop', name: 'web-stable' },
      body: {
        metadata: {
          resourceVersion: '7',
          annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': null },
        },
        spec: { selector: { 'rollouts-pod-template-hash': null } },
      },
    },
  ])
})

test('a DestinationRule gets its own labels back; a subset that had none has none again', () => {
  expect(lettingGo(rule, rollout({ ...canary, trafficRouting: undefined }))).toMatchObject([
    {
      kind: 'json',
      operations: [
        { op: 'test', path: '/metadata/resourceVersion', value: '7' },
        {
          op: 'remove',
          path: '/metadata/annotations/argo-rollouts.argoproj.io~1managed-by-rollouts',
        },
        { op: 'remove', path: '/spec/subsets/0/labels/rollouts-pod-template-hash' },
        { op: 'remove', path: '/spec/subsets/1/labels' },
      ],
    },
  ])
  expect(lettingGo(rule, rollout(canary))).toEqual([])
})

function rollout(strategy: object): KubeObject {
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image: 'web:1' }] },
  }
  const spec = {
    selector: { matchLabels: { app: 'web' } },
    template,
    strategy: { canary: strategy },
  }
  return object('Rollout', 'web', JSON.parse(JSON.stringify({ spec })))
}

function object(kind: Kind, name: string, json: JsonObject): KubeObject {
  const metadata = {
    namespace: 'shop',
    name,
    uid: name,
    resourceVersion: '7',
    ...Object(json['metadata']),
  }
  const whole = { ...json, metadata }
  return { kind, metadata: metadataOf(whole), json: whole }
}
