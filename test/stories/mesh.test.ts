/** Releases over Istio in all its forms, in the sandbox's mesh: what the routes say after every single write, and what they say at the end. */
import { expect, test } from 'vitest'
import { type Json, listAt, numberAt, objectAt, textAt } from '../../src/core/json.ts'
import { rolloutSpec, Sandbox } from './sandbox.ts'

const hash = 'rollouts-pod-template-hash'

test('subset-level: labels before weights, foreign subsets and fields untouched, promoted with both subsets on the new pods', async () => {
  const sandbox = await subsetSplit()
  const seen: string[] = []
  sandbox.world.cluster.onWrite({
    after: ({ ref }) => {
      if (/Rule|VirtualService/.test(ref.kind)) seen.push(ref.kind)
    },
  })
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  expect(await sandbox.weights()).toBe('70/30')
  expect(seen).toEqual(['DestinationRule', 'VirtualService'])
  const [first, second] = await hashes(sandbox)
  expect(first).not.toBe(second)
  await sandbox.signal({ pauseConditions: null })
  await sandbox.after(3)
  expect(await sandbox.weights()).toBe('100/0')
  expect(await hashes(sandbox)).toEqual([second, second])
  expect(await sandbox.said()).toBe('Healthy')
  const rule = objectAt(await sandbox.read('DestinationRule', 'web'))
  expect(objectAt(rule, 'spec', 'trafficPolicy')).toEqual({ tls: { mode: 'ISTIO_MUTUAL' } })
  expect(listAt(rule, 'spec', 'subsets')[2]).toEqual({ name: 'legacy', labels: { version: 'v0' } })
  expect(
    textAt(rule, 'metadata', 'annotations', 'argo-rollouts.argoproj.io/managed-by-rollouts'),
  ).toBe('web')
})

test('subset-level: a new image in the middle takes the weight back before the label moves', async () => {
  const sandbox = await subsetSplit()
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  const seen: string[] = []
  sandbox.world.cluster.onWrite({
    after: ({ ref }) => {
      if (/Rule|VirtualService/.test(ref.kind)) seen.push(ref.kind)
    },
  })
  await sandbox.push({ image: 'web:3' })
  await sandbox.after(1)
  expect(seen).toEqual(['VirtualService', 'DestinationRule', 'VirtualService'])
  expect(await sandbox.weights()).toBe('70/30')
})

test('a subset of somebody else keeps its weight, and the stable side has that much less', async () => {
  const sandbox = await subsetSplit(10)
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  expect(await sandbox.weights()).toBe('60/30/10')
  await sandbox.signal({ abort: true })
  await sandbox.after(1)
  expect(await sandbox.weights()).toBe('90/0/10')
})

test('header and mirror routes come with their steps, in order, and go with the release', async () => {
  const sandbox = await withManagedRoutes()
  const before = await sandbox.read('VirtualService', 'web')
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  expect(await routes(sandbox)).toEqual(['mirror 80/20', 'tester 100', 'primary 80/20', 'rest'])
  await sandbox.signal({ pauseConditions: null })
  await sandbox.after(1)
  expect(await routes(sandbox)).toEqual(['mirror 50/50', 'primary 50/50', 'rest'])
  await sandbox.signal({ pauseConditions: null })
  await sandbox.after(2)
  expect(await sandbox.said()).toBe('Healthy')
  const after = await sandbox.read('VirtualService', 'web')
  expect(JSON.stringify(after?.['spec'])).toBe(JSON.stringify(before?.['spec']))
})

test.for([
  { it: 'an abort', signal: { abort: true } },
  { it: 'a full promotion', signal: { promoteFull: true } },
])('$it takes the managed routes away', async ({ signal }) => {
  const sandbox = await withManagedRoutes()
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  await sandbox.signal(signal)
  await sandbox.after(3)
  expect(await routes(sandbox)).toEqual(['primary 100/0', 'rest'])
})

test('a managed route that somebody took away comes again; nothing is written while all stands', async () => {
  const sandbox = await withManagedRoutes()
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  const http = listAt(await sandbox.read('VirtualService', 'web'), 'spec', 'http')
  await sandbox.patch('VirtualService', 'web', { spec: { http: http.slice(2) } })
  await sandbox.after(1)
  expect(await routes(sandbox)).toEqual(['mirror 80/20', 'tester 100', 'primary 80/20', 'rest'])
  sandbox.world.cluster.onWrite({
    before: ({ ref }) => {
      if (ref.kind === 'VirtualService') throw new Error('wrote a VirtualService that stood')
    },
  })
  await sandbox.after(10)
  expect(sandbox.errors).toEqual([])
})

