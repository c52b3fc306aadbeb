import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Case,
  hear,
  nextLook,
  openCase,
  verdictOf,
  windowFor,
} from '../../../src/core/judge/case.ts'
import type { Reading, Series } from '../../../src/core/judge/reading.ts'
import { sentence } from '../../../src/core/judge/sentence.ts'
import type { Verdict } from '../../../src/core/judge/verdict.ts'
import {
  type Instant,
  milliseconds,
  minus,
  minutes,
  plus,
  seconds,
} from '../../../src/core/units.ts'
import { block, counter, settings, start, steady, trial, within } from './build.ts'

const nothing: Reading = { kind: 'series', series: [] }
const settling = seconds(5)

/** Healthy traffic: 500 requests a second, one in ten to the canary, one in a thousand fails. */
function traffic(blocks: number, canaryFailures: number): readonly Series[] {
  return [
    counter('reviews-s1-a', '200', steady(6743, blocks + 1, 1e6), -1),
    counter('reviews-s1-a', '503', steady(7, blocks + 1, 1000), -1),
    counter('reviews-c1-a', '200', steady(750 - canaryFailures, blocks, 750 - canaryFailures)),
    counter('reviews-c1-a', '503', steady(canaryFailures, blocks, canaryFailures)),
  ]
}

/** Everything that is due at `now`, read without trouble. */
function read(open: Case, series: readonly Series[], now: Instant): void {
  const window = windowFor(open, now)
  if (window === undefined) return
  const destination: Reading = { kind: 'series', series: within(series, window) }
  hear(open, { window, destination, source: nothing, at: now })
}

function judged(series: readonly Series[], blocks: number, how = settings): Verdict {
  const open = openCase(trial, how)
  read(open, series, plus(block(blocks), settling))
  return verdictOf(open)
}

test('a canary that fails thirty times as often is worse, with numbers', () => {
  const verdict = judged(traffic(20, 23), 20)
  expect(verdict.kind).toBe('worse')
  expect(sentence(verdict)).toMatchInlineSnapshot(
    `"canary fails 3.1 % of 4,500 requests, stable 0.1 % of 40,500: 29 times the rate (at least 10 times); evidence 8.1 of 5.4 nats after 1m30s"`,
  )
})

test('a canary that fails altogether is found by the catastrophe channel', () => {
  const verdict = judged(traffic(20, 750), 20)
  expect(verdict.because).toMatchObject({ code: 'CanaryFailsOutright' })
  expect(sentence(verdict)).toMatchInlineSnapshot(
    `"canary fails outright, 100 % of 1,500 requests, stable 0.1 % of 13,500: 964 times the rate (at least 244 times); evidence 9.3 of 6.9 nats after 30s"`,
  )
})

test('a canary as good as stable is proved no worse, not before the soak', () => {
  expect(judged(traffic(20, 1), 7, { ...settings, soak: minutes(5) })).toMatchObject({
    kind: 'undecided',
    because: { code: 'Soaking' },
  })
  const verdict = judged(traffic(20, 1), 12)
  expect(verdict.kind).toBe('no-worse')
  expect(sentence(verdict)).toMatchInlineSnapshot(
    `"canary fails 0.13 % of 9,750 requests, stable 0.1 % of 87,750: proved less than 0.5 points worse"`,
  )
})

test('everything failing on both sides proves nothing', () => {
  const series = [
    counter('reviews-s1-a', '503', steady(6750, 20, 1e6), -1),
    counter('reviews-c1-a', '503', steady(750, 20, 750)),
  ]
  expect(sentence(judged(series, 15))).toMatch(/look at failures\.codes/)
})

test('worse is final', () => {
  const open = openCase(trial, settings)
  const bad = traffic(20, 60)
  read(open, bad, plus(block(12), settling))
  const before = verdictOf(open)
  const good = [
    ...bad.slice(0, 2),
    counter('reviews-c1-a', '200', steady(750, 80, 20 * 750), 20),
    counter('reviews-c1-a', '503', steady(0, 80, 20 * 60), 20),
  ]
  read(open, good, plus(block(90), settling))
  const after = verdictOf(open)
  expect(before.kind).toBe('worse')
  expect({ ...after, findings: 0 }).toEqual({ ...before, findings: 0 })
})

