import { expect, test } from 'vitest'
import { numberAt, textAt } from '../../src/core/json.ts'
import { PortError } from '../../src/ports.ts'
import { rolloutSpec, Sandbox } from './sandbox.ts'

const steps = [{ setWeight: 50 }, { pause: {} }]

test('every pod is made anew, one of four at a time', async () => {
  const sandbox = await released()
  const [before, fewest] = [await pods(sandbox), fewestAvailable(sandbox)]
  await restart(sandbox)
  await sandbox.after(0.1)
  expect(await sandbox.said()).toBe('Progressing rollout is restarting')
  await sandbox.after(2)
  expect(await sandbox.said()).toBe('Healthy')
  const after = await pods(sandbox)
  expect(after).toHaveLength(4)
  expect(after.filter((name) => before.includes(name))).toEqual([])
  expect(fewest()).toBe(3)
  expect(await restarted(sandbox)).toBe(true)
})

test('a budget that allows nothing holds the restart, and everything else goes on', async () => {
  const sandbox = await released()
  const before = await pods(sandbox)
  await budget(sandbox, { maxUnavailable: 0 })
  await restart(sandbox)
  await sandbox.after(5)
  expect(await sandbox.said()).toBe('Progressing rollout is restarting')
  expect(await pods(sandbox)).toEqual(before)
  expect(await restarted(sandbox)).toBe(false)
  const ref = { kind: 'PodDisruptionBudget', namespace: 'shop', name: 'web' } as const
  await sandbox.world.cluster.patch(ref, { type: 'merge', body: { spec: { maxUnavailable: 1 } } })
  await sandbox.after(2)
  expect(await sandbox.said()).toBe('Healthy')
  expect((await pods(sandbox)).filter((name) => before.includes(name))).toEqual([])
})

test('in the middle of a release both sides are made anew, and the weights stay', async () => {
  const sandbox = await released()
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  const before = await pods(sandbox)
  await restart(sandbox)
  await sandbox.after(5)
  expect(await sandbox.said()).toBe('Paused CanaryPauseStep')
  expect(await sandbox.weights()).toBe('50/50')
  const after = await pods(sandbox)
  expect(after).toHaveLength(6)
  expect(after.filter((name) => before.includes(name))).toEqual([])
  expect(await restarted(sandbox)).toBe(true)
})

test('a restart at a later time waits for it', async () => {
  const sandbox = await released()
  const before = await pods(sandbox)
  await restart(sandbox, 10)
  await sandbox.after(9)
  expect(await pods(sandbox)).toEqual(before)
  await sandbox.after(4)
  expect((await pods(sandbox)).filter((name) => before.includes(name))).toEqual([])
  expect(await sandbox.said()).toBe('Healthy')
})

test('evictions that are forbidden never stand in the way back', async () => {
  const sandbox = await released()
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  await restart(sandbox)
  sandbox.world.cluster.onWrite({
    before: ({ verb }) => {
      if (verb === 'evict') throw new PortError('forbidden', 'as the test wants it')
    },
  })
  await sandbox.after(1)
  const ref = { kind: 'Rollout', namespace: 'shop', name: 'web' } as const
  const body = { status: { abort: true } }
  await sandbox.world.cluster.patch(ref, { type: 'merge', subresource: 'status', body })
  await sandbox.after(1)
  expect(await sandbox.weights()).toBe('100/0')
  expect(await sandbox.said()).toMatch(/^Degraded RolloutAborted/)
})

async function released(): Promise<Sandbox> {
  const sandbox = await (await new Sandbox().start()).furnish()
  await sandbox.create('Rollout', 'web', rolloutSpec(steps))
  await sandbox.after(1)
  expect(await sandbox.said()).toBe('Healthy')
  return sandbox
}

/** As `kubectl argo rollouts restart` does it. */
async function restart(sandbox: Sandbox, inMinutes = 0): Promise<void> {
  const { clock } = sandbox.world
  const at = new Date(clock.now() + inMinutes * 60_000)
  const restartAt = at.toISOString().replace(/\.\d+Z$/, 'Z')
  await sandbox.patch('Rollout', 'web', { spec: { restartAt } })
}

async function restarted(sandbox: Sandbox): Promise<boolean> {
  const rollout = await sandbox.read('Rollout', 'web')
  return textAt(rollout, 'status', 'restartedAt') === textAt(rollout, 'spec', 'restartAt')
}

async function budget(sandbox: Sandbox, limit: { readonly maxUnavailable: number }): Promise<void> {
  const ref = { kind: 'PodDisruptionBudget', namespace: 'shop', name: 'web' } as const
  const spec = { ...limit, selector: { matchLabels: { app: 'web' } } }
  const metadata = { namespace: 'shop', name: 'web' }
  await sandbox.world.cluster.create({
    ref,
    json: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec },
  })
}

async function pods(sandbox: Sandbox): Promise<readonly string[]> {
  return (await sandbox.world.cluster.list('Pod', 'shop')).map(({ metadata }) => metadata.name)
}

/** Of all ReplicaSets together, from now on. */
function fewestAvailable(sandbox: Sandbox): () => number {
  let fewest = Infinity
  sandbox.world.cluster.onWrite({
    after: ({ ref, after }) => {
      if (ref.kind !== 'ReplicaSet' || after === undefined) return
      fewest = Math.min(fewest, numberAt(after.json, 'status', 'availableReplicas') ?? 0)
    },
  })
  return () => fewest
}
