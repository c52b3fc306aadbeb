import { expect, test } from 'vitest'
import { Cache } from '../../../src/app/controller/cache.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import { FakeCluster, objectOf, refTo } from './cluster.ts'

test('starting ends when the first picture of every kind is complete', async () => {
  const { cluster, cache } = rig()
  let isReady = false
  const ready = cache.start().then(() => (isReady = true))
  cluster.tells('Rollout', { kind: 'synced' })
  await Promise.resolve()
  expect(isReady).toBe(false)
  cluster.tells('ReplicaSet', { kind: 'synced' })
  await ready
  expect(isReady).toBe(true)
})

test('what a watch brings is there, and told', () => {
  const { cluster, cache, told } = started()
  cluster.tells('Rollout', { kind: 'set', object: objectOf('Rollout', 'web') })
  expect(cache.get(refTo('Rollout', 'web'))?.metadata.name).toBe('web')
  expect(cache.all('Rollout')).toHaveLength(1)
  expect(told).toEqual(['Rollout web v1'])
})

test('an older version, and the same one again, is dropped and not told', () => {
  const { cluster, cache, told } = started()
  cache.put(objectOf('Rollout', 'web', { version: 100 }))
  cluster.tells('Rollout', { kind: 'set', object: objectOf('Rollout', 'web', { version: 99 }) })
  cluster.tells('Rollout', { kind: 'set', object: objectOf('Rollout', 'web', { version: 100 }) })
  expect(cache.get(refTo('Rollout', 'web'))?.metadata.resourceVersion).toBe('100')
  expect(told).toEqual(['Rollout web v100'])
})

test('versions are numbers of any length', () => {
  const { cache } = started()
  const large = 9_007_199_254_740_991
  cache.put(objectOf('Rollout', 'web', { version: large }))
  const next = objectOf('Rollout', 'web')
  cache.put({ ...next, metadata: { ...next.metadata, resourceVersion: `${large + 1}0` } })
  expect(cache.get(refTo('Rollout', 'web'))?.metadata.resourceVersion).toBe('90071992547409920')
})

test('another object of the same name is taken, whatever its version', () => {
  const { cache } = started()
  cache.put(objectOf('Rollout', 'web', { version: 100 }))
  cache.put(objectOf('Rollout', 'web', { version: 3, uid: 'other' }))
  expect(cache.get(refTo('Rollout', 'web'))?.metadata.uid).toBe('other')
})

test('what is gone is gone, and told as it last was', () => {
  const { cluster, cache, told } = started()
  cache.put(objectOf('ReplicaSet', 'web-a', { version: 4, owner: 'u' }))
  cluster.tells('ReplicaSet', { kind: 'gone', ref: refTo('ReplicaSet', 'web-a') })
  expect(cache.get(refTo('ReplicaSet', 'web-a'))).toBeUndefined()
  expect(cache.ownedBy('u', 'ReplicaSet')).toEqual([])
  expect(told).toEqual(['ReplicaSet web-a v4', 'ReplicaSet web-a v4'])
})

test('what never was there is not told as gone', () => {
  const { cluster, told } = started()
  cluster.tells('ReplicaSet', { kind: 'gone', ref: refTo('ReplicaSet', 'web-a') })
  expect(told).toEqual([])
})

test('an owner finds what it controls, by kind', () => {
  const { cache } = started()
  cache.put(objectOf('ReplicaSet', 'web-a', { owner: 'u' }))
  cache.put(objectOf('ReplicaSet', 'web-b', { owner: 'u' }))
  cache.put(objectOf('ReplicaSet', 'else', { owner: 'v' }))
  cache.put(objectOf('Rollout', 'web', { owner: 'u' }))
  expect(cache.ownedBy('u', 'ReplicaSet').map(({ metadata }) => metadata.name)).toEqual([
    'web-a',
    'web-b',
  ])
  expect(cache.ownedBy('nobody', 'ReplicaSet')).toEqual([])
})

test('what changed hands has one owner', () => {
  const { cache } = started()
  cache.put(objectOf('ReplicaSet', 'web-a', { version: 1, owner: 'u' }))
  cache.put(objectOf('ReplicaSet', 'web-a', { version: 2, owner: 'v' }))
  expect(cache.ownedBy('u', 'ReplicaSet')).toEqual([])
  expect(cache.ownedBy('v', 'ReplicaSet')).toHaveLength(1)
})

test('a kind that is not followed is not kept', () => {
  const { cache, told } = started()
  cache.put(objectOf('Service', 'web'))
  expect(cache.get(refTo('Service', 'web'))).toBeUndefined()
  expect(told).toEqual([])
})

test('after stop nothing is told', () => {
  const { cluster, cache, told } = started()
  cache.stop()
  cluster.tells('Rollout', { kind: 'set', object: objectOf('Rollout', 'web') })
  expect(told).toEqual([])
})

function rig(): { readonly cluster: FakeCluster; readonly cache: Cache; readonly told: string[] } {
  const told: string[] = []
  const cluster = new FakeCluster()
  const cache = new Cache(cluster, ['Rollout', 'ReplicaSet'], (each) => told.push(words(each)))
  return { cluster, cache, told }
}

function started(): ReturnType<typeof rig> {
  const made = rig()
  void made.cache.start()
  return made
}

function words({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name} v${metadata.resourceVersion}`
}
