/** Whatever is wrong around a Rollout, a bad canary loses its traffic when somebody says so. */
import { expect, test } from 'vitest'
import type { Json } from '../../src/core/json.ts'
import type { Kind } from '../../src/core/object.ts'
import { rolloutSpec, Sandbox, template } from './sandbox.ts'

type Trouble = { readonly it: string; readonly make: (sandbox: Sandbox) => Promise<void> }

const troubles: readonly Trouble[] = [
  { it: 'the canary Service is gone', make: (sandbox) => gone(sandbox, 'Service', 'web-canary') },
  {
    it: 'one of two VirtualServices is gone',
    make: (sandbox) => gone(sandbox, 'VirtualService', 'second'),
  },
  {
    it: 'a route of one VirtualService has another name',
    make: (sandbox) =>
      sandbox.patch('VirtualService', 'second', { spec: { http: [{ name: 'else', route: [] }] } }),
  },
  {
    it: 'somebody added a destination with weight',
    make: (sandbox) =>
      sandbox.patch('VirtualService', 'web', { spec: { http: [route(50, 50, 10)] } }),
  },
  { it: 'the spec has a field that nobody knows', make: (sandbox) => asks(sandbox, { nope: 1 }) },
  {
    it: 'a step makes no sense',
    make: (sandbox) => asks(sandbox, { strategy: { canary: { steps: [{ setWeight: 200 }] } } }),
  },
  {
    it: 'the template makes no sense',
    make: (sandbox) => asks(sandbox, { template: { spec: { containers: [{ name: 'web' }] } } }),
  },
]

test.for(troubles)('an abort is carried out although $it', async ({ make }) => {
  const sandbox = await released()
  await make(sandbox)
  await sandbox.after(1)
  expect(await sandbox.said()).toMatch(/^Degraded InvalidSpec/)
  await sandbox.signal({ abort: true })
  await sandbox.after(1)
  expect((await sandbox.weights()).replace('90/0/10', '100/0')).toBe('100/0')
  expect(await sandbox.said()).toMatch(/^Degraded RolloutAborted: .*; InvalidSpec: /)
  expect(sandbox.errors).toEqual([])
})

test.for(troubles)(
  'a return to the stable template is carried out although $it',
  async ({ it, make }) => {
    if (it.includes('template')) return
    const sandbox = await released()
    await make(sandbox)
    await sandbox.after(1)
    await asks(sandbox, { template: template({ image: 'web:1' }) })
    await sandbox.after(1)
    expect((await sandbox.weights()).replace('90/0/10', '100/0')).toBe('100/0')
    expect(await sandbox.said()).toMatch(/^Degraded InvalidSpec/)
  },
)

test('no traffic is sent to a stable Service that is gone; the abort waits for it', async () => {
  const sandbox = await released()
  await gone(sandbox, 'Service', 'web-stable')
  await sandbox.signal({ abort: true })
  await sandbox.after(5)
  expect(await sandbox.weights()).toBe('50/50')
  expect(await sandbox.said()).toMatch(/^Degraded RolloutAborted: .*; InvalidSpec: .*'web-stable'/)
  await sandbox.create('Service', 'web-stable', { selector: { app: 'web' }, ports: [{ port: 80 }] })
  await sandbox.after(1)
  expect(await sandbox.weights()).toBe('100/0')
})

test('trouble that is over leaves no trace, and the release goes on', async () => {
  const sandbox = await released()
  await asks(sandbox, { nope: 1 })
  await sandbox.after(1)
  await asks(sandbox, { nope: null })
  await sandbox.after(1)
  expect(await sandbox.said()).toBe('Paused CanaryPauseStep')
  expect(await sandbox.weights()).toBe('50/50')
})

test('nothing is made of a spec that is not understood', async () => {
  const sandbox = await released()
  await asks(sandbox, { nope: 1, template: template({ image: 'web:3' }) })
  await sandbox.signal({ abort: true })
  await sandbox.after(5)
  const sets = (await sandbox.world.cluster.list('ReplicaSet')).map(({ metadata }) => metadata.name)
  expect(sets).toHaveLength(2)
  expect(await sandbox.weights()).toBe('100/0')
})

/** Half of the traffic goes to web:2, through two VirtualServices. */
async function released(): Promise<Sandbox> {
  const sandbox = await (await new Sandbox().start()).furnish()
  await sandbox.create('VirtualService', 'second', { hosts: ['web'], http: [route(100, 0)] })
  const spec = rolloutSpec([{ setWeight: 50 }, { pause: {} }])
  await sandbox.create('Rollout', 'web', spec)
  const istio = {
    virtualService: null,
    virtualServices: [{ name: 'web', routes: ['primary'] }, { name: 'second' }],
  }
  await asks(sandbox, { strategy: { canary: { trafficRouting: { istio } } } })
  await sandbox.after(1)
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  expect(await sandbox.weights()).toBe('50/50')
  expect(await sandbox.weights('second')).toBe('50/50')
  return sandbox
}

function route(stable: number, canary: number, other?: number): Json {
  const hosts = [
    ['web-stable', stable],
    ['web-canary', canary],
    ...(other === undefined ? [] : [['other', other] as const]),
  ] as const
  return {
    name: 'primary',
    route: hosts.map(([host, weight]) => ({ destination: { host }, weight })),
  }
}

function asks(sandbox: Sandbox, spec: Json): Promise<void> {
  return sandbox.patch('Rollout', 'web', { spec })
}

async function gone(sandbox: Sandbox, kind: Kind, name: string): Promise<void> {
  await sandbox.world.cluster.delete({ kind, namespace: 'shop', name })
}
