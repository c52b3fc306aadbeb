import { beforeEach, expect, test } from 'vitest'
import type { Reading } from '../../src/core/judge/reading.ts'
import { type Duration, minus, minutes, seconds } from '../../src/core/units.ts'
import { createSteppedClock, type SteppedClock } from '../../src/sandbox/clock.ts'
import type { Target } from '../../src/sandbox/mesh/mesh.ts'
import { type MetricsStore, startMetricsStore } from '../../src/sandbox/metrics-store.ts'
import { noon } from './builders.ts'

type Counter = { name: string; labels: Record<string, string>; value: number }

let clock: SteppedClock
let store: MetricsStore
let pods: Record<string, Counter[]>

beforeEach(() => {
  clock = createSteppedClock(noon)
  pods = {}
  store = startMetricsStore({ targets: () => Object.entries(pods).map(target), clock })
})

function target([pod, series]: [string, Counter[]]): Target {
  return { namespace: 'shop', pod, instance: `${pod}:15020`, series: () => series }
}

function counter(name: string, labels: Record<string, string>, value: number): Counter {
  return { name, labels, value }
}

/** The answer as words, values at their second after noon: `{pod=a} 15:1 30:2`. */
function words(reading: Reading): string {
  if (reading.kind !== 'series') return `${reading.kind}: ${reading.why}`
  const lines = reading.series.map(({ labels, samples }) => {
    const names = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
    const values = samples.map(({ at, value }) => `${(at - noon) / 1000}:${value}`)
    return [`{${names.join(',')}}`, ...values].join(' ')
  })
  return lines.toSorted().join('\n')
}

async function ask(
  query: string,
  lasts: Duration = seconds(45),
  step = seconds(15),
): Promise<string> {
  const to = clock.now()
  return words(await store.range(query, { from: minus(to, lasts), to, step }))
}

/** Two pods with two codes, scraped four times. */
async function history(): Promise<void> {
  const ok = counter('requests', { code: '200', le: '5' }, 0)
  const bad = counter('requests', { code: '500' }, 7)
  pods = { a: [ok], b: [bad] }
  for (const value of [1, 2, 4, 8]) {
    ok.value = value
    await clock.advance(seconds(15))
  }
}

test.for([
  {
    asks: 'requests{pod="a"}',
    answers:
      '{__name__=requests,code=200,le=5.0,namespace=shop,pod=a,instance=a:15020,job=mesh} 15:1 30:2 45:4 60:8',
  },
  {
    asks: 'sum by (pod) (requests)',
    answers: '{pod=a} 15:1 30:2 45:4 60:8\n{pod=b} 15:7 30:7 45:7 60:7',
  },
  {
    asks: 'sum(requests) by (code, absent)',
    answers: '{code=200} 15:1 30:2 45:4 60:8\n{code=500} 15:7 30:7 45:7 60:7',
  },
  { asks: 'sum(requests)', answers: '{} 15:8 30:9 45:11 60:15' },
  { asks: 'count(up)', answers: '{} 15:2 30:2 45:2 60:2' },
  {
    asks: 'count by (namespace) (requests{code!="500"})',
    answers: '{namespace=shop} 15:1 30:1 45:1 60:1',
  },
  { asks: 'sum(requests{code=~"2.."})', answers: '{} 15:1 30:2 45:4 60:8' },
  { asks: 'sum(requests{code=~"2"})', answers: '' },
  { asks: 'sum(requests{code!~"2..|4.."})', answers: '{} 15:7 30:7 45:7 60:7' },
  {
    asks: '{__name__=~"req.*", le=""}',
    answers:
      '{__name__=requests,code=500,namespace=shop,pod=b,instance=b:15020,job=mesh} 15:7 30:7 45:7 60:7',
  },
  {
    asks: 'requests{pod=`a`} / 2',
    answers:
      '{code=200,le=5.0,namespace=shop,pod=a,instance=a:15020,job=mesh} 15:0.5 30:1 45:2 60:4',
  },
  { asks: "100 - sum(requests{pod='a'}) * (1 + 1)", answers: '{} 15:98 30:96 45:92 60:84' },
  { asks: '1 + 2', answers: '{} 15:3 30:3 45:3 60:3' },
  { asks: 'nothing', answers: '' },
  { asks: 'sum(nothing)', answers: '' },
])('$asks', async ({ asks, answers }) => {
  await history()
  expect(await ask(asks)).toBe(answers)
})