test.for<{ it: string; hears: Reading; diagnosis?: Reading; says: string }>([
  {
    it: 'no answer',
    hears: { kind: 'failed', why: 'connection refused' },
    says: 'no data: Prometheus does not answer (connection refused)',
  },
  {
    it: 'an incomplete answer',
    hears: { kind: 'incomplete', why: 'a store is down' },
    says: 'no data: Prometheus says that its answer is incomplete (a store is down)',
  },
  {
    it: 'no metric',
    hears: nothing,
    diagnosis: nothing,
    says: 'no data: Prometheus knows no istio_requests_total of this service; is it in the mesh, and scraped?',
  },
  {
    it: 'no label pod',
    hears: nothing,
    diagnosis: labelled({ reporter: 'destination' }),
    says: 'no data: istio_requests_total has no label pod; add it to the scrape configuration',
  },
  {
    it: 'server metrics switched off',
    hears: nothing,
    diagnosis: labelled({ reporter: 'source', pod: 'gateway-1' }),
    says: "no data: the service's own proxies report nothing, only source does; are server metrics switched off by a Telemetry resource?",
  },
  {
    it: 'other pods only',
    hears: nothing,
    diagnosis: labelled({ reporter: 'destination', pod: 'reviews-old-x' }),
    says: 'no data: Prometheus knows the service, but no pod of either revision',
  },
  {
    it: 'series without a pod',
    hears: labelled({ response_code: '503' }),
    says: 'no data: no pod of the canary side is in the answers',
  },
])('$it is no data: neither a pass nor worse', ({ hears, diagnosis, says }) => {
  const open = openCase(trial, settings)
  const now = plus(block(20), settling)
  const window = windowFor(open, now)
  if (window === undefined) throw new Error('a window is due')
  const answers = { window, destination: hears, source: nothing, at: now }
  hear(open, diagnosis === undefined ? answers : { ...answers, diagnosis })
  const verdict = verdictOf(open)
  expect(verdict.kind).toBe('no-data')
  expect(sentence(verdict)).toBe(says)
})

test('before anything was asked there is no data', () => {
  expect(sentence(verdictOf(openCase(trial, settings)))).toBe('no data: nothing has been read yet')
})

test('a failed read changes no evidence, and its window is asked again', () => {
  const open = openCase(trial, settings)
  const series = traffic(20, 1)
  read(open, series, plus(block(10), settling))
  const before = verdictOf(open)
  const now = plus(block(11), settling)
  const window = windowFor(open, now)
  if (window === undefined) throw new Error('a window is due')
  hear(open, { window, destination: { kind: 'failed', why: 'x' }, source: nothing, at: now })
  expect(verdictOf(open).kind).toBe('no-data')
  expect(verdictOf(open).findings.against).toEqual(before.findings.against)
  expect(windowFor(open, now)).toEqual(window)
  expect(nextLook(open, now)).toBe(plus(now, settings.block))
  read(open, series, plus(block(12), settling))
  expect(verdictOf(open)).toEqual(judged(series, 12))
})

test('the first window begins a block before the revision, and ends with what has settled', () => {
  const open = openCase(trial, settings)
  expect(windowFor(open, plus(start, seconds(19)))).toEqual({
    from: block(-1),
    to: block(0),
    step: settings.block,
  })
  read(open, traffic(3, 1), plus(block(0), settling))
  expect(windowFor(open, plus(start, seconds(19)))).toBeUndefined()
  expect(nextLook(open, plus(start, seconds(19)))).toBe(plus(start, seconds(20)))
})

