import { expect, test } from 'vitest'
import {
  BlockCase,
  type GivenBlock,
  type GivenHistory,
} from '../../../src/core/judge/block-case.ts'
import { sentence } from '../../../src/core/judge/sentence.ts'
import { seconds } from '../../../src/core/units.ts'
import { settings } from './build.ts'

const how = { ...settings, block: seconds(5) }

test('failures on the canary alone are worse; time is the sum of the blocks', () => {
  const open = new BlockCase(how)
  for (let k = 0; k < 30; k++) open.add(blockOf(6, 2))
  expect(open.verdict()).toMatchObject({ kind: 'worse', because: { channel: 'failures' } })
})

test('a canary as good as stable is proved no worse, not before the soak', () => {
  const open = new BlockCase(how)
  for (let k = 0; k < 12; k++) open.add(blockOf(0, 2))
  expect(open.verdict().kind).not.toBe('no-worse')
  for (let k = 0; k < 60; k++) open.add(blockOf(0, 2))
  expect(open.verdict().kind).toBe('no-worse')
})

test('a missing side holds the block open, and nothing is lost', () => {
  const whole = new BlockCase(how)
  whole.add({ ...blockOf(1, 4), seconds: 10 })
  const halved = new BlockCase(how)
  halved.add({ ...blockOf(1, 4), stable: [] })
  halved.add({ ...blockOf(1, 4), canary: [] })
  halved.add({ ...blockOf(0, 0), seconds: 0 })
  expect(halved.verdict().findings.canary.all.requests).toBe(250)
  expect(halved.verdict().findings.quality.gaps).toBe(2)
  expect(whole.verdict().findings.quality.gaps).toBe(0)
})

test('a canary that nobody asks anything is no data', () => {
  const open = new BlockCase(how)
  expect(open.verdict().kind).toBe('no-data')
  for (let k = 0; k < 4; k++) open.add({ ...blockOf(0, 2), canary: [{ requests: 0, failures: 0 }] })
  expect(open.verdict()).toMatchObject({ kind: 'no-data', because: { code: 'NoTraffic' } })
})

test('a pod warms up from the first block that names it; outright failure is watched for at once', () => {
  const open = new BlockCase({ ...how, warmup: seconds(10) })
  open.add(pods('a'))
  open.add(pods('a'))
  expect(open.verdict().findings.canary).toMatchObject({
    judged: { requests: 0 },
    all: { requests: 200, failures: 2 },
  })
  open.add(pods('a', 'b'))
  open.add(pods('a', 'b'))
  expect(open.verdict().findings.canary.judged).toMatchObject({ requests: 200, failures: 2 })
  open.add(pods('a', 'b'))
  expect(open.verdict().findings.canary.judged).toMatchObject({ requests: 400, failures: 4 })
  expect(open.verdict().findings.blocks.leftOut).toEqual({ 'canary-warming-up': 2 })
})

test('pods without a name warm up together', () => {
  const open = new BlockCase({ ...how, warmup: seconds(10) })
  for (let k = 0; k < 3; k++) open.add(blockOf(0, 2))
  expect(open.verdict().findings.canary.judged.requests).toBe(125)
})

/** A failure in a hundred requests on each. */
function pods(...names: readonly string[]): GivenBlock {
  const canary = names.map((pod) => ({ pod, requests: 100, failures: 1 }))
  return { ...blockOf(0, 2), canary }
}

function blockOf(canary: number, stable: number): GivenBlock {
  return {
    seconds: 5,
    canary: [{ requests: 125, failures: canary }],
    stable: [{ requests: 2375, failures: stable }],
  }
}

const usual = { 25: 0.2, 50: 0.64, 100: 0.93, 250: 0.99, 500: 1, '+Inf': 1 }
const slower = { 25: 0.13, 50: 0.5, 100: 0.87, 250: 0.98, 500: 1, '+Inf': 1 }

test('a canary that takes a quarter longer is slower, with the bound that tells', () => {
  const open = new BlockCase(how, history(usual))
  for (let k = 0; k < 12; k++) open.add(timed(slower))
  const verdict = open.verdict()
  expect(verdict).toMatchObject({
    kind: 'worse',
    because: { code: 'CanaryIsSlower', channel: 'latency', slower: { bound: 50 } },
  })
  expect(sentence(verdict)).toMatchInlineSnapshot(
    `"canary is slower: 50 % of 750 requests took longer than 50 ms, stable 36 % of 14,250; evidence 6.4 of 5.4 nats after 30s"`,
  )
  expect(verdict.findings.latency).toMatchObject({
    kind: 'compared',
    quantiles: [{ quantile: 0.5, canary: { low: 25, high: 100 } }, {}, {}],
  })
})

test('without a history the first requests of the release say what is normal', () => {
  const open = new BlockCase(how)
  for (let k = 0; k < 40; k++) open.add(timed(slower))
  expect(open.verdict()).toMatchObject({ kind: 'worse', because: { code: 'CanaryIsSlower' } })
})

test('a canary as quick as stable is proved no slower', () => {
  const open = new BlockCase(how, history(usual))
  for (let k = 0; k < 60; k++) open.add(timed(usual))
  const { kind, findings } = open.verdict()
  expect(kind).toBe('no-worse')
  expect(findings.inFavour.map(({ name }) => name)).toEqual(['failures', 'latency'])
})

test.for([
  { it: 'no buckets', buckets: undefined, because: 'NoBuckets' },
  { it: 'other bounds', buckets: { 33: 0.5, '+Inf': 1 }, because: 'NoCommonBounds' },
])('with $it on the canary latency is not compared, and failures are', ({ buckets, because }) => {
  const open = new BlockCase(how, history(usual))
  for (let k = 0; k < 60; k++) open.add(timed(buckets ?? {}))
  const { kind, findings } = open.verdict()
  expect(findings.latency).toEqual({ kind: 'not-compared', because })
  expect(kind).toBe('no-worse')
})

test('a block that lacks a bound says nothing of it', () => {
  const open = new BlockCase(how, history(usual))
  open.add(timed(usual))
  const { '250': _, ...without } = usual
  for (let k = 0; k < 60; k++) open.add(timed(without))
  expect(open.verdict().kind).not.toBe('worse')
})

type Cumulative = Readonly<Record<string, number>>

function timed(canary: Cumulative): GivenBlock {
  return {
    seconds: 5,
    canary: [{ pod: 'c', requests: 125, failures: 0, buckets: bucketsOf(canary, 125) }],
    stable: [{ pods: 20, requests: 2375, failures: 2, buckets: bucketsOf(usual, 2375) }],
  }
}

function bucketsOf(shares: Cumulative, requests: number): ReadonlyMap<number, number> {
  return new Map(
    Object.entries(counted(shares, requests)).map(([le, count]) => [
      le === '+Inf' ? Infinity : Number(le),
      count,
    ]),
  )
}

function counted(shares: Cumulative, requests: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(shares).map(([le, share]) => [le, Math.round(share * requests)]),
  )
}

/** Ten minutes of two pods that are alike. */
function history(shares: Cumulative): GivenHistory {
  const length = 120
  const often = (value: number): readonly number[] => Array.from({ length }, () => value)
  const buckets = Object.fromEntries(
    Object.entries(counted(shares, 1250)).map(([le, count]) => [le, often(count)]),
  )
  const pod = { requests: often(1250), failures: often(1), buckets }
  return { seconds: 5, pods: [pod, pod] }
}
