import { expect, test } from 'vitest'
import { trafficIn } from '../../../src/core/checks/measured.ts'
import { proxyFindings } from '../../../src/core/checks/proxies.ts'
import { type StoreAnswers, storeFindings } from '../../../src/core/checks/store.ts'
import { trafficFindings } from '../../../src/core/checks/traffic.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { Reading, Series } from '../../../src/core/judge/reading.ts'
import { parseJudgeSettings, standardDefaults } from '../../../src/core/manifest/judge-settings.ts'
import { parseRollout } from '../../../src/core/manifest/rollout.ts'
import { instant, minutes, seconds, share } from '../../../src/core/units.ts'
import { canary, lines, object, rollout } from './build.ts'

const now = instant(1_000_000_000)
const settings = parseJudgeSettings({}, standardDefaults, '')
const reviews = object('Rollout', rollout())

function answer(...all: readonly Series[]): Reading {
  return { kind: 'series', series: all }
}

/** Values at seconds before now. */
function series(labels: Series['labels'], values: Readonly<Record<number, number>>): Series {
  const samples = Object.entries(values).map(([ago, value]) => ({
    at: instant(now - Number(ago) * 1000),
    value,
  }))
  return { labels, samples: samples.toSorted((a, b) => a.at - b.at) }
}

function scraped(name: string, ...agos: readonly number[]): Series {
  return series({ pod: name }, Object.fromEntries(agos.map((ago) => [ago, now / 1000 - ago])))
}

function bounds(name: string, ...les: readonly string[]): readonly Series[] {
  return les.map((le) => series({ pod: name, le }, { 0: 1 }))
}

const well: StoreAnswers = {
  reporters: answer(
    series({ reporter: 'destination' }, { 0: 4 }),
    series({ reporter: 'source' }, { 0: 2 }),
  ),
  scrapes: answer(scraped('a', 3, 18, 33), scraped('b', 7, 22, 37)),
  bounds: answer(...bounds('a', '10', '+Inf'), ...bounds('b', '+Inf', '10')),
}

function store(answers: Partial<StoreAnswers>, pods: readonly string[] = ['a', 'b']): string {
  const found = storeFindings(reviews, { ...well, ...answers }, { pods, now, block: seconds(15) })
  return lines(found)
    .map((line) => line.replace(' Rollout shop/reviews', ''))
    .join('\n')
}

test('a store in which all is well', () => {
  expect(store({})).toMatchInlineSnapshot(`
    "fine : requests are reported by destination, source; the judge goes by destination
    fine : all 2 pods are seen in Prometheus
    fine : the pods are scraped every 15s; the newest sample is 3 s old
    fine : latency is counted by 2 bounds on every pod"
  `)
})

test.for<{ it: string; answers: Partial<StoreAnswers>; pods?: readonly string[]; says: string }>([
  {
    it: 'no answer',
    answers: { bounds: { kind: 'failed', why: 'timed out' } },
    says: 'problem : Prometheus does not answer as it should: timed out',
  },
  {
    it: 'half an answer',
    answers: { scrapes: { kind: 'incomplete', why: 'a store is away' } },
    says: 'problem : Prometheus does not answer as it should: a store is away',
  },
  {
    it: 'nothing',
    answers: { reporters: answer() },
    says: 'problem : no istio_requests_total names',
  },
  {
    it: 'callers only',
    answers: { reporters: answer(series({ reporter: 'source' }, { 0: 1 })) },
    says: 'problem : requests are reported by source only',
  },
  {
    it: 'no pods',
    answers: { scrapes: answer() },
    says: 'problem : the series carry no label pod',
  },
  {
    it: 'a pod that is not scraped',
    answers: {},
    pods: ['a', 'b', 'c', 'd'],
    says: 'warning : 2 of 4 pods have no series (c, d)',
  },
  {
    it: 'scrapes more seldom than blocks',
    answers: { scrapes: answer(scraped('a', 10, 40, 70), scraped('b', 10, 40)) },
    says: 'warning : the pods are scraped every 30s, but a block of evidence is 15s long',
  },
  {
    it: 'samples that do not come any more',
    answers: { scrapes: answer(scraped('a', 100), scraped('b', 100)) },
    says: 'warning : the newest sample is 1m40s old, and no newer one came',
  },
  {
    it: 'no histogram',
    answers: { bounds: answer() },
    says: 'warning : there is no istio_request_duration_milliseconds_bucket',
  },
  {
    it: 'other bounds on other pods',
    answers: { bounds: answer(...bounds('a', '10', '+Inf'), ...bounds('b', '20', '+Inf')) },
    says: 'warning : pods count latency by different bounds',
  },
])('a store with $it', ({ answers, pods, says }) => {
  expect(store(answers, pods)).toContain(says)
})

