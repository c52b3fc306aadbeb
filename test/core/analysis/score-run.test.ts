import { expect, test } from 'vitest'
import {
  nextScoreLook,
  type Readings,
  type ScoreState,
  scoreOfReadings,
  scoreResult,
  scoreWindow,
} from '../../../src/core/analysis/score-run.ts'
import type { Reading } from '../../../src/core/judge/reading.ts'
import type { ScorePlan } from '../../../src/core/score/plan.ts'
import { instant, minutes, plus } from '../../../src/core/units.ts'
import { around, metric } from '../score/build.ts'

const begins = instant(Date.UTC(2026, 0, 5, 9))

const plan: ScorePlan = {
  prometheus: undefined,
  window: minutes(30),
  step: minutes(1),
  metrics: [{ ...metric({ name: 'latency' }), queries: { canary: 'c', stable: 's' } }],
  weights: new Map(),
  threshold: { pass: 95, marginal: 75 },
}

const window = scoreWindow(plan, begins)
const silent: Reading = { kind: 'failed', why: 'no answer' }
const nobody: Reading = { kind: 'series', series: [] }

test('the window ends a window after the run began, and holds a value a step', () => {
  expect(window).toEqual({
    from: plus(begins, minutes(1)),
    to: plus(begins, minutes(30)),
    step: minutes(1),
  })
})

test.for([
  { it: 'alike', canary: values(10), stable: values(10, 1), says: 'Successful: score 100' },
  {
    it: 'off',
    canary: values(20),
    stable: values(10),
    says: 'Failed: score 0: latency High',
  },
  {
    it: 'nobody there',
    canary: nobody,
    stable: nobody,
    says: 'Inconclusive: no score: Canary Failed: 50% or more metrics returned NODATA',
  },
  {
    it: 'no canary',
    canary: nobody,
    stable: values(10),
    says: 'Inconclusive: no score: Canary Failed: 50% or more metrics returned NODATA',
  },
])('$it: $says', ({ canary, stable, says }) => {
  expect(said(scored([{ canary, stable }], 30))).toBe(says)
})

test('a marginal score is inconclusive', () => {
  const fine = { canary: values(10), stable: values(10, 1) }
  const off = { canary: values(20), stable: values(10) }
  const readings = [off, fine, fine, fine]
  expect(said(scored(readings, 30))).toBe('Inconclusive: score 75: latency High')
})

test('where nothing is said errors may be zero, but silence everywhere is no pass', () => {
  const replacing = {
    ...plan,
    metrics: plan.metrics.map((each) => ({ ...each, nanStrategy: 'replace' as const })),
  }
  const state = scoreOfReadings(replacing, [{ canary: nobody, stable: nobody }], {
    window,
    now: window.to,
  })
  expect(said(state)).toBe('Inconclusive: no score: too little could be compared')
})

test('series of several pods are put together, and gaps are missing values', () => {
  const two: Reading = { kind: 'series', series: [...series(10, 30), ...series(11, 20)] }
  const state = scored([{ canary: values(10), stable: two }], 30)
  expect(state).toMatchObject({ card: { metrics: [{ stable: { count: 50 } }] } })
})

test.for([
  { it: 'right away it is asked again', at: 30, phase: 'Running', again: 30.25 },
  { it: 'for five minutes', at: 34, phase: 'Running', again: 34.25 },
  { it: 'then it has had its time', at: 35, phase: 'Inconclusive', again: undefined },
])('a store that does not answer: $it', ({ at, phase, again }) => {
  const state = scored([{ canary: silent, stable: values(10) }], at)
  expect(scoreResult(state, frame(at)).phase).toBe(phase)
  expect(nextScoreLook(state)).toBe(again === undefined ? undefined : plus(begins, minutes(again)))
})

test('an incomplete answer is not judged', () => {
  const state = scored([{ canary: { kind: 'incomplete', why: 'warned' }, stable: values(10) }], 40)
  expect(said(state)).toBe('Inconclusive: no score: the metrics store did not answer (warned)')
})

test('a run that is ended before its window has passed has passed nothing', () => {
  const waiting: ScoreState = { kind: 'waiting', until: window.to }
  expect(scoreResult(waiting, frame(10)).phase).toBe('Running')
  expect(scoreResult(waiting, { ...frame(10), terminate: true })).toMatchObject({
    phase: 'Inconclusive',
    message: 'no score: it was ended before its window had passed',
  })
})

test('the measurement says in short what was found', () => {
  const state = scored([{ canary: values(20), stable: values(10) }], 30)
  const [measurement] = scoreResult(state, frame(30)).measurements
  expect(JSON.parse(measurement?.value ?? '')).toEqual({
    verdict: 'fail',
    score: 0,
    classification: 'Fail',
    groups: { g: 0 },
  })
  expect(measurement?.metadata).toEqual({
    latency: 'High: canary 19.99, stable 9.993, ratio 2.001',
  })
})

function values(level: number, shift = 0): Reading {
  return { kind: 'series', series: series(level, 30, shift) }
}

function series(
  level: number,
  count: number,
  shift = 0,
): Extract<Reading, { readonly kind: 'series' }>['series'] {
  const samples = around(level, count + shift)
    .slice(shift)
    .map((value, index) => ({ at: plus(begins, minutes(index + 1)), value }))
  return [{ labels: {}, samples }]
}

function scored(readings: readonly Readings[], at: number): ScoreState {
  const [only] = plan.metrics
  const metrics = only === undefined ? [] : readings.map(() => only)
  return scoreOfReadings({ ...plan, metrics }, readings, {
    window,
    now: plus(begins, minutes(at)),
  })
}

function frame(at: number): Parameters<typeof scoreResult>[1] {
  return {
    name: 'kayenta',
    startedAt: begins,
    now: plus(begins, minutes(at)),
    terminate: false,
  }
}

function said(state: ScoreState): string {
  const { phase, message = 'nothing' } = scoreResult(state, frame(30))
  return `${phase}: ${message}`
}
