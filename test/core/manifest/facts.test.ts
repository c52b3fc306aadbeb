import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import { replicaSetFacts, runFacts, serviceFacts } from '../../../src/core/manifest/facts.ts'
import type { Kind, KubeObject, Metadata } from '../../../src/core/object.ts'

test('reads a ReplicaSet', () => {
  const facts = replicaSetFacts(
    object('ReplicaSet', {
      labels: { 'rollouts-pod-template-hash': 'abc' },
      annotations: {
        'rollout.argoproj.io/revision': '3',
        'rollout.argoproj.io/desired-replicas': '4',
        'scale-down-deadline': '2026-11-24T10:00:30Z',
      },
      json: {
        spec: { replicas: 2, template: { metadata: { labels: { app: 'x' } } } },
        status: { replicas: 2, readyReplicas: 1 },
      },
    }),
  )
  expect(facts).toMatchObject({
    name: 'it',
    uid: 'u',
    hash: 'abc',
    revision: 3,
    wanted: 2,
    replicas: 2,
    ready: 1,
    available: 0,
    createdAt: Date.parse('2026-11-24T10:00:00Z'),
    scaleDownAt: Date.parse('2026-11-24T10:00:30Z'),
    desiredReplicas: 4,
    template: { metadata: { labels: { app: 'x' } } },
  })
})

test('a ReplicaSet that nobody marked has plain readings', () => {
  const annotations = { 'rollout.argoproj.io/revision': 'x', 'scale-down-deadline': 'soon' }
  expect(replicaSetFacts(object('ReplicaSet', { annotations }))).toMatchObject({
    hash: '',
    revision: 0,
    wanted: 1,
    scaleDownAt: undefined,
    desiredReplicas: undefined,
    template: {},
  })
})

test('reads a Service', () => {
  const annotations = { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'reviews' }
  const json = { spec: { selector: { app: 'x' } } }
  expect(serviceFacts(object('Service', { annotations, json }))).toEqual({
    name: 'it',
    selector: { app: 'x' },
    managedBy: 'reviews',
  })
})

test.for([
  { type: 'Step', index: '4', is: { kind: 'Step', stepIndex: 4 } },
  { type: 'Background', index: '', is: { kind: 'Background', stepIndex: undefined } },
  { type: 'PrePromotion', index: 'x', is: { kind: 'other', stepIndex: undefined } },
])('knows a $type run', ({ type, index, is }) => {
  const labels = {
    'rollout-type': type,
    'step-index': index,
    'rollouts-pod-template-hash': 'abc',
  }
  expect(runFacts(object('AnalysisRun', { labels }))).toMatchObject({
    ...is,
    hash: 'abc',
    phase: 'New',
    run: { name: 'it', metrics: [], args: [], terminate: false },
  })
})

function object(
  kind: Kind,
  {
    json = {},
    ...marks
  }: Partial<Pick<Metadata, 'labels' | 'annotations'>> & { readonly json?: JsonObject },
): KubeObject {
  const metadata: Metadata = {
    name: 'it',
    namespace: 'shop',
    uid: 'u',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2026-11-24T10:00:00Z',
    deletionTimestamp: undefined,
    labels: {},
    annotations: {},
    ownerReferences: [],
    ...marks,
  }
  return { kind, metadata, json: { ...json, metadata: { name: 'it', namespace: 'shop' } } }
}