test('ping and pong take turns: selectors stay where traffic is, weights stay where they ended', async () => {
  const sandbox = await pingPong()
  const story: string[] = [await turns(sandbox)]
  for (const image of ['web:2', 'web:3']) {
    await sandbox.push({ image })
    await sandbox.after(1)
    story.push(await turns(sandbox))
    await sandbox.signal({ pauseConditions: null })
    await sandbox.after(3)
    story.push(await turns(sandbox))
  }
  expect(story).toEqual([
    'ping stable: 100/0, ping 1 pong -',
    'ping stable: 75/25, ping 1 pong 2',
    'pong stable: 0/100, ping 1 pong 2',
    'pong stable: 25/75, ping 3 pong 2',
    'ping stable: 100/0, ping 3 pong 2',
  ])
})

test('ping-pong: an abort moves weights only', async () => {
  const sandbox = await pingPong()
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  const kinds: string[] = []
  sandbox.world.cluster.onWrite({
    after: ({ ref, by }) => by === 'haldane' && kinds.push(ref.kind),
  })
  await sandbox.signal({ abort: true })
  await sandbox.after(3)
  expect(await turns(sandbox)).toBe('ping stable: 100/0, ping 1 pong 2')
  expect(kinds).not.toContain('Service')
  await sandbox.signal({ abort: false })
  await sandbox.after(1)
  expect(await turns(sandbox)).toBe('ping stable: 75/25, ping 1 pong 2')
})

test('ping-pong: after every single write, what has weight leads to pods that are up', async () => {
  const sandbox = await pingPong()
  const broken: string[] = []
  sandbox.world.cluster.onWrite({
    after: ({ by }) => {
      if (by === 'haldane') look()
    },
  })
  let looking = Promise.resolve()
  function look(): void {
    looking = looking.then(async () => void broken.push(...(await emptyWeights(sandbox))))
  }
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(1)
  await sandbox.push({ image: 'web:3' })
  await sandbox.after(1)
  await sandbox.push({ image: 'web:1' })
  await sandbox.after(1)
  await looking
  expect(broken).toEqual([])
})

/** Weights 30; subsets `stable` and `canary`, one of somebody else beside them. */
async function subsetSplit(legacy?: number): Promise<Sandbox> {
  const sandbox = await new Sandbox().start()
  await sandbox.create('Service', 'web', { selector: { app: 'web' }, ports: [{ port: 80 }] })
  await sandbox.create('DestinationRule', 'web', {
    host: 'web',
    trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
    subsets: [
      { name: 'stable', labels: { app: 'web' } },
      { name: 'canary' },
      { name: 'legacy', labels: { version: 'v0' } },
    ],
  })
  const shares: readonly (readonly [string, number])[] = [
    ['stable', 100 - (legacy ?? 0)],
    ['canary', 0],
    ...(legacy === undefined ? [] : [['legacy', legacy] as const]),
  ]
  const route = shares.map(([subset, weight]) => ({ destination: { host: 'web', subset }, weight }))
  await sandbox.create('VirtualService', 'web', { hosts: ['web'], http: [{ route }] })
  const istio = {
    virtualService: { name: 'web' },
    destinationRule: {
      name: 'web',
      stableSubsetName: 'stable',
      canarySubsetName: 'canary',
      additionalSubsetNames: ['legacy'],
    },
  }
  const canary = { steps: [{ setWeight: 30 }, { pause: {} }], trafficRouting: { istio } }
  await sandbox.create('Rollout', 'web', { ...rolloutSpec([]), strategy: { canary } })
  await sandbox.after(1)
  expect(await sandbox.said()).toBe('Healthy')
  return sandbox
}

