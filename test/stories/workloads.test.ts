import { expect, test } from 'vitest'
import { type JsonObject, numberAt, textAt } from '../../src/core/json.ts'
import { rolloutSpec, Sandbox, template } from './sandbox.ts'

const steps = [{ setWeight: 50 }, { pause: {} }]
const generation = 'rollout.argoproj.io/workload-generation'

test('the template of a Deployment is released like one that is written in the Rollout', async () => {
  const sandbox = await furnished()
  await deploy(sandbox)
  await refer(sandbox, {})
  await sandbox.after(1)
  expect(await sandbox.said()).toBe('Healthy')
  const [one] = await replicaSets(sandbox)
  const made = await sandbox.read('ReplicaSet', one ?? '')
  expect(textAt(made, 'metadata', 'annotations', generation)).toBe('1')
  await sandbox.patch('Deployment', 'web', { spec: { template: template({ image: 'web:2' }) } })
  await sandbox.after(1)
  expect(await sandbox.said()).toBe('Paused CanaryPauseStep')
  expect(await sandbox.weights()).toBe('50/50')
  expect(await observed(sandbox)).toEqual(['2', '2'])
  const sameHash = await (await new Sandbox().start()).furnish()
  await sameHash.create('Rollout', 'web', rolloutSpec(steps))
  await sameHash.after(1)
  expect(await replicaSets(sameHash)).toEqual([one])
})

test('a workload that is missing is named, and the Rollout goes on when it comes', async () => {
  const sandbox = await furnished()
  await refer(sandbox, {})
  await sandbox.after(1)
  expect(await sandbox.said()).toMatchInlineSnapshot(
    `"Degraded InvalidSpec: The Rollout "web" is invalid: spec.workloadRef.name: Deployment 'web' does not exist in namespace 'shop'; create it or change the name"`,
  )
  await deploy(sandbox)
  await sandbox.after(0.2)
  expect(await sandbox.said()).toBe('Healthy')
  await sandbox.world.cluster.delete({ kind: 'Deployment', namespace: 'shop', name: 'web' })
  await sandbox.after(1)
  expect(await sandbox.said()).toMatch(/^Degraded InvalidSpec: .*does not exist/)
  expect(await sandbox.world.cluster.list('Pod', 'shop')).toHaveLength(4)
})

test('a workload that is gone in the middle of a release never stands in the way back', async () => {
  const sandbox = await furnished()
  await deploy(sandbox)
  await refer(sandbox, {})
  await sandbox.after(1)
  await sandbox.patch('Deployment', 'web', { spec: { template: template({ image: 'web:2' }) } })
  await sandbox.after(1)
  await sandbox.world.cluster.delete({ kind: 'Deployment', namespace: 'shop', name: 'web' })
  await sandbox.after(1)
  expect(await sandbox.said()).toMatch(/^Degraded InvalidSpec: .*does not exist/)
  expect(await sandbox.weights()).toBe('50/50')
  const ref = { kind: 'Rollout', namespace: 'shop', name: 'web' } as const
  const body = { status: { abort: true } }
  await sandbox.world.cluster.patch(ref, { type: 'merge', subresource: 'status', body })
  await sandbox.after(1)
  expect(await sandbox.said()).toMatch(/^Degraded RolloutAborted/)
  expect(await sandbox.weights()).toBe('100/0')
  expect(await observed(sandbox)).toEqual(['2', '2'])
})

test('a template that moves into the Rollout makes no new revision', async () => {
  const sandbox = await furnished()
  await deploy(sandbox)
  await refer(sandbox, {})
  await sandbox.after(1)
  const before = await replicaSets(sandbox)
  const own = { selector: { matchLabels: { app: 'web' } }, template: template({ image: 'web:1' }) }
  await sandbox.patch('Rollout', 'web', { spec: { workloadRef: null, ...own } })
  await sandbox.after(1)
  expect(await sandbox.said()).toBe('Healthy')
  expect(await replicaSets(sandbox)).toEqual(before)
  expect(await observed(sandbox)).toEqual([undefined, undefined])
})

test.for([
  { scaleDown: 'never', ends: 4 },
  { scaleDown: 'onsuccess', ends: 0 },
  { scaleDown: 'progressively', ends: 0 },
])('$scaleDown: together never fewer pods than the Deployment had', async ({ scaleDown, ends }) => {
  const sandbox = await furnished()
  await deploy(sandbox)
  const had: number[] = []
  sandbox.world.cluster.onWrite({
    after: ({ ref, after }) => {
      if (ref.kind === 'Deployment') had.push(numberAt(after?.json, 'spec', 'replicas') ?? -1)
    },
  })
  await refer(sandbox, { scaleDown })
  await sandbox.after(2)
  expect(await sandbox.said()).toBe('Healthy')
  expect(had.at(-1) ?? 4).toBe(ends)
  expect(had).toEqual(had.toSorted((a, b) => b - a))
})

test('pods of the Rollout that never come up leave the Deployment alone', async () => {
  const sandbox = await furnished()
  await deploy(sandbox, { 'sandbox.haldane.dev/never-ready': 'true' })
  await refer(sandbox, { scaleDown: 'progressively' })
  await sandbox.after(15)
  expect(await sandbox.said()).toMatch(/^Degraded ProgressDeadlineExceeded/)
  const deployment = await sandbox.read('Deployment', 'web')
  expect(numberAt(deployment, 'spec', 'replicas')).toBe(4)
})

async function furnished(): Promise<Sandbox> {
  return (await new Sandbox().start()).furnish()
}

async function deploy(sandbox: Sandbox, annotations: JsonObject = {}): Promise<void> {
  const { metadata, spec } = template({ image: 'web:1' })
  const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const
  const pods = {
    metadata: {
      ...Object(metadata),
      annotations: { ...Object(metadata).annotations, ...annotations },
    },
    spec,
  }
  const json = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'shop', name: 'web' },
    spec: { replicas: 4, selector: { matchLabels: { app: 'web' } }, template: pods },
  }
  await sandbox.world.cluster.create({ ref, json })
}

async function refer(sandbox: Sandbox, mode: JsonObject): Promise<void> {
  const { selector: _, template: __, ...spec } = rolloutSpec(steps)
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', ...mode }
  await sandbox.create('Rollout', 'web', { ...spec, workloadRef })
}

async function replicaSets(sandbox: Sandbox): Promise<readonly string[]> {
  const all = await sandbox.world.cluster.list('ReplicaSet', 'shop')
  return all.map(({ metadata }) => metadata.name)
}

/** The generation that the Rollout is about, and the one that its status has seen. */
async function observed(sandbox: Sandbox): Promise<readonly (string | undefined)[]> {
  const rollout = await sandbox.read('Rollout', 'web')
  return [
    textAt(rollout, 'metadata', 'annotations', generation),
    textAt(rollout, 'status', 'workloadObservedGeneration'),
  ]
}
