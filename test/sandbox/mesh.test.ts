import { beforeEach, expect, test } from 'vitest'
import { type Duration, milliseconds, minutes, seconds } from '../../src/core/units.ts'
import { createSteppedClock, type SteppedClock, untilQuiet } from '../../src/sandbox/clock.ts'
import { createCluster, type SandboxCluster } from '../../src/sandbox/cluster.ts'
import type { Counted } from '../../src/sandbox/mesh/counters.ts'
import { bounds, latencyShape } from '../../src/sandbox/mesh/latency.ts'
import { type Mesh, startMesh } from '../../src/sandbox/mesh/mesh.ts'
import { createRandom } from '../../src/sandbox/random.ts'
import { startWorkloads } from '../../src/sandbox/workloads.ts'
import { fresh, noon, ref, replicaSet, service, virtualService } from './builders.ts'

let clock: SteppedClock
let cluster: SandboxCluster
let mesh: Mesh

const total = 'istio_requests_total'
const gateway = 'istio-ingressgateway'

beforeEach(() => {
  clock = createSteppedClock(noon, () => untilQuiet(() => cluster.activity())())
  cluster = createCluster({ clock, random: createRandom('cluster') })
  mesh = startMesh({ cluster, clock, random: createRandom('mesh') }, { rps: () => 100 })
  const [controllerManager, kubelet] = [cluster, cluster]
  startWorkloads({ clock, controllerManager, kubelet, startDelay: seconds(1) })
})

/** Two revisions, `reviews-s` behind `stable` and `reviews-c` behind `canary`, and five seconds for pods to start. */
async function shop(
  weights: readonly [number, number],
  canary: Parameters<typeof replicaSet>[1] = {},
): Promise<void> {
  await cluster.create(replicaSet('reviews-s'))
  await cluster.create(replicaSet('reviews-c', canary))
  await cluster.create(service('stable', 's'))
  await cluster.create(service('canary', 'c'))
  await clock.advance(seconds(5))
  await cluster.create(virtualService('reviews', ...weights))
}

function seriesOf(pod: string): readonly Counted[] {
  return mesh.targets().flatMap((target) => (target.pod.startsWith(pod) ? target.series() : []))
}

function totalOf(pod: string): Counted | undefined {
  return seriesOf(pod).find(({ name }) => name === total)
}

/** Sum over the proxies of pods whose name begins so, of series that have these labels. */
function sum(pod: string, labels: Readonly<Record<string, string>> = {}, name = total): number {
  return seriesOf(pod)
    .filter((series) => series.name === name)
    .filter((series) => Object.entries(labels).every(([key, text]) => series.labels[key] === text))
    .reduce((value, series) => value + series.value, 0)
}

async function during(duration: Duration, pod: string, labels = {}): Promise<number> {
  const before = sum(pod, labels)
  await clock.advance(duration)
  return sum(pod, labels) - before
}

async function weigh(stable: number, canary: number): Promise<void> {
  await cluster.patch(ref('VirtualService', 'reviews'), {
    type: 'json',
    operations: [
      { op: 'replace', path: '/spec/http/0/route/0/weight', value: stable },
      { op: 'replace', path: '/spec/http/0/route/1/weight', value: canary },
    ],
  })
}

test('requests come at the rate and are counted on both sides', async () => {
  await shop([100, 0])
  await clock.advance(seconds(101))
  expect(sum(gateway)).toBeGreaterThan(9500)
  expect(sum(gateway)).toBeLessThan(10_500)
  expect(sum('reviews-s')).toBe(sum(gateway))
  expect(sum('reviews-c')).toBe(0)
})

test('traffic follows the weights after the lag', async () => {
  await shop([100, 0])
  await clock.advance(seconds(10))
  await weigh(75, 25)
  expect(await during(milliseconds(900), 'reviews-c')).toBe(0)
  await clock.advance(milliseconds(600))
  const canary = await during(seconds(60), 'reviews-c')
  expect(canary).toBeGreaterThan(1500 - 170)
  expect(canary).toBeLessThan(1500 + 170)
  await weigh(0, 100)
  await clock.advance(seconds(2))
  expect(await during(seconds(60), 'reviews-s')).toBe(0)
})

test('shares are in proportion to weights that do not sum to 100', async () => {
  await shop([3, 1])
  await clock.advance(seconds(101))
  expect(sum('reviews-c') / sum(gateway)).toBeCloseTo(0.25, 1)
})

test('a destination that stands alone gets everything, whatever its weight', async () => {
  await shop([100, 0])
  const route = [{ destination: { host: 'canary.shop.svc.cluster.local' }, weight: 0 }]
  const body = { spec: { http: [{ route }] } }
  await cluster.patch(ref('VirtualService', 'reviews'), { type: 'merge', body })
  await clock.advance(seconds(2))
  expect(await during(seconds(10), 'reviews-c')).toBeGreaterThan(800)
})

