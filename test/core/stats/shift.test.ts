import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, listAt, numberAt } from '../../../src/core/json.ts'
import { coarseShift } from '../../../src/core/stats/coarse-shift.ts'
import { normalQuantile } from '../../../src/core/stats/normal-quantile.ts'
import { quantileSorted } from '../../../src/core/stats/quantile.ts'
import { pooledRanks, rankScore } from '../../../src/core/stats/rank-score.ts'
import { type Shift, shiftInterval } from '../../../src/core/stats/shift-interval.ts'
import { broken, casesOf, near, numbers, samplesOf, series, sorted } from '../score/vectors.ts'

test.for(casesOf('wdiff'))('standardised rank sum: $title', ({ input, expected }) => {
  const score = rankScore(samplesOf(input['x'], input['y']), numberAt(input, 'mu') ?? 0) ?? NaN
  const tolerance = numberAt(expected, 'absTol') ?? 1e-12
  expect(score - (numberAt(input, 'quantile') ?? 0)).toSatisfy(near(expected['value'], tolerance))
})

test.for(casesOf('normalQuantile'))('$title', ({ input, expected }) => {
  const quantile = normalQuantile(1 - (numberAt(input, 'p') ?? NaN))
  expect(-quantile).toSatisfy(near(expected['value'], 1e-6))
})

test.for(casesOf('percentile'))('$title', ({ input, expected }) => {
  const value = quantileSorted(sorted(numbers(input['data'])), (numberAt(input, 'p') ?? 0) / 100)
  expect(value).toSatisfy(near(expected['value'], numberAt(expected, 'absTol') ?? 1e-12))
})

const intervals = casesOf('mw').filter(({ expected }) => !('throws' in expected))

test.for(intervals)('as Kayenta searches it: $title', ({ input, expected, observed }) => {
  const level = numberAt(input, 'confidenceLevel') ?? NaN
  const found = coarseShift(samplesOf(input['experiment'], input['control']), level)
  const own = { ciAbsTol: 1e-9, estimateAbsTol: 1e-9, ...expected }
  expect(
    broken({
      low: [found?.low, expected['ciLow'], own.ciAbsTol],
      high: [found?.high, expected['ciHigh'], own.ciAbsTol],
      estimate: [found?.estimate, expected['estimate'], own.estimateAbsTol],
      'low of its classes': [found?.low, observed['ciLow']],
      'high of its classes': [found?.high, observed['ciHigh']],
      'estimate of its classes': [found?.estimate, observed['estimate']],
    }),
  ).toEqual({})
})

/** Kayenta's search stops at 1e-4. Its estimate keeps the continuity correction and may lie a step of the data away, so it is no measure. */
test.for(intervals)(
  'exactly, within what the search leaves open: $title',
  ({ input, expected }) => {
    const level = numberAt(input, 'confidenceLevel') ?? NaN
    const found = shiftInterval(samplesOf(input['experiment'], input['control']), level)
    expect(
      broken({
        low: [found?.low, expected['ciLow'], 1.01e-4],
        high: [found?.high, expected['ciHigh'], 1.01e-4],
      }),
    ).toEqual({})
  },
)

test.for(casesOf('mw').filter(({ expected }) => 'throws' in expected))('$title', ({ input }) => {
  const samples = samplesOf(input['experiment'], input['control'])
  expect(coarseShift(samples, 0.95)).toBeUndefined()
  expect(shiftInterval(samples, 0.95)).toBeUndefined()
})

test.for(listAt(series, 'mann_whitney'))("as R's wilcox.test has it: $source", (row) => {
  const found = shiftInterval(
    samplesOf(at(row, 'experiment'), at(row, 'control')),
    numberAt(row, 'conf') ?? NaN,
  )
  expect(found?.low).toSatisfy(near(at(row, 'lo'), 1e-12))
  expect(found?.high).toSatisfy(near(at(row, 'hi'), 1e-12))
  expect(found?.estimate).toSatisfy(near(at(row, 'estimate'), 1e-12))
})

