/** What a case hears beside the counters: the past of the stable pods, buckets, and what callers saw. */
import { expect, test } from 'vitest'
import { type Case, hear, openCase, verdictOf, windowFor } from '../../../src/core/judge/case.ts'
import { hearHistory, historyFor } from '../../../src/core/judge/case-history.ts'
import type { Reading, Series } from '../../../src/core/judge/reading.ts'
import { sentence } from '../../../src/core/judge/sentence.ts'
import type { Verdict } from '../../../src/core/judge/verdict.ts'
import { plus, seconds } from '../../../src/core/units.ts'
import { block, counter, settings, start, steady, trial, within } from './build.ts'

const nothing: Reading = { kind: 'series', series: [] }
const failed: Reading = { kind: 'failed', why: 'too busy' }
const blocks = 20
const now = plus(block(blocks), seconds(5))

const stable = [
  counter('reviews-s1-a', '200', steady(6743, blocks + 1, 1e6), -1),
  counter('reviews-s1-a', '503', steady(7, blocks + 1, 1000), -1),
]
const healthy = [
  ...stable,
  counter('reviews-c1-a', '200', steady(749, blocks, 749)),
  counter('reviews-c1-a', '503', steady(1, blocks, 1)),
]

test('a canary that refuses connections fails outright, though none of its pods counts anything', () => {
  const source = [
    asked('reviews-stable', '200', '-', 6750),
    asked('reviews-canary', '503', 'UF,URX', 750),
  ]
  expect(sentence(heard({ destination: stable, source }))).toMatchInlineSnapshot(
    `"canary fails outright, 100 % of 1,500 requests, stable 0.1 % of 13,500: 964 times the rate (at least 244 times); evidence 9.3 of 6.9 nats after 30s"`,
  )
})

test('failures to reach a canary that answers the rest count against it', () => {
  const source = [asked('reviews-canary', '503', 'UH', 30)]
  const verdict = heard({ destination: healthy, source })
  expect(verdict).toMatchObject({ kind: 'worse', because: { code: 'CanaryFailsMore' } })
})

test('requests that are sent to the canary and counted by none of its pods are told apart from none sent', () => {
  const source = [
    asked('reviews-stable', '200', '-', 6750),
    asked('reviews-canary', '200', '-', 750),
  ]
  const sent = heard({ destination: stable, source })
  expect(sent).toMatchObject({ kind: 'no-data', because: { code: 'NothingArrives' } })
  expect(heard({ destination: stable, source: source.slice(0, 1) })).toMatchObject({
    kind: 'no-data',
    because: { code: 'SideMissing', side: 'canary' },
  })
})

test('a slow canary is found by its buckets, whatever text their bounds are', () => {
  const buckets = [
    ...histogram('reviews-s1-a', 6743, 0.9, -1),
    ...histogram('reviews-c1-a', 749, 0.7),
  ]
  const verdict = heard({ destination: healthy, buckets })
  expect(verdict).toMatchObject({ kind: 'worse', because: { code: 'CanaryIsSlower' } })
})

test('without buckets failures are judged alone', () => {
  const verdict = heard({ destination: healthy, buckets: [] })
  expect(verdict.kind).toBe('no-worse')
  expect(verdict.findings.latency).toEqual({ kind: 'not-compared', because: 'NoBuckets' })
})

test('buckets that cannot be read withhold the pass, and are asked for again', () => {
  const open = openCase(trial, settings)
  hearAll(open, { destination: healthy, bucketReading: failed })
  expect(verdictOf(open)).toMatchObject({
    kind: 'undecided',
    findings: { latency: { because: 'NoAnswer' } },
  })
  expect(windowFor(open, plus(now, settings.block))?.from).toBe(block(0))
})

const slowOnly = [
  ...histogram('reviews-s1-a', 6743, 0.9, -1),
  ...histogram('reviews-c1-a', 749, 0.7),
]