test.for([
  ['rate(requests[5m])', 'failed: rate(requests[5m]): FunctionCall is not served by the sandbox'],
  [
    'sum(requests offset 5m)',
    'failed: requests offset 5m: OffsetExpr is not served by the sandbox',
  ],
  ['topk(3, requests)', 'failed: topk: Topk is not served by the sandbox'],
  ['sum without (pod) (requests)', 'failed: without: Without is not served by the sandbox'],
  ['requests > 1', 'failed: >: Gtr is not served by the sandbox'],
  [
    'requests / requests',
    'failed: requests / requests: arithmetic between two vectors is not served by the sandbox',
  ],
  [
    'requests / on (pod) requests',
    'failed: on (pod): MatchingModifierClause is not served by the sandbox',
  ],
  ['-requests', 'failed: -requests: UnaryExpr is not served by the sandbox'],
  ['requests[5m]', 'failed: requests[5m]: MatrixSelector is not served by the sandbox'],
  ['requests{a=~"("}', 'failed: "(": is no regular expression'],
  ['{a=""}', 'failed: {a=""}: a selector must contain at least one matcher that is not empty'],
  ['requests{', 'failed: requests{: syntax error at character 10'],
  ['', 'failed: syntax error at character 1'],
] as const)('refuses %s by name', async ([asks, answers]) => {
  await history()
  expect(await ask(asks)).toBe(answers)
})

test('refuses a step of zero and more points than Prometheus gives', async () => {
  expect(await ask('up', seconds(45), seconds(0))).toMatch(/^failed: the step/)
  expect(await ask('up', minutes(600), seconds(1))).toMatch(/^failed: more than 11000 points/)
})

test('between scrapes the newest sample counts, and before the first there is none', async () => {
  pods = { a: [counter('requests', {}, 3)] }
  await clock.advance(seconds(20))
  expect(await ask('sum(requests)', seconds(20), seconds(5))).toBe('{} 15:3 20:3')
})

test('a series ends at once when its target goes', async () => {
  await history()
  delete pods['a']
  await clock.advance(seconds(30))
  expect(await ask('sum by (pod) (requests)')).toBe(
    '{pod=a} 45:4 60:8\n{pod=b} 45:7 60:7 75:7 90:7',
  )
  expect(await ask('sum by (pod) (up)', seconds(0))).toBe('{pod=b} 90:1')
})

test('a pod of the same name continues the series with a reset', async () => {
  await history()
  pods['a'] = [counter('requests', { code: '200', le: '5' }, 1)]
  await clock.advance(seconds(15))
  expect(await ask('sum(requests{pod="a"})')).toBe('{} 30:2 45:4 60:8 75:1')
})

test('a silent store shows its last sample for five minutes', async () => {
  await history()
  store.suffer('stopped')
  await clock.advance(minutes(10))
  store.suffer('none')
  expect(await ask('sum(requests{pod="a"})', minutes(10), minutes(1))).toBe(
    '{} 60:8 120:8 180:8 240:8 300:8',
  )
})

test.for([
  ['unreachable', 'failed: no answer: connection refused'],
  ['stopped', 'failed: no answer: connection refused'],
  ['warns', 'incomplete: warning: some series may be missing'],
] as const)('a store that is %s gives no series', async ([trouble, answer]) => {
  await history()
  store.suffer(trouble)
  expect(await ask('up')).toBe(answer)
  store.suffer('none')
  expect(await ask('count(up)', seconds(0))).toBe('{} 60:2')
})

test('an unreachable store scrapes on, a stopped one has a gap', async () => {
  pods = { a: [counter('requests', {}, 1)] }
  store.suffer('unreachable')
  await clock.advance(seconds(30))
  store.suffer('stopped')
  const [series] = pods['a'] ?? []
  if (series) series.value = 2
  await clock.advance(seconds(30))
  store.suffer('none')
  expect(await ask('sum(requests)')).toBe('{} 15:1 30:1 45:1 60:1')
})

test('old samples are dropped, and series with them', async () => {
  const [clockOfShort, keep] = [createSteppedClock(noon), minutes(1)]
  pods = { a: [counter('requests', {}, 1)] }
  const short = startMetricsStore(
    { targets: () => Object.entries(pods).map(target), clock: clockOfShort },
    { keep },
  )
  await clockOfShort.advance(minutes(3))
  const window = { from: noon, to: clockOfShort.now(), step: seconds(30) }
  expect(words(await short.range('sum(requests)', window))).toBe('{} 120:1 150:1 180:1')
  pods = {}
  await clockOfShort.advance(minutes(10))
  expect(words(await short.range('sum(requests)', { ...window, to: clockOfShort.now() }))).toBe('')
})

test('targets are scraped at moments of their own when asked for', async () => {
  const spreadClock = createSteppedClock(noon)
  pods = Object.fromEntries(['a', 'b', 'c'].map((pod) => [pod, [counter('requests', {}, 1)]]))
  const spread = startMetricsStore(
    { targets: () => Object.entries(pods).map(target), clock: spreadClock },
    { spread: true },
  )
  await spreadClock.advance(seconds(30))
  const window = { from: noon, to: spreadClock.now(), step: seconds(1) }
  const reading = await spread.range('sum by (pod) (requests)', window)
  const births =
    reading.kind === 'series' ? reading.series.map(({ samples }) => samples[0]?.at) : []
  expect(new Set(births).size).toBeGreaterThan(1)
})
