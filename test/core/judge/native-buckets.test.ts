import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BucketMaker, type Buckets, type LatencyBlock } from '../../../src/core/judge/buckets.ts'
import { hear, openCase, verdictOf, windowFor } from '../../../src/core/judge/case.ts'
import { hearHistory, historyFor } from '../../../src/core/judge/case-history.ts'
import { looksOf, type Window } from '../../../src/core/judge/looks.ts'
import type { NativeBucket, NativeSample, Series } from '../../../src/core/judge/reading.ts'
import type { JudgeSettings } from '../../../src/core/judge/settings.ts'
import { settling } from '../../../src/core/judge/settling.ts'
import { plus } from '../../../src/core/units.ts'
import { block, counter, settings, trial, windowOf } from './build.ts'
import { type Random, seeded } from './random.ts'

/** Buckets of one look: `[above, upTo, count]`. */
type Given = readonly (readonly [number, number, number])[]

const stablePod = 'reviews-s1-a'
const canaryPod = 'reviews-c1-a'

test.for<{
  it: string
  sees: readonly Given[]
  at: number
  within: number | undefined
  of: number | undefined
}>([
  {
    it: 'adds buckets up to a bound',
    sees: [
      [[32, 45.254833995939045, 5]],
      [
        [32, 45.254833995939045, 8],
        [64, 90.50966799187809, 1],
      ],
    ],
    at: 64,
    within: 3,
    of: 4,
  },
  {
    it: 'knows bounds between which nothing lies',
    sees: [[[32, 45.254833995939045, 5]], [[32, 45.254833995939045, 8]]],
    at: 8,
    within: 0,
    of: 3,
  },
  {
    it: 'knows nothing of a bound within a bucket',
    sees: [[[32, 64, 5]], [[32, 64, 8]]],
    at: 45.254833995939045,
    within: undefined,
    of: 3,
  },
  {
    it: 'counts a bucket from zero that is born',
    sees: [
      [[32, 64, 5]],
      [
        [16, 32, 2],
        [32, 64, 5],
      ],
    ],
    at: 32,
    within: 2,
    of: 2,
  },
  {
    it: 'takes no requests from buckets that are only laid out anew',
    sees: [
      [
        [32, 45.254833995939045, 500],
        [45.254833995939045, 64, 500],
      ],
      [[32, 64, 1004]],
    ],
    at: 64,
    within: undefined,
    of: undefined,
  },
  {
    it: 'counts from zero after a restart, though the buckets are others',
    sees: [[[32, 64, 500]], [[32, 45.254833995939045, 3]]],
    at: 64,
    within: 3,
    of: 3,
  },
  {
    it: 'goes by the bounds of classic buckets where it was made of such',
    sees: [
      [[25, 50, 5]],
      [
        [-Infinity, 0.5, 1],
        [25, 50, 8],
        [50, 100, 2],
      ],
    ],
    at: 50,
    within: 4,
    of: 6,
  },
])('$it', ({ sees, at, within, of }) => {
  const { stable } = blocksOf([native(stablePod, sees), native(canaryPod, sees)])[0] ?? {}
  expect(stable?.get(at)).toBe(within)
  expect(stable?.get(Infinity)).toBe(of)
})

test('bounds that somebody asks for are those of the classic buckets that it was made of', () => {
  const wanted = { ...settings, latency: { margin: 0.05, bounds: [33] } }
  const sees: readonly Given[] = [
    [[20, 33, 1]],
    [
      [20, 33, 4],
      [33, 70, 1],
    ],
  ]
  const [made] = blocksOf([native(stablePod, sees), native(canaryPod, sees)], wanted)
  expect(made?.canary.get(33)).toBe(3)
})

