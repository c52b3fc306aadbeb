import { expect, test } from 'vitest'
import { parseTrial } from '../../../src/core/analysis/trial.ts'
import { verdictValue } from '../../../src/core/analysis/value.ts'
import type { Json } from '../../../src/core/json.ts'
import type { Findings, Verdict } from '../../../src/core/judge/verdict.ts'
import { nats, seconds } from '../../../src/core/units.ts'
import { channel, counts, findings, noWorse, side, trial, worse } from '../report/build.ts'

const written = {
  rollout: 'checkout',
  canaryHash: '7d4b9c6f58',
  stableHash: '5f6d8b7c94',
  canaryService: 'checkout-canary',
  stableService: 'checkout-stable',
  since: '2026-03-01T12:00:00Z',
}

test('a trial is read back; the namespace is that of the run', () => {
  expect(parseTrial('shop', JSON.stringify(written))).toEqual(trial)
})

test.for([
  { it: 'no annotation', text: undefined },
  { it: 'no JSON', text: '{' },
  { it: 'no object', text: '[]' },
  { it: 'no time that is one', text: JSON.stringify({ ...written, since: 'yesterday' }) },
  ...Object.keys(written).map((key) => ({
    it: `no ${key}`,
    text: JSON.stringify({ ...written, [key]: undefined }),
  })),
  { it: 'a number for a name', text: JSON.stringify({ ...written, rollout: 7 }) },
])('$it: a run that nobody made for a release', ({ text }) => {
  expect(parseTrial('shop', text)).toBeUndefined()
})

test('the value of a measurement is short JSON with verdict, reason, counts, ratio, evidence', () => {
  expect(valueOf(worse)).toEqual({
    verdict: 'worse',
    because: 'CanaryFailsMore',
    score: 0,
    canary: { requests: 420, failures: 13 },
    stable: { requests: 4180, failures: 4 },
    ratio: { low: 7.4, estimate: 32.3 },
    channel: 'failures',
    nats: 6.4,
    threshold: 5.3,
  })
  expect(verdictValue(worse).length).toBeLessThan(300)
})

test('the strongest evidence is the one nearest to its threshold', () => {
  expect(valueOf(noWorse)).toMatchObject({ channel: 'failures', nats: -0.8 })
})

test.for<{ it: string; against: Findings['against']; inFavour: Findings['inFavour']; is: number }>([
  {
    it: 'failures proved no worse, nothing else gated',
    against: [channel('failures', -1, 5)],
    inFavour: [channel('failures', 3.2, 3)],
    is: 100,
  },
  {
    it: 'slower, and fails no more',
    against: [channel('failures', -1, 5), channel('latency', 6, 5)],
    inFavour: [channel('failures', 3.2, 3), channel('latency', -4, 3)],
    is: 50,
  },
  {
    it: 'nothing proved yet',
    against: [channel('failures', -1, 5), channel('latency', 0, 5)],
    inFavour: [channel('failures', 1, 3), channel('latency', 2.9, 3)],
    is: 0,
  },
  {
    it: 'proved by one burst alone, which the guard leaves out',
    against: [],
    inFavour: [
      channel('failures', 3.2, 3, {
        guard: { logE: nats(1), threshold: nats(2.3), window: seconds(45) },
      }),
    ],
    is: 0,
  },
  {
    it: 'outright failure speaks against what was proved of failures',
    against: [channel('catastrophe', 8, 7)],
    inFavour: [channel('failures', 3.2, 3), channel('latency', 3.2, 3)],
    is: 50,
  },
])('the score is the part of what is gated that is no worse: $it', ({ against, inFavour, is }) => {
  expect(valueOf({ ...noWorse, findings: { ...findings, against, inFavour } })).toMatchObject({
    score: is,
  })
})

test('numbers have four digits, and nothing known is left out, never NaN', () => {
  const nothing: Verdict = {
    kind: 'no-data',
    because: { code: 'NotAskedYet' },
    findings: {
      ...findings,
      against: [],
      ratio: { estimate: undefined, low: 1.234567, high: undefined },
      excess: undefined,
      canary: side(counts(0, 0)),
      stable: side(counts(0, 0)),
    },
  }
  expect(valueOf(nothing)).toEqual({
    verdict: 'no-data',
    because: 'NotAskedYet',
    canary: { requests: 0, failures: 0 },
    stable: { requests: 0, failures: 0 },
    ratio: { low: 1.235 },
  })
})

function valueOf(verdict: Verdict): Json {
  const json: Json = JSON.parse(verdictValue(verdict))
  return json
}
