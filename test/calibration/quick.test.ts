import { describe, expect, test } from 'vitest'
import { cell } from './asked.ts'
import { atLeast } from './bars.ts'
import type { Cell } from './cell.ts'
import { leastSeconds } from './limit.ts'
import { interpolatedQuantile } from './minutes.ts'
import { cellsOf } from './plan.ts'
import { measure, quantileTime, rateOf } from './tally.ts'
import { play, seedOf } from './trial.ts'
import { failureWorlds, latencyWorlds } from './worlds.ts'

function played(asked: Cell): ReturnType<typeof measure> {
  const runs = Array.from({ length: asked.runs }, (_, run) => play(asked, seedOf('1', asked, run)))
  return measure(asked, runs)
}

const usual = { world: failureWorlds.clean, rps: 500, runs: 5 } as const

describe('a calibration in small', () => {
  test.for(['clean', 'shared', 'podburst', 'cluster', 'retries', 'stopAndGo'] as const)(
    'a good canary stays, in world %s',
    (name) => {
      const { tallies } = played(
        cell({
          ...usual,
          group: 'false rollback',
          world: failureWorlds[name],
          runs: 2,
          contestants: ['Haldane 5 s', 'Haldane 15 s'],
        }),
      )
      expect(tallies.map(rateOf)).toEqual([0, 0])
    },
  )

  test('a bad canary goes, ours sooner than by the rules of others', () => {
    const { tallies } = played(
      cell({
        ...usual,
        group: 'detection',
        regression: { name: 'bad', ratio: 0.01 },
        contestants: ['Haldane 5 s', 'Haldane 15 s', 'Argo 99 %', 'Kayenta every 5 min'],
      }),
    )
    const [five = 0, fifteen = 0, argo = 0, kayenta = 0] = tallies.map((tally) =>
      quantileTime(tally, 0.5),
    )
    expect(five).toBeLessThanOrEqual(60)
    expect(fifteen).toBeLessThanOrEqual(90)
    expect(argo).toBeGreaterThan(240)
    expect(kayenta).toBeGreaterThanOrEqual(300)
  })

  test('a slow canary goes', () => {
    const { tallies } = played(
      cell({
        ...usual,
        group: 'detection, latency',
        world: latencyWorlds.clean,
        runs: 1,
        regression: { name: 'slow', tail: (milliseconds) => (milliseconds < 900 ? 0.5 : 0) },
        contestants: ['Haldane 5 s'],
      }),
    )
    expect(tallies.map((tally) => quantileTime(tally, 0.5))[0]).toBeLessThanOrEqual(45)
  })

  test('a good canary passes, after the soak', () => {
    const { tallies } = played(
      cell({ ...usual, group: 'pass', runs: 1, contestants: ['proof 15 s', 'verdict 15 s'] }),
    )
    const [proof = Infinity, verdict] = tallies.map((tally) => quantileTime(tally, 0.5))
    expect(proof).toBeLessThanOrEqual(120)
    expect(verdict).toBeGreaterThanOrEqual(120)
  })
})

/** By their own arithmetic; spec/statistics §8.4. */
test('a total failure takes the rules of others minutes', () => {
  const { tallies } = played(
    cell({
      ...usual,
      group: 'detection',
      runs: 1,
      regression: { name: 'dead', ratio: 1 },
      contestants: [
        'Argo 99 %',
        'Argo 95 %',
        'Flagger 99 %',
        'Kayenta once',
        'Kayenta every 5 min',
      ],
    }),
  )
  expect(tallies.map(({ times }) => times[0])).toEqual([240, 240, 300, 1800, 300])
})

/** spec/statistics §9. */
test.for([
  { rps: 500, from: 0.001, to: 0.01, seconds: 15.04 },
  { rps: 500, from: 0.001, to: 0.005, seconds: 50.2 },
  { rps: 500, from: 0.01, to: 0.02, seconds: 50.9 },
])(
  'nobody finds $from → $to at $rps rps sooner than in $seconds s',
  ({ rps, from, to, seconds }) => {
    const { scenario } = cell({
      ...usual,
      group: 'detection',
      rps,
      ratio: from,
      regression: { name: 'worse', ratio: to },
      contestants: [],
    })
    expect(leastSeconds(scenario) / seconds).toBeCloseTo(1, 2)
  },
)

/** Summed exactly, in Python. */
test.for([
  { count: 0, trials: 100, chance: 0.01, probability: 1 },
  { count: 1, trials: 100, chance: 0.01, probability: 0.633_967_658_7 },
  { count: 5, trials: 100, chance: 0.01, probability: 0.003_432_321_6 },
  { count: 3, trials: 3, chance: 0.5, probability: 0.125 },
])('at least $count of $trials', ({ count, trials, chance, probability }) => {
  expect(atLeast(count, trials, chance)).toBeCloseTo(probability, 7)
})

test('a quantile is interpolated as Prometheus does', () => {
  const upTo50 = [0, 0, 0, 0, 0, 80]
  expect(interpolatedQuantile([...upTo50, 20], 0.9)).toBe(75)
  expect(interpolatedQuantile([], 0.9)).toBeNaN()
})

test('every cell of the plan has a name of its own', () => {
  const cells = cellsOf({ size: { isQuick: false, runs: 8 }, only: '' })
  expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length)
})