async function withManagedRoutes(): Promise<Sandbox> {
  const sandbox = await (await new Sandbox().start()).furnish()
  const http = [
    {
      name: 'primary',
      retries: { attempts: 2 },
      route: [
        { destination: { host: 'web-stable', port: { number: 80 } }, weight: 100 },
        { destination: { host: 'web-canary', port: { number: 80 } }, weight: 0 },
      ],
    },
    { name: 'rest', redirect: { uri: '/' } },
  ]
  await sandbox.patch('VirtualService', 'web', { spec: { http } })
  const match = [{ headerName: 'agent', headerValue: { exact: 'tester' } }]
  const steps = [
    { setWeight: 20 },
    { setHeaderRoute: { name: 'tester', match } },
    { setMirrorRoute: { name: 'mirror', match: [{ path: { prefix: '/' } }], percentage: 40 } },
    { pause: {} },
    { setWeight: 50 },
    { setHeaderRoute: { name: 'tester' } },
    { pause: {} },
  ]
  const spec = rolloutSpec(steps)
  await sandbox.create('Rollout', 'web', spec)
  const managedRoutes = [{ name: 'mirror' }, { name: 'tester' }]
  await sandbox.patch('Rollout', 'web', {
    spec: { strategy: { canary: { trafficRouting: { managedRoutes } } } },
  })
  await sandbox.after(1)
  expect(await routes(sandbox)).toEqual(['primary 100/0', 'rest'])
  return sandbox
}

/** `name weight/weight`, in order. */
async function routes(sandbox: Sandbox): Promise<readonly string[]> {
  const http = listAt(await sandbox.read('VirtualService', 'web'), 'spec', 'http')
  return http.map((entry) =>
    [textAt(entry, 'name'), listAt(entry, 'route').map(weightOf).join('/')]
      .filter(Boolean)
      .join(' '),
  )
}

function weightOf(entry: Json): string {
  return String(numberAt(entry, 'weight') ?? '')
}

/** Which pods the stable and the canary subset select. */
async function hashes(sandbox: Sandbox): Promise<readonly (string | undefined)[]> {
  const subsets = listAt(await sandbox.read('DestinationRule', 'web'), 'spec', 'subsets')
  return subsets.slice(0, 2).map((subset: Json) => textAt(subset, 'labels', hash))
}

/** Steps 25 and a pause; ping has everything. */
async function pingPong(): Promise<Sandbox> {
  const sandbox = await new Sandbox().start()
  for (const name of ['ping', 'pong'])
    await sandbox.create('Service', name, { selector: { app: 'web' }, ports: [{ port: 80 }] })
  const route = [
    { destination: { host: 'ping' }, weight: 100 },
    { destination: { host: 'pong' }, weight: 0 },
  ]
  await sandbox.create('VirtualService', 'web', { hosts: ['web'], http: [{ route }] })
  const canary = {
    pingPong: { pingService: 'ping', pongService: 'pong' },
    steps: [{ setWeight: 25 }, { pause: {} }],
    trafficRouting: { istio: { virtualService: { name: 'web' } } },
  }
  await sandbox.create('Rollout', 'web', { ...rolloutSpec([]), strategy: { canary } })
  await sandbox.after(1)
  return sandbox
}

/** Who is stable, the weights of ping and pong, and the revision that each of them selects. */
async function turns(sandbox: Sandbox): Promise<string> {
  const stable = textAt(
    (await sandbox.read('Rollout', 'web')) ?? null,
    'status',
    'canary',
    'stablePingPong',
  )
  const revisions = new Map(
    (await sandbox.world.cluster.list('ReplicaSet')).map(({ metadata }) => [
      metadata.labels[hash],
      metadata.annotations['rollout.argoproj.io/revision'],
    ]),
  )
  const selected = async (name: string): Promise<string> => {
    const pin = textAt((await sandbox.read('Service', name)) ?? null, 'spec', 'selector', hash)
    return `${name} ${revisions.get(pin) ?? '-'}`
  }
  const [ping, pong] = [await selected('ping'), await selected('pong')]
  return `${stable} stable: ${await sandbox.weights()}, ${ping} ${pong}`
}

/** Services with weight behind which no pod is up. */
async function emptyWeights(sandbox: Sandbox): Promise<readonly string[]> {
  const route = listAt(await sandbox.read('VirtualService', 'web'), 'spec', 'http', 0, 'route')
  const pods = await sandbox.world.cluster.list('Pod')
  const found = route
    .filter((entry) => numberAt(entry, 'weight') !== 0)
    .map(async (entry) => {
      const name = textAt(entry, 'destination', 'host') ?? ''
      const pin = textAt((await sandbox.read('Service', name)) ?? null, 'spec', 'selector', hash)
      const up = pods.filter(({ metadata }) => pin === undefined || metadata.labels[hash] === pin)
      return up.length === 0 ? [`${name} leads nowhere`] : []
    })
  return (await Promise.all(found)).flat()
}
