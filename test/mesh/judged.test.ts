/** Releases that are judged on real counters: those of the pods, and those of the gateway itself. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  at,
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  parseJson,
  textAt,
  textEntries,
} from '../../src/core/json.ts'
import { hashes, Shop, type Wish } from '../cluster/shop.ts'
import type { Client } from './client.ts'
import { type MeshRig, startMeshRig } from './rig.ts'

/** Requests a second of each shop. */
const rate = 250

const annotated = { annotations: { 'haldane.dev/judge': 'default' } }

let rig: MeshRig

beforeAll(async () => {
  rig = await startMeshRig()
})

afterAll(() => rig.stop())

test.concurrent.for([
  { it: 'its pods', namespace: 'good', wish: judgedBy('destination') },
  { it: 'the gateway', namespace: 'good-source', wish: judgedBy('source') },
])('a good release passes on what $it counted', async ({ namespace, wish }) => {
  const { shop, client } = await open(namespace, wish)
  await shop.push({ image: 'reviews:2' })
  const rollout = await shop.reaches(/^Healthy$/, 240)
  const told = await client.stop()
  const { verdict, requests } = await judgement(shop, rollout)
  expect(verdict).toBe('no-worse')
  expect(requests).toBeGreaterThan(1000)
  expect(requests).toBeLessThanOrEqual(told.requests)
  expect(told.failures).toBe(0)
})

test.concurrent.for([
  { it: 'its pods', namespace: 'bad', wish: annotated },
  { it: 'the gateway', namespace: 'bad-source', wish: judgedBy('source') },
])('a bad release is rolled back on what $it counted', async ({ namespace, wish }) => {
  const { shop, client } = await open(namespace, wish)
  await shop.push({ image: 'reviews:2', failureRatio: '0.1' })
  const rollout = await shop.reaches(/^Degraded RolloutAborted/, 240)
  expect(textAt(rollout, 'status', 'message')).toMatch(/canary .*\d % of [\d,]+ requests/)
  await allOnStable(shop, client)
})

test.concurrent('a canary whose pods refuse connections is rolled back, though no pod ever counted a request', async () => {
  const { shop, client } = await open('refuses', annotated)
  await rig.plane.apply(JSON.stringify(ejecting(shop.namespace)))
  await shop.push({ image: 'reviews:2', crash: true })
  await shop.reaches(/^Degraded RolloutAborted/, 240)
  const destinations = await counted(`reporter="destination",namespace="refuses",pod=~"reviews-.*"`)
  const undelivered = await counted(
    'reporter="source",destination_service_name="reviews-canary",destination_service_namespace="refuses",response_code="503"',
  )
  const flags = new Set(
    undelivered.flatMap((labels) => (labels['response_flags'] ?? '').split(',')),
  )
  expect(flags).toContain('UF')
  expect(flags).toContain('UH')
  const canary = hashes(await shop.get('rollout', 'reviews')).current ?? ''
  expect(destinations.filter(({ pod = '' }) => pod.includes(canary))).toEqual([])
  await allOnStable(shop, client)
})

type Open = { readonly shop: Shop; readonly client: Client }

/** A shop with its first revision Healthy, and customers. */
async function open(namespace: string, wish: Omit<Wish, 'steps'> | Wish): Promise<Open> {
  const shop = new Shop(rig, namespace, { steps: [{ setWeight: 50 }, { pause: {} }], ...wish })
  await shop.furnish()
  for (const reporter of ['destination', 'source'] as const)
    await rig.plane.apply(JSON.stringify(template(namespace, reporter)))
  await shop.push({ image: 'reviews:1' })
  await shop.reaches(/^Healthy$/, 120)
  const host = `reviews.${namespace}.example.com`
  await rig.carries(host, { 'reviews-stable': 100 })
  return { shop, client: await rig.client({ host, rate, seconds: 400 }) }
}

function judgedBy(reporter: 'source' | 'destination'): Wish {
  const analysis = { templates: [{ templateName: reporter }] }
  return { steps: [{ setWeight: 50 }, { analysis }] }
}

function template(namespace: string, reporter: 'source' | 'destination'): JsonObject {
  const judge = { reporter, warmup: '2s', soak: '10s', passMargin: { points: 3 }, latency: false }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: reporter, namespace },
    spec: {
      metrics: [
        { name: 'requests', interval: '2s', provider: { plugin: { 'haldane/judge': judge } } },
      ],
    },
  }
}

/** The gateway stops asking pods that refuse: UF turns to UH. */
function ejecting(namespace: string): JsonObject {
  const outlierDetection = {
    consecutive5xxErrors: 5,
    interval: '1s',
    baseEjectionTime: '60s',
    maxEjectionPercent: 100,
  }
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'reviews-canary', namespace },
    spec: { host: 'reviews-canary', trafficPolicy: { outlierDetection } },
  }
}

/** What the judge of the step found in the end. */
async function judgement(
  shop: Shop,
  rollout: Json,
): Promise<{ readonly verdict: string | undefined; readonly requests: number }> {
  const run = await shop.get('analysisrun', `reviews-${hashes(rollout).current}-2-1`)
  const measurement = listAt(run, 'status', 'metricResults', 0, 'measurements')[0]
  const value = parseJson(textAt(measurement, 'value'))
  const requests = (side: string): number => numberAt(value, side, 'requests') ?? 0
  return { verdict: textAt(value, 'verdict'), requests: requests('canary') + requests('stable') }
}

/** The route says so, the gateway does so, and the customers see so. */
async function allOnStable(shop: Shop, client: Client): Promise<void> {
  const host = `reviews.${shop.namespace}.example.com`
  expect(await shop.weights()).toBe('100/0')
  await rig.carries(host, { 'reviews-stable': 100 })
  await client.stop()
  const after = await (await rig.client({ host, rate, seconds: 2 })).end()
  expect(after.images).toEqual({ 'reviews:1': 2 * rate })
  expect(after.failures).toBe(0)
}

/** The labels of the series that match and counted something. */
async function counted(selector: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const query = encodeURIComponent(`istio_requests_total{${selector}} > 0`)
  const answer = await fetch(`${rig.prometheus.url}/api/v1/query?query=${query}`)
  return listAt(parseJson(await answer.text()), 'data', 'result').map((each) =>
    textEntries(at(each, 'metric')),
  )
}
