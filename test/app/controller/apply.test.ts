import { expect, test } from 'vitest'
import { Writer } from '../../../src/app/controller/apply.ts'
import { Cache } from '../../../src/app/controller/cache.ts'
import { type Action, normal } from '../../../src/core/rollout/action.ts'
import { PortError } from '../../../src/ports.ts'
import { FakeCluster, objectOf, refTo } from './cluster.ts'

const create: Action = {
  kind: 'create',
  object: {
    ref: refTo('ReplicaSet', 'web-a'),
    json: { metadata: { ownerReferences: [{ uid: 'u', controller: true }] } },
  },
  notes: [normal('NewReplicaSetCreated', 'created')],
}
const merge: Action = {
  kind: 'merge',
  ref: refTo('ReplicaSet', 'web-a'),
  body: { spec: { replicas: 2 } },
  notes: [normal('ScalingReplicaSet', 'scaled')],
}
const json: Action = {
  kind: 'json',
  ref: refTo('VirtualService', 'web'),
  operations: [{ op: 'test', path: '/metadata/resourceVersion', value: '1' }],
  notes: [],
}
const remove: Action = { kind: 'delete', ref: refTo('ReplicaSet', 'web-b'), notes: [] }

test('writes in order, and tells of each once it is done', async () => {
  const { cluster, writer, told, tell } = rig()
  await writer.apply([create, merge, json, remove], tell)
  expect(cluster.writes).toEqual([
    'create ReplicaSet/shop/web-a',
    'merge ReplicaSet/shop/web-a {"spec":{"replicas":2}}',
    'json VirtualService/shop/web [{"op":"test","path":"/metadata/resourceVersion","value":"1"}]',
    'delete ReplicaSet/shop/web-b',
  ])
  expect(told).toEqual(['created', 'scaled'])
})

test('stops at the first write that fails, and tells of none that did not happen', async () => {
  const { cluster, writer, told, tell } = rig()
  cluster.refuses = new PortError('conflict', 'somebody else was there')
  await expect(writer.apply([merge, json], tell)).rejects.toThrow('somebody else was there')
  expect(cluster.writes).toHaveLength(1)
  expect(told).toEqual([])
})

test('what the server answers is known at once', async () => {
  const { cache, writer, tell } = rig()
  await writer.apply([merge], tell)
  expect(cache.get(refTo('ReplicaSet', 'web-a'))?.metadata.resourceVersion).toBe('9')
})

test('an object that is there already and ours is taken as it is', async () => {
  const { cluster, cache, writer, tell } = rig()
  cluster.holds(objectOf('ReplicaSet', 'web-a', { version: 5, owner: 'u' }))
  await writer.apply([create], tell)
  expect(cache.get(refTo('ReplicaSet', 'web-a'))?.metadata.resourceVersion).toBe('5')
})

test("an object that is there already and somebody else's is an error that names it", async () => {
  const { cluster, cache, writer, tell } = rig()
  cluster.holds(objectOf('ReplicaSet', 'web-a', { owner: 'other' }))
  await expect(writer.apply([create], tell)).rejects.toThrow(
    'ReplicaSet/shop/web-a exists and belongs to somebody else; rename or delete it',
  )
  expect(cache.get(refTo('ReplicaSet', 'web-a'))).toBeUndefined()
})

test('a pod that went meanwhile needs no change; anything else that is not there is an error', async () => {
  const { cluster, writer, tell } = rig()
  cluster.refuses = new PortError('not-found', 'gone')
  const pod: Action = { ...merge, ref: refTo('Pod', 'web-a-1') }
  await expect(writer.apply([pod], tell)).resolves.toBeUndefined()
  await expect(writer.apply([merge], tell)).rejects.toThrow('gone')
})

test('pods are asked to go one after the other, until enough have gone; a budget may refuse any', async () => {
  const { cluster, writer, tell } = rig()
  cluster.budgets.add('b')
  const pods = ['a', 'b', 'c', 'd'].map((name) => ({ namespace: 'shop', name, uid: name }))
  await writer.apply([{ kind: 'evict', pods, most: 2, notes: [] }], tell)
  expect(cluster.writes).toEqual(['evict a', 'evict b', 'evict c'])
})

test('a status goes to the subresource of a Rollout, on the version that was seen', async () => {
  const { cluster, writer } = rig()
  await writer.record(objectOf('Rollout', 'web', { version: 3 }), { status: { phase: 'Healthy' } })
  await writer.record(objectOf('AnalysisRun', 'run', { version: 4 }), {
    status: { phase: 'Failed' },
  })
  expect(cluster.writes).toEqual([
    'merge Rollout/shop/web status {"metadata":{"resourceVersion":"3"},"status":{"phase":"Healthy"}}',
    'merge AnalysisRun/shop/run {"metadata":{"resourceVersion":"4"},"status":{"phase":"Failed"}}',
  ])
})

function rig() {
  const told: string[] = []
  const cluster = new FakeCluster()
  const cache = new Cache(cluster, ['ReplicaSet'], () => undefined)
  const tell = ({ notes }: Action): void => {
    told.push(...notes.map(({ message }) => message))
  }
  return { cluster, cache, writer: new Writer(cluster, cache), told, tell }
}