test.for([
  [0.975, 1.959963984540054],
  [0.99, 2.3263478740408408],
  [0.5, 0],
  [1e-10, -6.361340902404056],
  [1e-300, -37.0471],
  [0, -Infinity],
  [1, Infinity],
] as const)('the normal quantile of %d is %d', ([p, expected]) => {
  expect(normalQuantile(p)).toSatisfy(near(expected, 1e-7))
})

test.for([
  { it: 'no canary', canary: [], stable: [1, 2] },
  { it: 'no stable side', canary: [1, 2], stable: [] },
  { it: 'one value each', canary: [5], stable: [10] },
  { it: 'one distinct value each', canary: [5, 5, 5], stable: [10, 10] },
])('nothing can be said: $it', ({ canary, stable }) => {
  expect(shiftInterval(samplesOf(canary, stable), 0.98)).toBeUndefined()
  expect(coarseShift(samplesOf(canary, stable), 0.98)).toBeUndefined()
})

test('an infinite value counts as the largest number', () => {
  const samples = { canary: sorted([1, 2, 3, 4, 5, Infinity]), stable: sorted([1, 2, 3, 4, 5, 6]) }
  expect(shiftInterval(samples, 0.98)).toEqual({ low: -4, high: Number.MAX_VALUE, estimate: 0 })
})

/* ---------------------------------------------------------------- laws */

/** Sixty-fourths, so that differences and units are exact. */
const sixtyFourths = fc.integer({ min: -1e8, max: 1e8 }).map((value) => value / 64)
const values = fc.array(fc.oneof(fc.integer({ min: -4, max: 4 }), sixtyFourths), {
  minLength: 2,
  maxLength: 12,
})

test('every bound and the estimate are what sorting all differences gives', () => {
  fc.assert(
    fc.property(values, values, (canary, stable) => {
      const found = shiftInterval(samplesOf(canary, stable), 0.9)
      fc.pre(found !== undefined)
      const all = sorted(canary.flatMap((x) => stable.map((y) => x - y)))
      expect(all).toContain(found.low)
      expect(all).toContain(found.high)
      expect(found.estimate).toBeCloseTo(quantileSorted(all, 0.5), 9)
      expect(found.low).toBeLessThanOrEqual(found.estimate)
      expect(found.estimate).toBeLessThanOrEqual(found.high)
    }),
  )
})

test('exchanging the sides turns the interval around', () => {
  fc.assert(
    fc.property(values, values, (canary, stable) => {
      const there = shiftInterval(samplesOf(canary, stable), 0.9)
      const back = shiftInterval(samplesOf(stable, canary), 0.9)
      expect(back && turned(back)).toEqual(there && turned(turned(there)))
    }),
  )
})

test('the unit does not matter', () => {
  fc.assert(
    fc.property(values, values, fc.integer({ min: -40, max: 40 }), (canary, stable, power) => {
      const unit = 2 ** power
      const plain = shiftInterval(samplesOf(canary, stable), 0.9)
      const scaled = shiftInterval(
        samplesOf(
          canary.map((value) => value * unit),
          stable.map((value) => value * unit),
        ),
        0.9,
      )
      expect(scaled?.low).toBe(plain && plain.low * unit)
      expect(scaled?.estimate).toBe(plain && plain.estimate * unit)
    }),
  )
})

test('the ranks of both sides share out all ranks', () => {
  fc.assert(
    fc.property(values, values, (canary, stable) => {
      const all = canary.length + stable.length
      const mine = pooledRanks(samplesOf(canary, stable), 0).rankSum
      const others = pooledRanks(samplesOf(stable, canary), 0).rankSum
      expect(mine + others).toBe((all * (all + 1)) / 2)
    }),
  )
})

/** Zero has no sign here. */
function turned({ low, high, estimate }: Shift): Shift {
  return { low: 0 - high, high: 0 - low, estimate: 0 - estimate }
}
