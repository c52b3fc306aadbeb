import { expect, test } from 'vitest'
import { rolloutSpec, Sandbox } from './sandbox.ts'

const judged = { 'haldane.dev/judge': 'default' }

test('a Service that is missing is named with the path and the remedy, and the Rollout goes on when it comes', async () => {
  const sandbox = await new Sandbox().start()
  await sandbox.create('Rollout', 'web', rolloutSpec([{ setWeight: 50 }]))
  await sandbox.after(1)
  expect(await sandbox.said()).toMatchInlineSnapshot(
    `"Degraded InvalidSpec: The Rollout "web" is invalid: spec.strategy.canary.stableService: Service 'web-stable' does not exist in namespace 'shop'; create it or change the name; spec.strategy.canary.canaryService: Service 'web-canary' does not exist in namespace 'shop'; create it or change the name; spec.strategy.canary.trafficRouting.istio.virtualService.name: VirtualService 'web' does not exist in namespace 'shop'; create it or change the name"`,
  )
  await sandbox.furnish()
  await sandbox.after(1)
  expect(await sandbox.said()).toBe('Healthy')
})

test('a field that nobody knows is named with what was probably meant', async () => {
  const sandbox = await (await new Sandbox().start()).furnish()
  await sandbox.create('Rollout', 'web', {
    ...rolloutSpec([{ setWeight: 50 }]),
    progresDeadlineSeconds: 60,
  })
  await sandbox.after(1)
  expect(await sandbox.said()).toMatchInlineSnapshot(
    `"Degraded InvalidSpec: The Rollout "web" is invalid: spec.progresDeadlineSeconds: is not a field of a Rollout; did you mean progressDeadlineSeconds?"`,
  )
  expect(await sandbox.weights()).toBe('100/0')
  await sandbox.patch('Rollout', 'web', { spec: { progresDeadlineSeconds: null } })
  await sandbox.after(1)
  expect(await sandbox.said()).toBe('Healthy')
})

test('a field of Argo that is not served yet is refused by name, never ignored', async () => {
  const sandbox = await (await new Sandbox().start()).furnish()
  await sandbox.create('Rollout', 'web', rolloutSpec([{ plugin: { name: 'x' } }]))
  await sandbox.after(1)
  expect(await sandbox.said()).toMatchInlineSnapshot(
    `"Degraded InvalidSpec: The Rollout "web" is invalid: spec.strategy.canary.steps[0].plugin: is Argo's, but not served by this version of Haldane; remove it or keep this Rollout with Argo's controller"`,
  )
})

test('a route that does not exist and a weight that is not ours: no write to traffic', async () => {
  const sandbox = await (await new Sandbox().start()).furnish()
  const http = [
    {
      name: 'main',
      route: [
        { destination: { host: 'web-stable' }, weight: 80 },
        { destination: { host: 'web-canary' }, weight: 0 },
        { destination: { host: 'other' }, weight: 20 },
      ],
    },
  ]
  await sandbox.patch('VirtualService', 'web', { spec: { http } })
  await sandbox.create('Rollout', 'web', rolloutSpec([{ setWeight: 50 }]))
  await sandbox.after(1)
  expect(await sandbox.said()).toMatchInlineSnapshot(
    `"Degraded InvalidSpec: The Rollout "web" is invalid: spec.strategy.canary.trafficRouting.istio.virtualService: VirtualService 'web' spec.http has no route named 'primary' (routes: main); name it there or change virtualService.routes"`,
  )
  await sandbox.patch('VirtualService', 'web', {
    spec: { http: [{ ...http[0], name: 'primary' }] },
  })
  await sandbox.after(1)
  expect(await sandbox.said()).toMatchInlineSnapshot(
    `"Degraded InvalidSpec: The Rollout "web" is invalid: spec.strategy.canary.trafficRouting.istio.virtualService: VirtualService 'web' spec.http[0].route[2].weight 20 goes to other, which is neither the stable nor the canary Service; set it to 0 or use a route of its own"`,
  )
  expect(await sandbox.weights()).toBe('80/0/20')
})