test('short blocks: a scrape that takes three seconds is judged live as it will be replayed', () => {
  const short = { ...settings, block: seconds(2), warmup: milliseconds(0) }
  const pods = ['reviews-s1-a', 'reviews-c1-a']
  const seen = (until: number): readonly Series[] =>
    pods.map((pod) => ({
      labels: { pod, response_code: '200', response_flags: '-' },
      samples: Array.from({ length: 41 }, (_, k) => {
        const at = plus(minus(start, seconds(2)), seconds(2 * k))
        const newest = Math.min(at, until - 3000)
        return { at, value: Math.floor((newest - start) / 2000 + 10) ** 2 }
      }),
    }))
  const hearUntil = (open: Case, second: number): void => {
    const now = plus(start, seconds(second))
    const window = windowFor(open, now)
    if (window === undefined) return
    const series = within(seen(now), window)
    hear(open, { window, destination: { kind: 'series', series }, source: nothing, at: now })
  }
  const live = openCase(trial, short)
  for (let second = 1; second <= 60; second++) hearUntil(live, second)
  const replayed = openCase(trial, short)
  hearUntil(replayed, 60)
  expect(verdictOf(live).findings.canary).toEqual(verdictOf(replayed).findings.canary)
  expect(verdictOf(live).findings).toEqual(verdictOf(replayed).findings)
})

test('a clock that jumps back asks for nothing and changes nothing', () => {
  const open = openCase(trial, settings)
  read(open, traffic(20, 1), plus(block(10), settling))
  const before = verdictOf(open)
  expect(windowFor(open, block(3))).toBeUndefined()
  expect(nextLook(open, block(3))).toBe(plus(block(11), settling))
  expect(verdictOf(open)).toEqual(before)
})

test('a long absence is read in bounded pieces', () => {
  const window = windowFor(openCase(trial, settings), block(100_000))
  expect(window?.to).toBe(block(998))
})

test('law: however it was read, and whatever failed in between, the same samples give the same verdict', () => {
  const length = 30
  const sample = fc.option(fc.nat({ max: 40 }), { nil: undefined, freq: 8 })
  const growing = fc.array(sample, { minLength: length, maxLength: length })
  const world = fc.record({
    stable: growing,
    stableFails: growing,
    canary: growing,
    canaryFails: growing,
    late: growing,
  })
  const cuts = fc.array(fc.nat({ max: 5 }), { minLength: length, maxLength: length })
  fc.assert(
    fc.property(world, cuts, (amounts, steps) => {
      const series = [
        counter('reviews-s1-a', '200', summed(amounts.stable), -1),
        counter('reviews-s1-a', '503', summed(amounts.stableFails), -1),
        counter('reviews-c1-a', '200', summed(amounts.canary), 1),
        counter('reviews-c1-a', '503', summed(amounts.canaryFails), 2),
        counter('reviews-c1-b', '200', summed(amounts.late), 4),
      ]
      const given = { ...settings, warmup: seconds(45) }
      const live = openCase(trial, given)
      let at = 0
      for (const step of [...steps, length]) {
        at += step
        const now = plus(block(at), settling)
        const window = windowFor(live, now)
        if (step === 3 && window !== undefined)
          hear(live, { window, destination: { kind: 'failed', why: '' }, source: nothing, at: now })
        read(live, series, now)
      }
      const replayed = openCase(trial, given)
      read(replayed, series, plus(block(at), settling))
      const since = { trouble: undefined }
      expect({ ...verdictOf(live).findings, ...since }).toEqual({
        ...verdictOf(replayed).findings,
        ...since,
      })
    }),
    { numRuns: 60 },
  )
})

/** A running sum; it starts again now and then, as a proxy does. */
function summed(amounts: readonly (number | undefined)[]): readonly (number | undefined)[] {
  let sum = 0
  return amounts.map((amount) => {
    if (amount === 13) sum = 0
    sum += amount ?? 0
    return amount === undefined ? undefined : sum
  })
}

function labelled(labels: Readonly<Record<string, string>>): Reading {
  const samples = [18, 19, 20].map((k) => ({ at: block(k), value: milliseconds(k) }))
  return { kind: 'series', series: [{ labels, samples }] }
}
