/** Others at our weights: told, set right a few times, then the release pauses; and nothing loops. */
import { expect, test } from 'vitest'
import { textAt } from '../../src/core/json.ts'
import { PortError } from '../../src/ports.ts'
import { rolloutSpec, Sandbox } from './sandbox.ts'

const virtualService = { kind: 'VirtualService', namespace: 'shop', name: 'web' } as const

test('a foreign weight is set right, and an event says whose it was', async () => {
  const sandbox = await halfWay()
  await sets(sandbox, 10, 90)
  await sandbox.after(1)
  expect(await sandbox.weights()).toBe('50/50')
  expect(await sandbox.said()).toBe('Paused CanaryPauseStep')
  expect(await drifts(sandbox)).toEqual([
    "'argocd' changed the traffic: the canary had 90 %, set back to 50 % (time 1); keep it from writing weights while a release is under way",
  ])
})

test('an edit that leaves the weights alone is no drift', async () => {
  const sandbox = await halfWay()
  await sandbox.world.cluster
    .as('kubectl')
    .patch(virtualService, { type: 'merge', body: { spec: { hosts: ['other.example.com'] } } })
  await sandbox.after(5)
  expect(await drifts(sandbox)).toEqual([])
})

test('somebody who keeps changing it makes the release pause after three times; a person goes on', async () => {
  const sandbox = await halfWay()
  const stop = await fights(sandbox)
  await sandbox.after(10)
  expect(await sandbox.said()).toMatch(/^Paused/)
  expect(await pauses(sandbox)).toContain('TrafficWeightDrift')
  expect(await sandbox.weights()).toBe('100/0')
  expect(await drifts(sandbox)).toHaveLength(3)
  const before = sandbox.written
  await sandbox.after(60)
  expect(sandbox.written).toBe(before)
  stop()
  await sandbox.signal({ pauseConditions: null })
  await sandbox.after(3)
  expect(await sandbox.said()).toBe('Healthy')
})

test('an abort is carried out against somebody who gives the canary everything, without a hot loop', async () => {
  const sandbox = await halfWay()
  await sandbox.signal({ abort: true })
  await sandbox.after(1)
  let tries = 0
  sandbox.world.cluster.onWrite({
    after: ({ ref, by }) => {
      if (ref.kind === 'VirtualService' && by === 'haldane') tries += 1
    },
  })
  const stop = await fights(sandbox, 0, 100)
  await sandbox.after(5)
  expect(tries).toBeGreaterThan(10)
  expect(tries).toBeLessThan(15)
  stop()
  await sandbox.after(1)
  expect(await sandbox.weights()).toBe('100/0')
})

test('a VirtualService that is deleted and made again in the middle gets its weight again', async () => {
  const sandbox = await halfWay()
  const spec = (await sandbox.read('VirtualService', 'web'))?.['spec']
  await sandbox.world.cluster.delete(virtualService)
  await sandbox.after(1)
  expect(await sandbox.said()).toMatch(
    /^Degraded InvalidSpec: .*VirtualService 'web' does not exist/,
  )
  await sandbox.create('VirtualService', 'web', { ...Object(spec) })
  await sets(sandbox, 100, 0)
  await sandbox.after(1)
  expect(await sandbox.weights()).toBe('50/50')
  expect(await sandbox.said()).toBe('Paused CanaryPauseStep')
})

test('a conflict on every write of a VirtualService for a minute: no wrong weight, no hot loop, and it goes on', async () => {
  const sandbox = await halfWay()
  await sandbox.signal({ pauseConditions: null })
  let tries = 0
  const stop = sandbox.world.cluster.onWrite({
    before: ({ ref, by }) => {
      if (ref.kind !== 'VirtualService' || by !== 'haldane') return
      tries += 1
      throw new PortError('conflict', 'somebody else was there')
    },
  })
  await sandbox.after(1)
  expect(await sandbox.weights()).toBe('50/50')
  expect(tries).toBeGreaterThan(1)
  expect(tries).toBeLessThan(30)
  stop()
  await sandbox.after(3)
  expect(await sandbox.said()).toBe('Healthy')
})

test('of two Rollouts on one route the older one drives it, the other says so and writes nothing', async () => {
  const sandbox = await halfWay()
  const spec = rolloutSpec([{ setWeight: 10 }, { pause: {} }], 'late')
  for (const name of ['late-stable', 'late-canary'])
    await sandbox.create('Service', name, { selector: { app: 'late' }, ports: [{ port: 80 }] })
  const route = [
    ['web-stable', 50],
    ['web-canary', 50],
    ['late-stable', 0],
    ['late-canary', 0],
  ] as const
  const http = [
    {
      name: 'primary',
      route: route.map(([host, weight]) => ({ destination: { host }, weight })),
    },
  ]
  await sandbox.patch('VirtualService', 'web', { spec: { http } })
  const istio = { virtualService: { name: 'web', routes: ['primary'] } }
  const canary = { ...Object(spec['strategy']).canary, trafficRouting: { istio } }
  await sandbox.create('Rollout', 'late', { ...spec, strategy: { canary } })
  await sandbox.after(2)
  expect(await sandbox.said('late')).toMatch(
    /^Degraded InvalidSpec: .*VirtualService 'web' spec.http\[0\] is driven by the older Rollout 'web' already; give each Rollout routes of its own/,
  )
  expect(await sandbox.weights()).toBe('50/50/0/0')
  expect(await sandbox.said()).toBe('Paused CanaryPauseStep')
})

async function halfWay(): Promise<Sandbox> {
  const sandbox = await (await new Sandbox().start()).furnish()
  await sandbox.create('Rollout', 'web', rolloutSpec([{ setWeight: 50 }, { pause: {} }]))
  await sandbox.after(1)
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  expect(await sandbox.weights()).toBe('50/50')
  return sandbox
}

async function sets(sandbox: Sandbox, stable: number, canary: number): Promise<void> {
  const route = [
    { destination: { host: 'web-stable' }, weight: stable },
    { destination: { host: 'web-canary' }, weight: canary },
  ]
  const body = { spec: { http: [{ name: 'primary', route }] } }
  await sandbox.world.cluster.as('argocd').patch(virtualService, { type: 'merge', body })
}

/** Puts its weights back after each write of ours, a moment later. */
async function fights(sandbox: Sandbox, stable = 100, canary = 0): Promise<() => void> {
  const stop = sandbox.world.cluster.onWrite({
    after: ({ ref, by }) => {
      if (ref.kind === 'VirtualService' && by === 'haldane') void sets(sandbox, stable, canary)
    },
  })
  await sets(sandbox, stable, canary)
  return stop
}

async function drifts(sandbox: Sandbox): Promise<readonly (string | undefined)[]> {
  const events = await sandbox.world.cluster.list('Event')
  return events
    .filter(({ json }) => textAt(json, 'reason') === 'TrafficWeightDrift')
    .map(({ json }) => textAt(json, 'message'))
}

async function pauses(sandbox: Sandbox): Promise<string> {
  return JSON.stringify(Object((await sandbox.read('Rollout', 'web'))?.['status']).pauseConditions)
}
