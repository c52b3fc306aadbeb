import { expect, test } from 'vitest'
import { Counters } from '../../../src/core/judge/counters.ts'
import { looksOf } from '../../../src/core/judge/looks.ts'
import { vectors } from '../stats/vectors.ts'
import { counter, windowOf } from './build.ts'

type Values = readonly (number | undefined)[]

test.for<{ it: string; served: Values; failed?: Values; counts: readonly number[] }>([
  { it: 'takes what is there at first as the starting point', served: [50, 60], counts: [0, 10] },
  {
    it: 'counts a new outcome of a known pod from zero',
    served: [50, 60],
    failed: [undefined, 3],
    counts: [0, 13],
  },
  {
    it: 'brings the requests of a missing look with the next',
    served: [50, undefined, 70],
    counts: [0, 0, 20],
  },
  {
    it: 'counts from zero after a restart',
    served: [500, 520, 8],
    failed: [5, 6, 1],
    counts: [0, 21, 9],
  },
  {
    it: 'holds the highest value when one counter steps back',
    served: [500, 520, 510, 530],
    failed: [5, 6, 6, 6],
    counts: [0, 21, 0, 10],
  },
  {
    it: 'holds a rare failure that the store forgets for a moment',
    served: [500, 520, 540, 560],
    failed: [5, 6, 5, 6],
    counts: [0, 21, 20, 20],
  },
  {
    it: 'counts an evicted outcome from zero when it is born again',
    served: [500, 520, 540, 560],
    failed: [9, undefined, undefined, 2],
    counts: [0, 20, 20, 22],
  },
  {
    it: 'does not count twice what the store hid for a moment',
    served: [500, undefined, 500],
    failed: [5, 5, 6],
    counts: [0, 0, 1],
  },
])('$it', ({ served, failed = [], counts }) => {
  expect(differences(served, failed)).toEqual(counts)
})

/** The third case of the reference is a fall of one from 3 to 2: a restart to Prometheus, a step back to us. */
test.for(vectors.counter_increments.slice(0, 2))(
  'reference: $samples',
  ({ samples, increments }) => {
    expect(differences(samples, []).slice(1)).toEqual(increments)
  },
)

test('a pod that appears later counts from zero', () => {
  const counters = new Counters()
  const series = [counter('a', '200', [10, 20]), counter('b', '200', [undefined, 7])]
  const looks = looksOf(series, windowOf(0, 1))
  const [, second] = looks.map(({ at, values }) => counters.advance(at, values))
  expect(second?.map(({ of, amount }) => [of.proxy, amount])).toEqual([
    ['a', 10],
    ['b', 7],
  ])
})

test('oddities are noted', () => {
  const counters = new Counters()
  const series = [counter('a', '200', [500, 490, 3]), counter('a', '503', [1, NaN, -1])]
  const looks = looksOf(series, windowOf(0, 2))
  for (const { at, values } of looks) counters.advance(at, values)
  const notNumbers = looks.map((look) => look.notNumbers)
  expect({ notNumbers, restarts: counters.restarts, stepsBack: counters.stepsBack }).toEqual({
    notNumbers: [0, 1, 1],
    restarts: 1,
    stepsBack: 1,
  })
})

function differences(served: Values, failed: Values): readonly number[] {
  const counters = new Counters()
  const series = [counter('a', '200', served), counter('a', '503', failed)]
  const looks = looksOf(series, windowOf(0, served.length - 1))
  return looks.map(({ at, values }) =>
    counters.advance(at, values).reduce((sum, { amount }) => sum + amount, 0),
  )
}