test('a side with pods of both kinds is compared by the bounds that both have', () => {
  const sees: readonly Given[] = [
    [[25, 50, 5]],
    [
      [25, 50, 8],
      [250, 500, 1],
    ],
  ]
  const [made] = blocksOf([
    native(stablePod, sees),
    ...classic('reviews-s1-b', { 50: [10, 17], 60: [10, 18], '+Inf': [10, 20] }),
    native(canaryPod, sees),
  ])
  expect(Object.fromEntries(made?.stable ?? [])).toEqual({ 50: 10, Infinity: 14 })
})

test('a side whose pods have other bounds is compared by those that all of them have', () => {
  const [made] = blocksOf([
    ...classic(stablePod, { 50: [10, 17], 60: [10, 18], '+Inf': [10, 20] }),
    ...classic('reviews-s1-b', { 50: [10, 17], 70: [10, 18], '+Inf': [10, 20] }),
    ...classic(canaryPod, { 50: [10, 17], '+Inf': [10, 20] }),
  ])
  expect(Object.fromEntries(made?.stable ?? [])).toEqual({ 50: 14, Infinity: 20 })
})

test('law: fine buckets and coarse ones count the same within the bounds that both have', () => {
  const looks = fc.array(
    fc.array(fc.double({ min: 0.01, max: 9000, noNaN: true }), { maxLength: 20 }),
    { minLength: 2, maxLength: 5 },
  )
  fc.assert(
    fc.property(looks, fc.integer({ min: 1, max: 8 }), (latencies, schema) => {
      const powers = Array.from({ length: 14 }, (_, k) => 2 ** k)
      const fine = counted(latencies, schema)
      const coarse = powers.map((le) => [le, counts(latencies, le)] as const)
      const all = { '+Inf': counts(latencies, Infinity) }
      const natives = blocksOf([native(stablePod, fine), native(canaryPod, fine)])
      const classics = blocksOf(
        [stablePod, canaryPod].flatMap((pod) =>
          classic(pod, { ...Object.fromEntries(coarse), ...all }),
        ),
      )
      expect(natives.map(({ canary }) => only(canary, powers))).toEqual(
        classics.map(({ canary }) => only(canary, powers)),
      )
    }),
  )
})

/* ---------------------------------------------------------------- whole cases */

test.for([
  {
    it: 'a canary that takes a quarter longer is slower',
    slower: 1.25,
    history: true,
    kind: 'worse',
  },
  { it: 'the same without a history', slower: 1.5, history: false, kind: 'worse' },
  {
    it: 'a canary as quick as stable is proved no slower',
    slower: 1,
    history: true,
    kind: 'no-worse',
  },
])('on native histograms $it', ({ slower, history, kind }) => {
  const series = world(slower)
  const open = openCase(trial, settings)
  if (history) learn(open, series)
  const now = plus(block(60), settling)
  const window = windowFor(open, now)
  if (window === undefined) throw new Error('nothing is due')
  hear(open, {
    window,
    destination: answer(series.requests, window),
    source: none,
    buckets: answer(series.buckets, window),
    at: now,
  })
  const verdict = verdictOf(open)
  expect(verdict.kind).toBe(kind)
  expect(verdict.findings.latency.kind).toBe('compared')
})

test('law: heard look by look or at once, native histograms give the same evidence', () => {
  const series = world(1.1)
  const [live, replayed] = [openCase(trial, settings), openCase(trial, settings)]
  for (const open of [live, replayed]) learn(open, series)
  for (let k = 1; k <= 40; k++) hearUntil(live, series, k)
  hearUntil(replayed, series, 40)
  expect(verdictOf(live).findings.latency).toEqual(verdictOf(replayed).findings.latency)
  expect(verdictOf(live).findings.latency.kind).toBe('compared')
})

type World = { readonly requests: readonly Series[]; readonly buckets: readonly Series[] }