test('buckets of proxies that count differently are not compared, and the verdict says so', () => {
  const proxies = [build('reviews-s1-a', '1.29.2'), build('reviews-c1-a', '1.30.4')]
  const verdict = heard({ destination: healthy, buckets: slowOnly, proxies })
  expect(verdict.findings.latency).toEqual({ kind: 'not-compared', because: 'ProxySkew' })
  expect(verdict.findings.proxies).toEqual({
    canary: ['1.30.4'],
    stable: ['1.29.2'],
    countDifferently: true,
  })
  expect(sentence(verdict)).toMatch(
    /proved less than 0\.5 points worse; latency is not compared, since the proxies are 1\.30\.4 on the canary and 1\.29\.2 on the stable side, whose buckets hold other times \(reporter: source compares by the callers' proxies\)$/,
  )
})

test.for([
  { it: 'the same proxies', stable: '1.30.4', canary: '1.30.4', skew: undefined },
  { it: 'versions that count alike', stable: '1.30.0', canary: '1.31.2', skew: false },
  { it: 'older ones that count alike', stable: '1.27.9', canary: '1.29.0', skew: false },
])('with $it latency is compared', ({ stable: old, canary, skew }) => {
  const proxies = [build('reviews-s1-a', old), build('reviews-c1-a', canary)]
  const verdict = heard({ destination: healthy, buckets: slowOnly, proxies })
  expect(verdict).toMatchObject({ kind: 'worse', because: { code: 'CanaryIsSlower' } })
  expect(verdict.findings.proxies?.countDifferently).toBe(skew)
  expect(sentence(verdict)).not.toContain('proxies')
})

test.for([
  { it: 'a tag that is no version', stable: '1.30.4', canary: 'my-build' },
  { it: 'stable pods with proxies of both kinds', stable: '1.29.2 1.30.4', canary: '1.30.4' },
])('with $it latency is not compared', ({ stable: old, canary }) => {
  const proxies = [
    ...old.split(' ').map((tag) => build('reviews-s1-a', tag)),
    build('reviews-c1-a', canary),
  ]
  const { latency } = heard({ destination: healthy, buckets: slowOnly, proxies }).findings
  expect(latency).toEqual({ kind: 'not-compared', because: 'ProxySkew' })
})

test('versions that cannot be read withhold the pass, as buckets do', () => {
  const quick = [
    ...histogram('reviews-s1-a', 6743, 0.9, -1),
    ...histogram('reviews-c1-a', 749, 0.9),
  ]
  const verdict = heard({ destination: healthy, buckets: quick, proxyReading: failed })
  expect(verdict).toMatchObject({
    kind: 'undecided',
    findings: { latency: { because: 'NoAnswer' } },
  })
})

test('what the stable pods did before is asked for once, and only before anything was heard', () => {
  const open = openCase(trial, settings)
  const window = historyFor(open)
  expect(window).toEqual({
    from: plus(block(-241), seconds(0)),
    to: block(-1),
    step: settings.block,
  })
  if (window === undefined) throw new Error('a history is wanted')
  hearHistory(open, { window, requests: past(), buckets: nothing, at: start })
  expect(historyFor(open)).toBeUndefined()
  hearAll(open, { destination: healthy })
  const [failures] = verdictOf(open).findings.against
  expect(failures?.guard).toBeUndefined()
})

test('a store that does not tell the past is asked five times, then it is judged without', () => {
  const open = openCase(trial, settings)
  for (let attempt = 0; attempt < 5; attempt++) {
    const window = historyFor(open)
    if (window === undefined) throw new Error('a history is wanted')
    hearHistory(open, { window, requests: failed, buckets: undefined, at: start })
    expect(verdictOf(open).kind).toBe('no-data')
  }
  expect(historyFor(open)).toBeUndefined()
  hearAll(open, { destination: healthy })
  expect(verdictOf(open).findings.against[0]?.guard?.window).toBe(seconds(45))
})

type Answers = {
  readonly destination: readonly Series[]
  readonly source?: readonly Series[]
  readonly buckets?: readonly Series[]
  readonly bucketReading?: Reading
  readonly proxies?: readonly Series[]
  readonly proxyReading?: Reading
}

function heard(answers: Answers): Verdict {
  const open = openCase(trial, settings)
  hearAll(open, answers)
  return verdictOf(open)
}

function hearAll(open: Case, answers: Answers): void {
  const { destination, source = [], buckets, bucketReading, proxies, proxyReading } = answers
  const window = windowFor(open, now)
  if (window === undefined) throw new Error('a window is due')
  const of = (series: readonly Series[]): Reading => ({
    kind: 'series',
    series: within(series, window),
  })
  const times = bucketReading ?? (buckets && of(buckets))
  const versions = proxyReading ?? (proxies && of(proxies))
  hear(open, {
    window,
    destination: of(destination),
    source: of(source),
    buckets: times,
    proxies: versions,
    at: now,
  })
}

function asked(service: string, code: string, flags: string, amount: number): Series {
  const labels = {
    pod: 'gateway-1',
    destination_service_name: service,
    response_code: code,
    response_flags: flags,
  }
  return { ...counter('gateway-1', code, steady(amount, blocks + 1, 1000), -1), labels }
}

function build(pod: string, tag: string): Series {
  return { ...counter(pod, '', steady(0, blocks + 1, 1), -1), labels: { pod, tag } }
}

/** A part of the requests is within 100 ms, and all within 250. */
function histogram(pod: string, amount: number, quick: number, first = 0): readonly Series[] {
  const bucket = (le: string, part: number): Series => ({
    ...counter(pod, '', steady(Math.round(amount * part), blocks + 1, 0), first),
    labels: { pod, le },
  })
  const isCanary = pod.includes('-c1-')
  return [
    bucket(isCanary ? '100' : '100.0', quick),
    bucket(isCanary ? '250.0' : '250', 1),
    bucket('+Inf', 1),
  ]
}

/** An hour of two stable pods whose failures come alone, alternating so that they resemble no burst. */
function past(): Reading {
  return { kind: 'series', series: [...pastOf('reviews-s1-a', 0), ...pastOf('reviews-s1-b', 1)] }
}

function pastOf(pod: string, shift: number): readonly Series[] {
  const failures = steady(1, 240).map((count, k) => count + ((k + shift) % 2))
  return [counter(pod, '200', steady(1000, 240), -241), counter(pod, '503', failures, -241)]
}