test('a template that is missing, then mended', async () => {
  const sandbox = await (await new Sandbox().start()).furnish()
  await sandbox.create(
    'Rollout',
    'web',
    rolloutSpec([{ setWeight: 50 }, { analysis: { templates: [{ templateName: 'judge' }] } }]),
  )
  await sandbox.after(1)
  expect(await sandbox.said()).toMatchInlineSnapshot(
    `"Degraded InvalidSpec: The Rollout "web" is invalid: spec.strategy.canary.steps[1].analysis.templates[0]: AnalysisTemplate 'judge' not found; create it or change templateName"`,
  )
  await sandbox.create('AnalysisTemplate', 'judge', {
    metrics: [{ name: 'requests', provider: { plugin: { 'haldane/judge': {} } } }],
  })
  await sandbox.after(1)
  expect(await sandbox.said()).toBe('Healthy')
})

test.for([
  { it: 'Prometheus does not answer', trouble: 'unreachable' as const },
  { it: 'Prometheus warns that something is missing', trouble: 'warns' as const },
])(
  '$it: never a pass, never a failure, said within a minute, and judged when it is back',
  async ({ trouble }) => {
    const sandbox = await (await new Sandbox().start()).furnish()
    await sandbox.create('Rollout', 'web', rolloutSpec([{ setWeight: 50 }, { pause: {} }]), judged)
    await sandbox.after(1)
    sandbox.world.metrics.suffer(trouble)
    await sandbox.push({ image: 'web:2', failureRatio: '0.03' })
    await sandbox.after(1)
    expect(await sandbox.said()).toMatch(/^Paused CanaryPauseStep; analysis: no data: /)
    await sandbox.after(30)
    expect(await sandbox.weights()).toBe('50/50')
    sandbox.world.metrics.suffer('none')
    await sandbox.after(5)
    expect(await sandbox.said()).toMatch(/^Degraded RolloutAborted: .*canary fails/)
    expect(await sandbox.weights()).toBe('100/0')
  },
)

test('a Rollout that our own code fails on rests, visibly; all others go on', async () => {
  const sandbox = await (await (await new Sandbox().start()).furnish()).furnish('other')
  sandbox.world.cluster.onWrite({
    before: ({ ref }) => {
      if (ref.kind === 'ReplicaSet' && ref.name.startsWith('web-')) throw new TypeError('a defect')
    },
  })
  await sandbox.create('Rollout', 'web', rolloutSpec([{ setWeight: 50 }]))
  await sandbox.create('Rollout', 'other', rolloutSpec([{ setWeight: 50 }], 'other'))
  await sandbox.after(5)
  expect(await sandbox.said()).toContain('it rests until its spec changes, all others go on')
  expect(sandbox.errors).toHaveLength(1)
  expect(await sandbox.said('other')).toBe('Healthy')
})

test('a template that breaks in the middle of a release never stands in the way back', async () => {
  const sandbox = await (await new Sandbox().start()).furnish()
  const analysis = { templates: [{ templateName: 'judge' }] }
  await sandbox.create('AnalysisTemplate', 'judge', {
    metrics: [{ name: 'requests', provider: { plugin: { 'haldane/judge': {} } } }],
  })
  const spec = rolloutSpec([{ setWeight: 50 }, { pause: {} }, { analysis }])
  await sandbox.create('Rollout', 'web', spec)
  await sandbox.after(1)
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  expect(await sandbox.weights()).toBe('50/50')
  await sandbox.patch('AnalysisTemplate', 'judge', { spec: { metrics: [] } })
  await sandbox.after(1)
  expect(await sandbox.said()).toMatch(/^Degraded InvalidSpec: .*AnalysisTemplate 'judge'/)
  await sandbox.world.cluster.patch(
    { kind: 'Rollout', namespace: 'shop', name: 'web' },
    { type: 'merge', subresource: 'status', body: { status: { abort: true } } },
  )
  await sandbox.after(1)
  expect(await sandbox.weights()).toBe('100/0')
  expect(await sandbox.said()).toMatch(/^Degraded RolloutAborted/)
})

test('a metric waits for its initial delay', async () => {
  const sandbox = await (await new Sandbox().start()).furnish()
  const metric = {
    name: 'requests',
    initialDelay: '3m',
    provider: { plugin: { 'haldane/judge': {} } },
  }
  await sandbox.create('AnalysisTemplate', 'judge', { metrics: [metric] })
  await sandbox.create(
    'Rollout',
    'web',
    rolloutSpec([{ setWeight: 50 }, { analysis: { templates: [{ templateName: 'judge' }] } }]),
  )
  await sandbox.after(1)
  await sandbox.push({ image: 'web:2', failureRatio: '0.5' })
  await sandbox.after(2)
  expect(await sandbox.weights()).toBe('50/50')
  await sandbox.after(3)
  expect(await sandbox.said()).toMatch(/^Degraded RolloutAborted/)
})
