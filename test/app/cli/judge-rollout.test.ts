import { expect, test } from 'vitest'
import { readTrial } from '../../../src/app/cli/judge-rollout.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { type KubeObject, metadataOf } from '../../../src/core/object.ts'
import { beginJournal, journalText } from '../../../src/core/rollout/journal.ts'
import { instant } from '../../../src/core/units.ts'
import type { Cluster } from '../../../src/ports.ts'

const began = instant(Date.UTC(2026, 2, 1, 12))
const reviews = { namespace: 'shop', name: 'reviews' }
const created = { creationTimestamp: '2026-03-01T11:59:00Z' }
const journal = { 'haldane.dev/journal': journalText(beginJournal(2, began)) }

function rollout(status: JsonObject): KubeObject {
  const canary = { canaryService: 'reviews-canary', stableService: 'reviews-stable' }
  return object('Rollout', 'reviews', { spec: { strategy: { canary } }, status })
}

function replicaSet(annotations: JsonObject): KubeObject {
  return object('ReplicaSet', 'reviews-new', {}, { ...created, annotations })
}

function object(
  kind: KubeObject['kind'],
  name: string,
  body: JsonObject,
  rest: JsonObject = {},
): KubeObject {
  const json = { ...body, metadata: { namespace: 'shop', name, ...rest } }
  return { kind, metadata: metadataOf(json), json }
}

function holding(...objects: readonly KubeObject[]): Cluster {
  return {
    read: async ({ kind, namespace, name }) =>
      objects.find(
        (each) =>
          each.kind === kind &&
          each.metadata.namespace === namespace &&
          each.metadata.name === name,
      ),
    list: never,
    create: never,
    patch: never,
    delete: never,
    evict: never,
    watch: never,
  }
}

function never(): never {
  throw new Error('must not be called')
}

const underWay = rollout({ currentPodHash: 'new', stableRS: 'old' })

test('who is released against whom, and since when, as the journal says', async () => {
  const cluster = holding(underWay, replicaSet(journal))
  expect(await readTrial(cluster, reviews, undefined)).toEqual({
    namespace: 'shop',
    rollout: 'reviews',
    canaryHash: 'new',
    stableHash: 'old',
    canaryService: 'reviews-canary',
    stableService: 'reviews-stable',
    since: began,
  })
})

test('another controller’s release began when its ReplicaSet did', async () => {
  const { since } = await readTrial(holding(underWay, replicaSet({})), reviews, undefined)
  expect(since).toBe(Date.UTC(2026, 2, 1, 11, 59))
})

test('the time that was asked for wins', async () => {
  expect((await readTrial(holding(underWay), reviews, began)).since).toBe(began)
})

test.for([
  ['no Rollout', holding(), 'no Rollout reviews in namespace shop; check the name'],
  [
    'nothing is being released',
    holding(rollout({ currentPodHash: 'old', stableRS: 'old' })),
    'Rollout reviews has no release under way; name two sides with --canary and --stable',
  ],
  [
    'a first deployment',
    holding(rollout({ currentPodHash: 'new' })),
    'Rollout reviews has no release under way',
  ],
  [
    'no ReplicaSet',
    holding(underWay),
    'ReplicaSet reviews-new does not say when the release began; say it with --from',
  ],
] as const)('%s', async ([, cluster, message]) => {
  await expect(readTrial(cluster, reviews, undefined)).rejects.toThrow(message)
})
