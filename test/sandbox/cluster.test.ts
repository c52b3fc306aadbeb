import { expect, test } from 'vitest'
import type { Json } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { type Patch, PortError } from '../../src/ports.ts'
import { createSteppedClock, turns } from '../../src/sandbox/clock.ts'
import { createCluster, type SandboxCluster } from '../../src/sandbox/cluster.ts'
import { createRandom } from '../../src/sandbox/random.ts'
import { found, fresh, noon, record, ref } from './builders.ts'

const settled = turns(30)
const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name)

function fail(): void {
  throw new PortError('unavailable', 'no answer')
}

function cluster(): SandboxCluster {
  return createCluster({ clock: createSteppedClock(noon), random: createRandom('test') })
}

test('a new object gets uid, version, generation and the time of the clock', async () => {
  const made = await cluster().create(fresh('Rollout', 'web', { spec: { replicas: 3 } }))
  expect(made.metadata).toMatchObject({
    name: 'web',
    namespace: 'shop',
    uid: '00000000-0000-4000-8000-000000000001',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2026-11-25T12:00:00Z',
  })
  expect(made.json).toMatchObject({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' })
})

test('what was read cannot be changed', async () => {
  const world = cluster()
  const spec: { replicas: number } = { replicas: 3 }
  const made = await world.create(fresh('Rollout', 'web', { spec }))
  spec.replicas = 4
  expect(Object.isFrozen(made.json['spec'])).toBe(true)
  expect((await world.read(ref('Rollout', 'web')))?.json['spec']).toEqual({ replicas: 3 })
})

test('generateName finds a name', async () => {
  const json = { metadata: { generateName: 'web-' } }
  const made = await cluster().create({ ref: ref('AnalysisRun', ''), json })
  expect(made.metadata.name).toMatch(/^web-[b-z2-9]{5}$/)
})

const merge = (body: Json, subresource?: 'status'): Patch => ({
  type: 'merge',
  body,
  ...(subresource && { subresource }),
})
const json = (...operations: (Patch & { type: 'json' })['operations']): Patch => ({
  type: 'json',
  operations,
})

const stored = { spec: { replicas: 1, list: [1, 2] }, status: { phase: 'Healthy' } }

test.for([
  {
    it: 'bumps the generation for a change of spec',
    kind: 'Rollout',
    patch: merge({ spec: { replicas: 2 } }),
    after: { spec: { replicas: 2 } },
    version: '2',
    generation: 2,
  },
  {
    it: 'keeps the generation for a change of metadata',
    kind: 'Rollout',
    patch: merge({ metadata: { labels: { a: 'b' } } }),
    after: { metadata: { labels: { a: 'b' } } },
    version: '2',
    generation: 1,
  },
  {
    it: 'ignores the status in a write of the object',
    kind: 'Rollout',
    patch: merge({ status: { phase: 'Degraded' } }),
    after: {},
    version: '1',
    generation: 1,
  },
  {
    it: 'ignores the spec and labels in a write of the status',
    kind: 'Rollout',
    patch: merge(
      { spec: { replicas: 9 }, metadata: { labels: { a: 'b' } }, status: { x: 1 } },
      'status',
    ),
    after: { spec: { replicas: 1 }, status: { x: 1 } },
    version: '2',
    generation: 1,
  },
  {
    it: 'counts a change of status where it is a field like any other',
    kind: 'AnalysisRun',
    patch: merge({ status: { phase: 'Failed' } }, 'status'),
    after: { status: { phase: 'Failed' } },
    version: '2',
    generation: 2,
  },
  {
    it: 'writes nothing when nothing changes',
    kind: 'Rollout',
    patch: merge({ spec: { replicas: 1, none: null } }),
    after: {},
    version: '1',
    generation: 1,
  },
  {
    it: 'keeps no generation for a Service',
    kind: 'Service',
    patch: merge({ spec: { selector: { a: 'b' } } }),
    after: { spec: { selector: { a: 'b' } } },
    version: '2',
    generation: 0,
  },
  {
    it: 'applies a JSON patch whose tests hold',
    kind: 'Rollout',
    patch: json(
      { op: 'test', path: '/metadata/resourceVersion', value: '1' },
      { op: 'add', path: '/spec/list/-', value: 3 },
    ),
    after: { spec: { list: [1, 2, 3] } },
    version: '2',
    generation: 2,
  },
  {
    it: 'keeps what the server owns in metadata',
    kind: 'Rollout',
    patch: merge({ metadata: { generation: 7, creationTimestamp: null } }),
    after: { metadata: { creationTimestamp: '2026-11-25T12:00:00Z' } },
    version: '1',
    generation: 1,
  },
] as const)('a patch $it', async ({ kind, patch, after, version, generation }) => {
  const world = cluster()
  await world.create(fresh(kind, 'web', stored))
  const patched = await world.patch(ref(kind, 'web'), patch)
  expect(patched.json).toMatchObject(after)
  expect(patched.metadata).toMatchObject({ resourceVersion: version, generation })
  expect(await world.read(ref(kind, 'web'))).toBe(patched)
})

test.for([
  {
    it: 'a stale version in a merge patch',
    patch: merge({ metadata: { resourceVersion: '0' }, spec: { replicas: 5 } }),
    code: 'conflict',
  },
  {
    it: 'a stale version in a JSON patch',
    patch: json({ op: 'replace', path: '/metadata/resourceVersion', value: '0' }),
    code: 'conflict',
  },
  {
    it: 'a failed test of the version',
    patch: json({ op: 'test', path: '/metadata/resourceVersion', value: '0' }),
    code: 'conflict',
  },
  {
    it: 'a failed test after a change, as a whole',
    patch: json(
      { op: 'replace', path: '/spec/replicas', value: 5 },
      { op: 'test', path: '/spec/list/0', value: 7 },
    ),
    code: 'conflict',
  },
  {
    it: 'a path that leads nowhere',
    patch: json({ op: 'replace', path: '/spec/none/weight', value: 5 }),
    code: 'conflict',
  },
  { it: 'another name', patch: merge({ metadata: { name: 'other' } }), code: 'invalid' },
])('refuses $it', async ({ patch, code }) => {
  const world = cluster()
  const made = await world.create(fresh('Rollout', 'web', stored))
  await expect(world.patch(ref('Rollout', 'web'), patch)).rejects.toMatchObject({ code })
  expect(await world.read(ref('Rollout', 'web'))).toBe(made)
})

test('refuses to create twice, to patch what is not there, and forgives a second delete', async () => {
  const world = cluster()
  await world.create(fresh('Rollout', 'web'))
  await expect(world.create(fresh('Rollout', 'web'))).rejects.toMatchObject({ code: 'exists' })
  await expect(world.patch(ref('Rollout', 'no'), merge({}))).rejects.toMatchObject({
    code: 'not-found',
  })
  await world.delete(ref('Rollout', 'web'))
  await world.delete(ref('Rollout', 'web'))
  expect(await world.read(ref('Rollout', 'web'))).toBeUndefined()
})

test('lists one namespace or all, by name', async () => {
  const world = cluster()
  await world.create(fresh('Pod', 'b'))
  await world.create(fresh('Pod', 'a'))
  await world.create({ ref: ref('Pod', 'c', 'bank'), json: {} })
  expect(names(await world.list('Pod', 'shop'))).toEqual(['a', 'b'])
  expect(names(await world.list('Pod'))).toEqual(['c', 'a', 'b'])
})

test('a watch shows the picture, then synced, then every change in order', async () => {
  const world = cluster()
  await world.create(fresh('Rollout', 'a'))
  await world.create(fresh('Service', 'other'))
  const { told, stop } = record(world, 'Rollout')
  expect(told).toEqual([])
  await world.create(fresh('Rollout', 'b'))
  await world.patch(ref('Rollout', 'a'), merge({ spec: { x: 1 } }))
  await world.patch(ref('Rollout', 'a'), merge({ spec: { x: 1 } }))
  await world.delete(ref('Rollout', 'b'))
  await settled()
  expect(told).toEqual(['set a v1', 'synced', 'set b v3', 'set a v4', 'gone b'])
  stop()
  await world.delete(ref('Rollout', 'a'))
  await settled()
  expect(told).toHaveLength(5)
})

test('what belongs to nobody any more goes with its last owner', async () => {
  const world = cluster()
  const owner = async (name: string) => {
    const { uid } = (await world.create(fresh('ReplicaSet', name))).metadata
    return { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid }
  }
  const [a, b] = [await owner('a'), await owner('b')]
  const pod = await world.create(fresh('Pod', 'only-a', { metadata: { ownerReferences: [a] } }))
  await world.create(fresh('Pod', 'both', { metadata: { ownerReferences: [a, b] } }))
  const grandchild = { apiVersion: 'v1', kind: 'Pod', name: 'only-a', uid: pod.metadata.uid }
  await world.create(fresh('Event', 'deep', { metadata: { ownerReferences: [grandchild] } }))
  const { told } = record(world, 'Pod')
  await world.delete(ref('ReplicaSet', 'a'))
  await settled()
  expect(told.at(-1)).toBe('gone only-a')
  expect(await world.read(ref('Pod', 'both'))).toBeDefined()
  expect(await world.read(ref('Event', 'deep'))).toBeUndefined()
})

test('a hook sees every write and who asked for it', async () => {
  const world = cluster()
  const seen: string[] = []
  world.onWrite({
    after: ({ by, ref: { name }, before, after }) =>
      seen.push(
        `${by}: ${name} ${before?.metadata.resourceVersion} → ${after?.metadata.resourceVersion}`,
      ),
  })
  await world.create(fresh('Rollout', 'web'))
  await world.as('controller').patch(ref('Rollout', 'web'), merge({ spec: { x: 1 } }))
  await world.as('controller').patch(ref('Rollout', 'web'), merge({ spec: { x: 1 } }))
  await world.delete(ref('Rollout', 'web'))
  expect(seen).toEqual([
    'user: web undefined → 1',
    'controller: web 1 → 2',
    'user: web 2 → undefined',
  ])
})

test('a hook makes a write fail before it happens, or after', async () => {
  const world = cluster()
  await world.create(fresh('Rollout', 'web', stored))
  const write = (replicas: number) =>
    world.patch(ref('Rollout', 'web'), merge({ spec: { replicas } }))
  const replicas = async () => found(await world.read(ref('Rollout', 'web'))).json['spec']

  const undo = world.onWrite({ before: fail })
  await expect(write(5)).rejects.toMatchObject({ code: 'unavailable' })
  expect(await replicas()).toMatchObject({ replicas: 1 })
  undo()
  world.onWrite({ after: fail })
  await expect(write(5)).rejects.toMatchObject({ code: 'unavailable' })
  expect(await replicas()).toMatchObject({ replicas: 5 })
})