/* ---------------------------------------------------------------- traffic */

test('what the pods serve is a growth of counters; restarts count from nothing', () => {
  if (!settings.ok) throw new Error('the defaults are valid')
  const reading = answer(
    series({ pod: 'a', response_code: '200' }, { 120: 1000, 60: 1600, 0: 2200 }),
    series({ pod: 'b', response_code: '200' }, { 120: 5000, 60: 60, 0: 120 }),
    series({ pod: 'a', response_code: '503' }, { 120: 0, 0: 20 }),
    series({ pod: 'a', response_code: '0', response_flags: 'DC' }, { 120: 0, 0: 700 }),
  )
  const traffic = trafficIn(reading, minutes(2), settings.value.failures)
  expect(traffic).toEqual({ requestsPerSecond: 1340 / 120, failing: 20 / 1340 })
  expect(
    trafficIn({ kind: 'failed', why: '' }, minutes(2), settings.value.failures),
  ).toBeUndefined()
})

function steps(rps: number, given: readonly JsonObject[]): string {
  const json = rollout({ spec: { strategy: { canary: { ...canary('reviews'), steps: given } } } })
  const spec = parseRollout(json)
  if (!spec.ok || !settings.ok) throw new Error('they are valid')
  const traffic = { requestsPerSecond: rps, failing: share(0.001) }
  return lines(trafficFindings(object('Rollout', json), spec.value, traffic, settings.value))
    .map((line) => line.replace(' Rollout shop/reviews spec.strategy.canary', ''))
    .join('\n')
}

test('each weight says what its traffic is enough for', () => {
  const given = [
    { setWeight: 5 },
    { pause: { duration: '1m' } },
    { pause: { duration: '4m' } },
    { setWeight: 50 },
    { pause: {} },
    { setWeight: 100 },
  ]
  // How long is the judge's to say: its own tests hold it.
  expect(steps(500, given).split('\n')).toEqual([
    expect.stringMatching(
      /^note.steps\[0\]: 25 requests a second on the canary for 5m: a canary that fails [\d.]+ % is found in that time, a milder one may not be; a good one is proved in about \S+$/,
    ),
    expect.stringMatching(
      /^note.steps\[3\]: 250 requests a second on the canary for as long as it takes: failures of 1 % are found in about \S+; a good one is proved in about \S+$/,
    ),
  ])
})

test('a step with too few requests is a warning, with the remedy', () => {
  expect(steps(1, [{ setWeight: 1 }, { pause: { duration: '1m' } }])).toMatchInlineSnapshot(
    `"warning.steps[0]: 0.01 requests a second on the canary for 1m: not even a canary that fails everything is found in that time; take a longer pause or a higher weight; a good one is not proved within an hour"`,
  )
})

test('no traffic at all', () => {
  expect(steps(0, [{ setWeight: 5 }])).toContain('served no request in the last minutes')
})

/* ---------------------------------------------------------------- proxies */

function pod(image: string | undefined, key: 'containers' | 'initContainers' = 'containers') {
  const proxy = image === undefined ? [] : [{ name: 'istio-proxy', image }]
  return object('Pod', { metadata: { name: 'a' }, spec: { [key]: proxy } })
}

test.for([
  { it: 'are the same', pods: [pod('p:1'), pod('p:1', 'initContainers')], says: [] },
  {
    it: 'differ',
    pods: [pod('p:1'), pod('p:2')],
    says: [expect.stringContaining('different versions (p:1, p:2)')],
  },
  {
    it: 'are missing',
    pods: [pod(undefined), pod('p:1')],
    says: [expect.stringContaining('1 of 2 pods have no container istio-proxy')],
  },
])('proxies that $it', ({ pods, says }) => {
  expect(lines(proxyFindings(reviews, pods))).toEqual(says)
})
