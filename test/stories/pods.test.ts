import { expect, test } from 'vitest'
import { type JsonObject, listAt, objectAt, textAt } from '../../src/core/json.ts'
import { PortError } from '../../src/ports.ts'
import { rolloutSpec, Sandbox } from './sandbox.ts'

const steps = [{ setWeight: 50 }, { pause: {} }]
const roles = {
  canaryMetadata: { labels: { role: 'canary' }, annotations: { watch: 'closely' } },
  stableMetadata: { labels: { role: 'stable' } },
}
const apart = { antiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } }

test('pods say what they are: canary while they are tried, stable from the promotion on', async () => {
  const sandbox = await released(roles)
  expect(await pods(sandbox)).toEqual({ '1': 'stable stable stable stable' })
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  expect(await pods(sandbox)).toEqual({
    '1': 'stable stable stable stable',
    '2': 'canary/closely canary/closely',
  })
  const before = await names(sandbox)
  await resume(sandbox)
  await sandbox.after(0.3)
  expect(await pods(sandbox)).toEqual({ '1': '- - - -', '2': 'stable stable stable stable' })
  expect(await names(sandbox)).toEqual(expect.arrayContaining([...before]))
  await sandbox.after(2)
  expect(await pods(sandbox)).toEqual({ '2': 'stable stable stable stable' })
  expect(await sandbox.said()).toBe('Healthy')
})

test('neither makes another revision of a template, and nothing is left behind when they go', async () => {
  const sandbox = await released({ ...roles, ...apart })
  const revisions = await hashes(sandbox)
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  await sandbox.push({ image: 'web:1' })
  await sandbox.after(2)
  expect(await hashes(sandbox)).toEqual(expect.arrayContaining([...revisions]))
  expect(await hashes(sandbox)).toHaveLength(2)
  await sandbox.patch('Rollout', 'web', {
    spec: { strategy: { canary: { canaryMetadata: null, stableMetadata: null } } },
  })
  await sandbox.after(1)
  expect(await pods(sandbox)).toEqual({ '3': '- - - -' })
  const annotations = (await replicaSets(sandbox)).flatMap(({ metadata }) =>
    Object.keys(metadata.annotations).filter((key) => /metadata/.test(key)),
  )
  expect(annotations).toEqual([])
})

test('a canary keeps away from the stable pods, until it is stable itself', async () => {
  const sandbox = await released(apart)
  const [stable] = await hashes(sandbox)
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  expect(await rules(sandbox)).toEqual({ '1': [], '2': [stable] })
  await resume(sandbox)
  await sandbox.after(1)
  expect(await rules(sandbox)).toEqual({ '1': [], '2': [] })
})

test.for([1, 3, 5, 7, 9, 11, 13, 15])(
  'write %i to a ReplicaSet or pod is refused, and all pods are right all the same',
  async (nth) => {
    const sandbox = await released(roles)
    await sandbox.push({ image: 'web:2' })
    await sandbox.after(1)
    let writes = 0
    sandbox.world.cluster.onWrite({
      before: ({ by, ref }) => {
        if (by !== 'haldane' || !['ReplicaSet', 'Pod'].includes(ref.kind)) return
        writes += 1
        if (writes === nth) throw new PortError('unavailable', 'as the test wants it')
      },
    })
    await resume(sandbox)
    await sandbox.after(0.4)
    expect(await pods(sandbox)).toEqual({ '1': '- - - -', '2': 'stable stable stable stable' })
    expect(writes).toBeGreaterThan(10)
  },
)

async function released(canary: JsonObject): Promise<Sandbox> {
  const sandbox = await (await new Sandbox().start()).furnish()
  const spec = rolloutSpec(steps)
  const strategy = { canary: { ...objectAt(spec, 'strategy', 'canary'), ...canary } }
  await sandbox.create('Rollout', 'web', { ...spec, strategy })
  await sandbox.after(1)
  return sandbox
}

function resume(sandbox: Sandbox): Promise<unknown> {
  const ref = { kind: 'Rollout', namespace: 'shop', name: 'web' } as const
  const body = { status: { pauseConditions: null } }
  return sandbox.world.cluster.patch(ref, { type: 'merge', subresource: 'status', body })
}

function replicaSets(sandbox: Sandbox): ReturnType<Sandbox['world']['cluster']['list']> {
  return sandbox.world.cluster.list('ReplicaSet', 'shop')
}

async function hashes(sandbox: Sandbox): Promise<readonly string[]> {
  const all = await replicaSets(sandbox)
  return all.map(({ metadata }) => metadata.labels['rollouts-pod-template-hash'] ?? '')
}

/** Revision → what each of its pods says that it is. */
async function pods(sandbox: Sandbox): Promise<Readonly<Record<string, string>>> {
  const all = await sandbox.world.cluster.list('Pod', 'shop')
  const revisions = (await replicaSets(sandbox)).map(({ metadata }) => {
    const mine = all.filter((pod) => pod.metadata.ownerReferences[0]?.uid === metadata.uid)
    const words = mine.map(({ metadata: { labels, annotations } }) =>
      [labels['role'] ?? '-', annotations['watch']].filter(Boolean).join('/'),
    )
    return [metadata.annotations['rollout.argoproj.io/revision'], words.join(' ')] as const
  })
  return Object.fromEntries(revisions.filter(([, words]) => words !== ''))
}

async function names(sandbox: Sandbox): Promise<readonly string[]> {
  return (await sandbox.world.cluster.list('Pod', 'shop')).map(({ metadata }) => metadata.name)
}

/** Revision → hashes that its pods keep away from. */
async function rules(sandbox: Sandbox): Promise<Readonly<Record<string, readonly string[]>>> {
  const path = ['spec', 'template', 'spec', 'affinity', 'podAntiAffinity'] as const
  const revisions = (await replicaSets(sandbox)).map(({ metadata, json }) => {
    const terms = listAt(json, ...path, 'requiredDuringSchedulingIgnoredDuringExecution')
    const away = terms.map(
      (term) => textAt(term, 'labelSelector', 'matchExpressions', 0, 'values', 0) ?? '',
    )
    return [metadata.annotations['rollout.argoproj.io/revision'], away] as const
  })
  return Object.fromEntries(revisions)
}
