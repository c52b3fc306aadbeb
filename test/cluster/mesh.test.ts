/** What the real API server makes of our writes to the mesh: subsets, routes of our own, and who else was there. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Json, listAt, parseJson, textAt } from '../../src/core/json.ts'
import { eventually, type Rig, startRig } from './rig.ts'
import { hashes, Shop } from './shop.ts'

const hash = 'rollouts-pod-template-hash'

let rig: Rig
let shop: Shop

beforeAll(async () => {
  rig = await startRig()
  const match = [{ headerName: 'agent', headerValue: { exact: 'tester' } }]
  shop = new Shop(rig, 'mesh', {
    steps: [{ setWeight: 50 }, { setHeaderRoute: { name: 'tester', match } }, { pause: {} }],
    managedRoutes: ['tester'],
    split: 'subsets',
  })
  await shop.furnish()
  await rig.plane.apply(JSON.stringify(object('DestinationRule', rule)))
  await rig.plane.apply(JSON.stringify(object('VirtualService', virtualService)))
})

afterAll(() => rig.stop())

test('subsets get their labels before the route its weight; the header route leads to the canary', async () => {
  await shop.push({ image: 'reviews:1' })
  await shop.reaches(/^Healthy$/)
  await shop.push({ image: 'reviews:2' })
  const { current, stable } = hashes(await shop.reaches(/^Paused CanaryPauseStep/))
  const http = listAt(await shop.get('virtualservice', 'reviews'), 'spec', 'http')
  const [header, primary, rest] = virtualService.http
  expect(http).toEqual([
    {
      name: 'tester',
      match: [{ headers: { agent: { exact: 'tester' } } }],
      route: [{ destination: { host: 'reviews', subset: 'canary' }, weight: 100 }],
    },
    header,
    { ...primary, route: halves },
    rest,
  ])
  expect(await subsets()).toEqual([stable, undefined, current])
})

test('a foreign weight is set right, and the event names the field manager', async () => {
  const http = listAt(await shop.get('virtualservice', 'reviews'), 'spec', 'http')
  const index = http.findIndex((entry) => textAt(entry, 'name') === 'primary')
  const path = `/spec/http/${index}/route`
  const patch = [
    { op: 'replace', path: `${path}/0/weight`, value: 5 },
    { op: 'replace', path: `${path}/1/weight`, value: 95 },
  ]
  const args = ['virtualservice', 'reviews', '-n', 'mesh', '--type=json', '-p']
  await rig.plane.kubectl('patch', ...args, JSON.stringify(patch), '--field-manager=argocd')
  const told = await eventually(
    'an event of the drift',
    30,
    async () => {
      const events = listAt(parseJson(await eventsOfMesh()), 'items')
      return events.find((event) => textAt(event, 'reason') === 'TrafficWeightDrift')
    },
    eventsOfMesh,
  )
  expect(textAt(told, 'message')).toContain(
    "'argocd' changed the traffic: the canary had 95 %, set back to 50 %",
  )
  await expect.poll(primaryRoute, { timeout: 10_000 }).toEqual(halves)
})

test('promoted: the VirtualService and the DestinationRule are as they were, but for the labels', async () => {
  await rig.argo('promote', 'reviews', '-n', 'mesh')
  const { current } = hashes(await shop.reaches(/^Healthy$/))
  await expect
    .poll(async () => listAt(await shop.get('virtualservice', 'reviews'), 'spec', 'http'), {
      timeout: 10_000,
    })
    .toEqual(virtualService.http)
  expect(await subsets()).toEqual([current, undefined, current])
})

const rule = {
  host: 'reviews',
  trafficPolicy: { connectionPool: { tcp: { maxConnections: 5 } } },
  subsets: [
    { name: 'stable', labels: { app: 'reviews' } },
    { name: 'theirs', labels: { version: 'v0' } },
    {
      name: 'canary',
      labels: { app: 'reviews' },
      trafficPolicy: { loadBalancer: { simple: 'RANDOM' } },
    },
  ],
} as const

const virtualService = {
  hosts: ['reviews.mesh.example.com'],
  gateways: ['shop'],
  http: [
    { name: 'health', match: [{ uri: { exact: '/health' } }], directResponse: { status: 200 } },
    {
      name: 'primary',
      retries: { attempts: 3, perTryTimeout: '2s' },
      mirrors: [{ destination: { host: 'shadow' }, percentage: { value: 12.5 } }],
      route: [
        { destination: { host: 'reviews', subset: 'stable' }, weight: 100 },
        { destination: { host: 'reviews', subset: 'canary' }, weight: 0 },
      ],
    },
    { name: 'rest', redirect: { uri: '/' } },
  ],
} as const

const halves = [
  { destination: { host: 'reviews', subset: 'stable' }, weight: 50 },
  { destination: { host: 'reviews', subset: 'canary' }, weight: 50 },
]

function object(kind: string, spec: Json): Json {
  const metadata = { name: 'reviews', namespace: 'mesh' }
  return { apiVersion: 'networking.istio.io/v1', kind, metadata, spec }
}

async function primaryRoute(): Promise<readonly Json[]> {
  const http = listAt(await shop.get('virtualservice', 'reviews'), 'spec', 'http')
  const primary = http.find((entry) => textAt(entry, 'name') === 'primary')
  return primary === undefined ? [] : listAt(primary, 'route')
}

/** Which pods each subset selects. */
async function subsets(): Promise<readonly (string | undefined)[]> {
  const found = listAt(await shop.get('destinationrule', 'reviews'), 'spec', 'subsets')
  return found.map((subset) => textAt(subset, 'labels', hash))
}

async function eventsOfMesh(): Promise<string> {
  return rig.plane.kubectl('get', 'events', '-n', 'mesh', '-o', 'json')
}