/** From an hour before: three stable pods, and later a canary pod, 95 requests a block. */
function world(slower: number): World {
  const random = seeded(5)
  const pods = [
    ...['a', 'b', 'c'].map((name) => ({ pod: `reviews-s1-${name}`, from: -240, slower: 1 })),
    { pod: canaryPod, from: 0, slower },
  ]
  const requests = pods.map(({ pod, from }) => {
    const length = 62 - from
    return counter(
      pod,
      '200',
      Array.from({ length }, (_, k) => 95 * (k + 1)),
      from,
    )
  })
  const buckets = pods.map(({ pod, from, slower: factor }) => {
    const latencies = Array.from({ length: 62 - from }, () =>
      Array.from({ length: 95 }, () => factor * lognormal(random)),
    )
    return native(pod, counted(latencies, 3), from)
  })
  return { requests, buckets }
}

function learn(open: ReturnType<typeof openCase>, { requests, buckets }: World): void {
  const window = historyFor(open)
  if (window === undefined) throw new Error('no history is wanted')
  hearHistory(open, {
    window,
    requests: answer(requests, window),
    buckets: answer(buckets, window),
    at: window.to,
  })
}

function hearUntil(open: ReturnType<typeof openCase>, series: World, k: number): void {
  const now = plus(block(k), settling)
  const window = windowFor(open, now)
  if (window === undefined) return
  hear(open, {
    window,
    destination: answer(series.requests, window),
    source: none,
    buckets: answer(series.buckets, window),
    at: now,
  })
}

/* ---------------------------------------------------------------- building */

const none = { kind: 'series' as const, series: [] }

function answer(
  series: readonly Series[],
  { from, to }: Window,
): { readonly kind: 'series'; readonly series: readonly Series[] } {
  const isIn = ({ at }: { readonly at: number }): boolean => at >= from && at <= to
  return {
    kind: 'series',
    series: series.map(({ labels, samples, histograms }) => ({
      labels,
      samples: samples.filter(isIn),
      ...(histograms && { histograms: histograms.filter(isIn) }),
    })),
  }
}

function blocksOf(
  series: readonly Series[],
  how: JudgeSettings = settings,
): readonly LatencyBlock[] {
  const maker = new BucketMaker(trial, how)
  const looks = looksOf(series, windowOf(0, 10)).filter(({ values }) => values.length > 0)
  return looks.flatMap((look) => maker.advance(look) ?? [])
}

function native(pod: string, looks: readonly Given[], first = 0): Series {
  const histograms = looks.map((given, k): NativeSample => {
    const buckets = given.map(([above, upTo, count]): NativeBucket => ({ above, upTo, count }))
    return {
      at: block(first + k),
      count: buckets.reduce((sum, { count }) => sum + count, 0),
      buckets,
    }
  })
  return { labels: { pod }, samples: [], histograms }
}

function classic(
  pod: string,
  bounds: Readonly<Record<string, readonly number[]>>,
): readonly Series[] {
  return Object.entries(bounds).map(([le, values]) => ({
    labels: { pod, le },
    samples: values.map((value, k) => ({ at: block(k), value })),
  }))
}

/** Running counts in buckets that grow by 2^(1/2^schema), look by look. */
function counted(latencies: readonly (readonly number[])[], schema: number): readonly Given[] {
  const sums = new Map<number, number>()
  const steps = 2 ** schema
  return latencies.map((look) => {
    for (const latency of look) {
      const index = Math.ceil(Math.log2(latency) * steps - 1e-9)
      sums.set(index, (sums.get(index) ?? 0) + 1)
    }
    return [...sums].map(([k, count]) => [2 ** ((k - 1) / steps), 2 ** (k / steps), count] as const)
  })
}

/** The running count of what took no longer. */
function counts(latencies: readonly (readonly number[])[], le: number): readonly number[] {
  let sum = 0
  return latencies.map(
    (look) => (sum += look.filter((latency) => latency <= le * (1 + 1e-9)).length),
  )
}

function only(buckets: Buckets, bounds: readonly number[]): readonly (number | undefined)[] {
  return [...bounds, Infinity].map((bound) => buckets.get(bound))
}

function lognormal(random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return 40 * Math.exp(0.6 * normal)
}
