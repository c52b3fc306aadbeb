import { beforeEach, expect, test } from 'vitest'
import { seconds } from '../../src/core/units.ts'
import { PortError } from '../../src/ports.ts'
import { createSteppedClock, type SteppedClock, untilQuiet } from '../../src/sandbox/clock.ts'
import { createCluster, type SandboxCluster } from '../../src/sandbox/cluster.ts'
import { isReady } from '../../src/sandbox/pods.ts'
import { createRandom } from '../../src/sandbox/random.ts'
import { startWorkloads } from '../../src/sandbox/workloads.ts'
import { noon, ref, replicaSet } from './builders.ts'

let clock: SteppedClock
let cluster: SandboxCluster

beforeEach(() => {
  clock = createSteppedClock(noon, () => untilQuiet(() => cluster.activity())())
  cluster = createCluster({ clock, random: createRandom('test') })
  startWorkloads({
    clock,
    controllerManager: cluster.as('kube-controller-manager'),
    kubelet: cluster.as('kubelet'),
    startDelay: seconds(3),
  })
})

/** `2 pods, 1 ready; status {…}`. */
async function look(name: string): Promise<string> {
  const pods = await cluster.list('Pod')
  const own = pods.filter(({ metadata }) => metadata.name.startsWith(name))
  const status = JSON.stringify((await cluster.read(ref('ReplicaSet', name)))?.json['status'])
  return `${own.length} pods, ${own.filter(isReady).length} ready; ${status}`
}

async function scale(name: string, replicas: number): Promise<void> {
  await cluster.patch(ref('ReplicaSet', name), { type: 'merge', body: { spec: { replicas } } })
}

test('a ReplicaSet grows its pods, which start after the delay', async () => {
  await cluster.create(replicaSet('web-1'))
  await clock.advance(seconds(2))
  expect(await look('web-1')).toMatchInlineSnapshot(
    `"2 pods, 0 ready; {"replicas":2,"observedGeneration":1,"fullyLabeledReplicas":2}"`,
  )
  await clock.advance(seconds(1))
  expect(await look('web-1')).toMatchInlineSnapshot(
    `"2 pods, 2 ready; {"replicas":2,"observedGeneration":1,"fullyLabeledReplicas":2,"readyReplicas":2,"availableReplicas":2}"`,
  )
})

test('a pod has the labels of the template, an owner and an address', async () => {
  await cluster.create(replicaSet('web-1', { replicas: 1 }))
  await clock.advance(seconds(3))
  const [pod] = await cluster.list('Pod')
  expect(pod?.metadata.name).toMatch(/^web-1-[b-z2-9]{5}$/)
  expect(pod?.metadata.labels).toEqual({ app: 'reviews', 'rollouts-pod-template-hash': '1' })
  expect(pod?.metadata.ownerReferences).toMatchObject([
    { kind: 'ReplicaSet', name: 'web-1', controller: true },
  ])
  expect(pod?.json['status']).toMatchObject({ phase: 'Running', podIP: '10.244.1.2' })
  expect(pod?.json['spec']).toMatchObject({ containers: [{ image: 'reviews:1' }] })
})

test('the newest pods leave first', async () => {
  await cluster.create(replicaSet('web-1'))
  await clock.advance(seconds(5))
  const old = (await cluster.list('Pod')).map(({ metadata }) => metadata.name)
  await scale('web-1', 4)
  await clock.advance(seconds(5))
  expect(await look('web-1')).toMatchInlineSnapshot(
    `"4 pods, 4 ready; {"replicas":4,"observedGeneration":2,"fullyLabeledReplicas":4,"readyReplicas":4,"availableReplicas":4}"`,
  )
  await scale('web-1', 2)
  await clock.advance(seconds(1))
  expect((await cluster.list('Pod')).map(({ metadata }) => metadata.name)).toEqual(old)
  await scale('web-1', 0)
  await clock.advance(seconds(1))
  expect(await look('web-1')).toMatchInlineSnapshot(
    `"0 pods, 0 ready; {"replicas":0,"observedGeneration":4}"`,
  )
})

test('a deleted pod is replaced, a deleted ReplicaSet takes its pods along', async () => {
  await cluster.create(replicaSet('web-1'))
  await clock.advance(seconds(5))
  const [pod] = await cluster.list('Pod')
  await cluster.delete(ref('Pod', pod?.metadata.name ?? ''))
  await clock.advance(seconds(1))
  expect(await look('web-1')).toContain('2 pods, 1 ready')
  await cluster.delete(ref('ReplicaSet', 'web-1'))
  await clock.advance(seconds(10))
  expect(await cluster.list('Pod')).toEqual([])
})

test('annotations delay a start, or keep it from ever being ready', async () => {
  const slow = { 'sandbox.haldane.dev/start-delay': '20s' }
  const never = { 'sandbox.haldane.dev/never-ready': 'true' }
  await cluster.create(replicaSet('slow-1', { annotations: slow }))
  await cluster.create(replicaSet('never-1', { annotations: never }))
  await clock.advance(seconds(19))
  expect(await look('slow-1')).toContain('2 pods, 0 ready')
  await clock.advance(seconds(1))
  expect(await look('slow-1')).toContain('2 pods, 2 ready')
  expect(await look('never-1')).toMatchInlineSnapshot(
    `"2 pods, 0 ready; {"replicas":2,"observedGeneration":1,"fullyLabeledReplicas":2}"`,
  )
})

test('a ready pod is available after minReadySeconds', async () => {
  await cluster.create(replicaSet('web-1', { minReadySeconds: 10 }))
  await clock.advance(seconds(12))
  expect(await look('web-1')).not.toContain('available')
  await clock.advance(seconds(1))
  expect(await look('web-1')).toContain('"availableReplicas":2')
})

test('a write that fails is made good', async () => {
  let failures = 6
  cluster.onWrite({
    before: ({ by }) => {
      if (by === 'user' || failures === 0) return
      failures -= 1
      throw new PortError('unavailable', 'no answer')
    },
  })
  await cluster.create(replicaSet('web-1'))
  await clock.advance(seconds(20))
  expect(failures).toBe(0)
  expect(await look('web-1')).toContain('2 pods, 2 ready')
})