test('a route for testers is not the route of plain requests', async () => {
  await shop([100, 0])
  const testers = {
    match: [{ headers: { tester: { exact: 'yes' } } }],
    route: [{ destination: { host: 'canary' } }],
  }
  const everybody = {
    match: [{ uri: { prefix: '/' } }],
    route: [{ destination: { host: 'stable' } }],
  }
  const body = { spec: { http: [testers, everybody] } }
  await cluster.patch(ref('VirtualService', 'reviews'), { type: 'merge', body })
  await clock.advance(seconds(20))
  expect(sum('reviews-c')).toBe(0)
  expect(sum('reviews-s')).toBe(sum(gateway))
})

test('a series is born at its first event', async () => {
  await shop([100, 0])
  expect(seriesOf('reviews-s')).toEqual([])
  const targets = mesh.targets().map(({ pod }) => pod.slice(0, 9))
  expect(targets.toSorted()).toEqual([
    'istio-ing',
    'reviews-c',
    'reviews-c',
    'reviews-s',
    'reviews-s',
  ])
  await clock.advance(seconds(2))
  const names = new Set(seriesOf('reviews-s').map(({ name }) => name))
  expect(names).toEqual(
    new Set([
      total,
      ...['bucket', 'sum', 'count'].map((part) => `istio_request_duration_milliseconds_${part}`),
    ]),
  )
  expect(seriesOf('reviews-s').every(({ labels }) => labels['response_code'] === '200')).toBe(true)
})

test('counters start with the pod and die with it', async () => {
  await shop([100, 0])
  await clock.advance(seconds(60))
  const counted = sum('reviews-s')
  for (const { metadata } of await cluster.list('Pod'))
    await cluster.delete(ref('Pod', metadata.name))
  expect(await during(seconds(10), gateway, { response_flags: 'UH' })).toBeGreaterThan(20)
  expect(sum('reviews-s')).toBeLessThan(counted)
  expect(sum(gateway)).toBeGreaterThan(counted)
})

test('without a ready pod requests fail at the gateway, and nobody knows whose they were', async () => {
  await shop([0, 100], { annotations: { 'sandbox.haldane.dev/never-ready': 'true' } })
  await clock.advance(seconds(20))
  expect(sum('reviews')).toBe(0)
  const [lost] = seriesOf(gateway)
  expect(seriesOf(gateway)).toHaveLength(1)
  expect(lost?.labels).toMatchObject({
    reporter: 'source',
    response_code: '503',
    response_flags: 'UH',
    destination_workload: 'unknown',
    destination_version: 'unknown',
    destination_canonical_revision: 'latest',
    destination_service: 'canary.shop.svc.cluster.local',
    destination_service_name: 'canary',
  })
})

test('a crashing pod refuses connections, and only the gateway sees it', async () => {
  await shop([0, 100], { annotations: { 'sandbox.haldane.dev/crash': 'true' } })
  await clock.advance(seconds(20))
  expect(sum('reviews-c')).toBe(0)
  expect(seriesOf(gateway).map(({ labels }) => labels)).toMatchObject([
    {
      response_code: '503',
      response_flags: 'UF',
      destination_workload: 'reviews',
      destination_app: 'unknown',
      destination_version: 'unknown',
      destination_canonical_revision: 'latest',
      destination_service_name: 'canary',
    },
  ])
})

test.for([
  { it: 'a Service that is not there', destination: { host: 'gone' }, flags: 'NC', code: '503' },
  {
    it: 'a subset that nobody defines',
    destination: { host: 'canary', subset: 'x' },
    flags: 'NC',
    code: '503',
  },
  { it: 'no route', destination: undefined, flags: 'NR', code: '404' },
])('$it is told by its flag', async ({ destination, flags, code }) => {
  await shop([100, 0])
  const body = { spec: { http: destination === undefined ? [] : [{ route: [{ destination }] }] } }
  await cluster.patch(ref('VirtualService', 'reviews'), { type: 'merge', body })
  await clock.advance(seconds(10))
  expect(
    sum(gateway, { response_flags: flags, response_code: code, destination_service: 'unknown' }),
  ).toBeGreaterThan(800)
})

test('a subset takes the pods that its labels select', async () => {
  await shop([100, 0])
  await cluster.create(fresh('Service', 'all', { spec: { selector: { app: 'reviews' } } }))
  const labels = { 'rollouts-pod-template-hash': 'c' }
  await cluster.create(
    fresh('DestinationRule', 'all', { spec: { host: 'all', subsets: [{ name: 'new', labels }] } }),
  )
  const body = { spec: { http: [{ route: [{ destination: { host: 'all', subset: 'new' } }] }] } }
  await cluster.patch(ref('VirtualService', 'reviews'), { type: 'merge', body })
  await clock.advance(seconds(2))
  const stable = sum('reviews-s')
  expect(await during(seconds(10), 'reviews-c')).toBeGreaterThan(800)
  expect(sum('reviews-s')).toBe(stable)
})

test('each side writes the labels that Istio gives it', async () => {
  await shop([0, 100], { labels: { version: 'v2' } })
  await clock.advance(seconds(3))
  expect(totalOf(gateway)?.labels).toMatchInlineSnapshot(`
    {
      "connection_security_policy": "unknown",
      "destination_app": "reviews",
      "destination_canonical_revision": "v2",
      "destination_canonical_service": "reviews",
      "destination_cluster": "Kubernetes",
      "destination_principal": "spiffe://cluster.local/ns/shop/sa/default",
      "destination_service": "canary.shop.svc.cluster.local",
      "destination_service_name": "canary",
      "destination_service_namespace": "shop",
      "destination_version": "v2",
      "destination_workload": "reviews",
      "destination_workload_namespace": "shop",
      "reporter": "source",
      "request_protocol": "http",
      "response_code": "200",
      "response_flags": "-",
      "source_app": "istio-ingressgateway",
      "source_canonical_revision": "latest",
      "source_canonical_service": "istio-ingressgateway",
      "source_cluster": "Kubernetes",
      "source_principal": "spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account",
      "source_version": "unknown",
      "source_workload": "istio-ingressgateway",
      "source_workload_namespace": "istio-system",
    }
  `)
  expect(totalOf('reviews-c')?.labels).toMatchInlineSnapshot(`
    {
      "connection_security_policy": "mutual_tls",
      "destination_app": "reviews",
      "destination_canonical_revision": "v2",
      "destination_canonical_service": "reviews",
      "destination_cluster": "Kubernetes",
      "destination_principal": "spiffe://cluster.local/ns/shop/sa/default",
      "destination_service": "canary.shop.svc.cluster.local",
      "destination_service_name": "canary",
      "destination_service_namespace": "shop",
      "destination_version": "v2",
      "destination_workload": "reviews",
      "destination_workload_namespace": "shop",
      "reporter": "destination",
      "request_protocol": "http",
      "response_code": "200",
      "response_flags": "-",
      "source_app": "istio-ingressgateway",
      "source_canonical_revision": "latest",
      "source_canonical_service": "istio-ingressgateway",
      "source_cluster": "Kubernetes",
      "source_principal": "spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account",
      "source_version": "unknown",
      "source_workload": "istio-ingressgateway",
      "source_workload_namespace": "istio-system",
    }
  `)
})

test('what a pod does not say is unknown at the source and absent at the destination', async () => {
  await shop([100, 0])
  await clock.advance(seconds(3))
  expect(seriesOf(gateway)[0]?.labels['destination_version']).toBe('unknown')
  expect(seriesOf('reviews-s')[0]?.labels).not.toHaveProperty('destination_version')
})

test('pods fail and take time as their annotations say', async () => {
  const annotations = {
    'sandbox.haldane.dev/failure-ratio': '0.03',
    'sandbox.haldane.dev/latency': '120ms',
  }
  await shop([50, 50], { annotations })
  await clock.advance(minutes(10))
  const failed = sum('reviews-c', { response_code: '500' })
  expect(failed / sum('reviews-c')).toBeGreaterThan(0.025)
  expect(failed / sum('reviews-c')).toBeLessThan(0.035)
  expect(sum('reviews-s', { response_code: '500' }) / sum('reviews-s')).toBeLessThan(0.003)
  const below = (pod: string, le: string) =>
    sum(pod, { le }, 'istio_request_duration_milliseconds_bucket') /
    sum(pod, {}, 'istio_request_duration_milliseconds_count')
  // Log-normal, sigma 0.6: P(X < 51) with median 40, P(X < 251) with median 120.
  expect(below('reviews-s', '50')).toBeCloseTo(0.657, 1)
  expect(below('reviews-c', '250')).toBeCloseTo(0.891, 1)
  expect(below('reviews-c', '+Inf')).toBe(1)
})

test('a histogram is cumulative and its parts agree', async () => {
  await shop([100, 0])
  await clock.advance(seconds(60))
  const series = seriesOf('reviews-s-').filter(({ labels }) => labels['response_code'] === '200')
  const buckets = series.filter(({ name }) => name.endsWith('_bucket')).slice(0, 20)
  expect(buckets.map(({ labels }) => labels['le'])).toEqual([...bounds.map(String), '+Inf'])
  const values = buckets.map(({ value }) => value)
  expect(values).toEqual(values.toSorted((a, b) => a - b))
  const part = (name: string) => series.find((one) => one.name.endsWith(name))?.value ?? 0
  expect(values.at(-1)).toBe(part('_count'))
  // Mean of a log-normal: median times exp(sigma squared / 2), less half a millisecond that is cut off.
  expect(part('_sum') / part('_count')).toBeGreaterThan(43)
  expect(part('_sum') / part('_count')).toBeLessThan(52)
})

test('shares of a latency sum to one', () => {
  const { shares, means } = latencyShape(milliseconds(40))
  expect(shares.reduce((all, share) => all + share, 0)).toBeCloseTo(1, 6)
  const mean = shares.reduce((all, share, bucket) => all + share * (means[bucket] ?? 0), 0)
  expect(mean).toBeCloseTo(40 * Math.exp(0.18) - 0.5, 1)
})
