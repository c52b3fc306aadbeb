import { expect, test } from 'vitest'
import {
  at,
  booleanAt,
  isObject,
  type Json,
  listAt,
  numberAt,
  textAt,
} from '../../../src/core/json.ts'
import type { Label } from '../../../src/core/score/classify.ts'
import { type Counted, type GroupScore, scoreOf } from '../../../src/core/score/score.ts'
import { type MetricScore, type Summary, scorecardOf } from '../../../src/core/score/scorecard.ts'
import type { ScoredMetric, ScoreQuestion } from '../../../src/core/score/settings.ts'
import { around, metric, question } from './build.ts'
import { broken, type Claim, casesOf, numbers } from './vectors.ts'

const threshold = { pass: 95, marginal: 75 }

test.for(casesOf('score'))('$title', ({ input, expected, observed }) => {
  const counted = listAt(input, 'results').map(countedOf)
  const found = scoreOf(counted, weightsOf(input['groupWeights']), threshold)
  const reason = observed['reason'] ?? expected['reason']
  // A result made by hand has no reason, where Kayenta prints null and we the metric's name.
  const isStated = reason !== 'Canary Failed: null'
  const groups = listAt(observed['groupScores'] ?? expected['groupScores'])
  expect(found.score).toBe(expected['summaryScore'])
  expect(found.groups.length).toBe(groups.length)
  expect(broken({ reason: [found.override?.reason, isStated ? reason : undefined] })).toEqual({})
  expect(groups.map((json) => broken(groupClaims(found.groups, json)))).toEqual(
    groups.map(() => ({})),
  )
})

const judgements = casesOf('judge').filter(({ expected }) => !('throws' in expected))

test.for(judgements)('a whole judgement: $title', ({ input, expected }) => {
  const found = scorecardOf(questionOf(input))
  const groups = listAt(expected, 'groupScores')
  const results = listAt(expected, 'results')
  expect(found.score).toBe(expected['score'])
  expect(found.label).toBe(expected['classification'])
  expect(found.override?.reason ?? '').toBe(expected['classificationReason'])
  expect(found.groups.length).toBe(groups.length)
  expect(groups.map((json) => broken(groupClaims(found.groups, json)))).toEqual(
    groups.map(() => ({})),
  )
  expect(found.metrics.map((each, index) => broken(metricClaims(each, results[index])))).toEqual(
    results.map(() => ({})),
  )
})

test.for(casesOf('summary'))('$title', ({ input, expected }) => {
  const values = numbers(input['data'])
  const [only] = scorecardOf(question([{ ...metric(), canary: values, stable: [] }])).metrics
  expect(broken(summaryClaims('data', only?.canary, expected))).toEqual({})
})

/* ---------------------------------------------------------------- what a score amounts to */

const fine = { canary: around(10), stable: around(10).toReversed() }
const high = { canary: around(20), stable: around(10) }
const silent = { canary: [], stable: around(10) }
const single = { canary: [5], stable: [10] }

test.for([
  { it: 'all alike', metrics: [fine], outcome: 'pass' },
  { it: 'one of five off', metrics: [high, fine, fine, fine, fine], outcome: 'marginal' },
  { it: 'one of two off', metrics: [high, fine], outcome: 'fail' },
  { it: 'no data at all', metrics: [silent], outcome: 'not-judged' },
  { it: 'half without data', metrics: [silent, fine], outcome: 'not-judged' },
  { it: 'a third without data', metrics: [silent, fine, fine], outcome: 'pass' },
  { it: 'one value a side', metrics: [single], outcome: 'not-judged' },
  {
    it: 'a critical metric of one value a side',
    metrics: [{ ...single, critical: true }, fine],
    outcome: 'not-judged',
  },
  {
    it: 'a critical metric without data',
    metrics: [{ ...silent, critical: true }, fine],
    outcome: 'not-judged',
  },
  {
    it: 'a critical metric without data beside another that is off',
    metrics: [
      { ...silent, critical: true },
      { ...high, critical: true },
    ],
    outcome: 'fail',
  },
  {
    it: 'only a metric that must have data and has none',
    metrics: [{ ...silent, mustHaveData: true }],
    outcome: 'fail',
  },
  {
    it: 'zeros in place of a missing side',
    metrics: [{ ...silent, nanStrategy: 'replace' as const }],
    outcome: 'not-judged',
  },
  { it: 'NaN alone', metrics: [{ canary: [NaN, NaN], stable: [NaN] }], outcome: 'not-judged' },
  {
    it: 'zeros in place of everything',
    metrics: [{ canary: [NaN, NaN], stable: [NaN], nanStrategy: 'replace' as const }],
    outcome: 'not-judged',
  },
  {
    it: 'no errors on either side beside a metric that was compared',
    metrics: [{ canary: [NaN, NaN], stable: [NaN], nanStrategy: 'replace' as const }, fine],
    outcome: 'pass',
  },
  { it: 'everything muted', metrics: [{ ...high, muted: true }], outcome: 'not-judged' },
  {
    it: 'a critical metric off',
    metrics: [{ ...high, critical: true }, fine, fine, fine, fine, fine],
    outcome: 'fail',
  },
])('$it: $outcome', ({ metrics, outcome }) => {
  const asked = metrics.map((given) => ({ ...metric(), ...given }))
  expect(scorecardOf(question(asked)).outcome).toBe(outcome)
})

test('the summary is rounded by its digits, half up', () => {
  const labels: readonly Label[] = ['Pass', 'High']
  const counted = labels.map((label, index) => counts({ groups: [`g${index}`], label }))
  expect(scoreOf(counted, new Map([['g0', 1.005]]), threshold).score).toBe(1.01)
  expect(scoreOf(counted, new Map([['g0', 1e-7]]), threshold).score).toBe(0)
})

function counts(given: Partial<Counted>): Counted {
  return { name: 'm', groups: ['g'], label: 'Pass', reason: undefined, critical: false, ...given }
}

type Claims = Readonly<Record<string, Claim>>

function groupClaims(groups: readonly GroupScore[], json: Json): Claims {
  const group = groups.find(({ name }) => name === at(json, 'name'))
  return {
    score: [group?.score, at(json, 'score'), 1e-12],
    isEmpty: [group?.isEmpty, at(json, 'noData')],
  }
}

function metricClaims(found: MetricScore, json: Json | undefined): Claims {
  return {
    name: [found.name, at(json, 'name')],
    label: [found.label, at(json, 'classification')],
    reason: [found.reason, at(json, 'reason')],
    critical: [found.critical, at(json, 'critical')],
    muted: [found.muted, at(json, 'muted')],
    deviation: [found.deviation, at(json, 'ratio'), 1e-12],
    ...summaryClaims('canary', found.canary, at(json, 'experimentStats')),
    ...summaryClaims('stable', found.stable, at(json, 'controlStats')),
  }
}

function summaryClaims(side: string, found: Summary | undefined, json: Json | undefined): Claims {
  return {
    [`${side} count`]: [found?.count, at(json, 'count')],
    [`${side} mean`]: [found?.mean, at(json, 'mean'), 1e-12],
    [`${side} std`]: [found?.std, at(json, 'std'), numberAt(json, 'stdAbsTol') ?? 1e-12],
    [`${side} min`]: [found?.min, at(json, 'min')],
    [`${side} max`]: [found?.max, at(json, 'max')],
  }
}

const known: readonly Label[] = ['Pass', 'High', 'Low', 'Nodata', 'NodataFailMetric', 'Error']

function countedOf(json: Json): Counted {
  const label = known.find((each) => each === at(json, 'classification'))
  if (label === undefined) throw new Error(`no label: ${JSON.stringify(json)}`)
  return {
    name: textAt(json, 'name') ?? '',
    groups: groupsOf(json),
    label,
    reason: textAt(json, 'reason'),
    critical: booleanAt(json, 'critical'),
  }
}

function groupsOf(json: Json | undefined): readonly string[] {
  return listAt(json, 'groups').map(String)
}

function weightsOf(json: Json | undefined): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(isObject(json) ? json : {}).map(([name, weight]) => [name, Number(weight)]),
  )
}

/** Kayenta's configuration in our terms; what it takes silently for a default is a problem at our door. */
function questionOf(input: Json): ScoreQuestion {
  const configs = listAt(input, 'config', 'metrics')
  const metrics = listAt(input, 'pairs').map((pair) => ({
    ...metricOf(configs.find((config) => at(config, 'name') === at(pair, 'name'))),
    canary: numbers(at(pair, 'experiment')),
    stable: numbers(at(pair, 'control')),
  }))
  return question(metrics, {
    weights: weightsOf(at(input, 'config', 'groupWeights')),
    threshold: {
      pass: numberAt(input, 'thresholds', 'pass') ?? NaN,
      marginal: numberAt(input, 'thresholds', 'marginal') ?? NaN,
    },
  })
}

function metricOf(config: Json | undefined): ScoredMetric {
  const canary = at(config, 'analysisConfigurations', 'canary')
  const direction = textAt(canary, 'direction')
  const measure = textAt(canary, 'effectSize', 'measure') === 'cles' ? 'cles' : 'meanRatio'
  const limit = (name: string): number =>
    numberAt(canary, 'effectSize', name) ?? (measure === 'cles' ? 0.5 : 1)
  return metric({
    name: textAt(config, 'name') ?? '',
    groups: groupsOf(config),
    direction: direction === 'increase' || direction === 'decrease' ? direction : 'either',
    nanStrategy: textAt(canary, 'nanStrategy') === 'replace' ? 'replace' : 'remove',
    outlierFactor:
      textAt(canary, 'outliers', 'strategy') === 'remove'
        ? (numberAt(canary, 'outliers', 'outlierFactor') ?? 3)
        : undefined,
    critical: booleanAt(canary, 'critical'),
    mustHaveData: booleanAt(canary, 'mustHaveData'),
    muted: booleanAt(canary, 'muted'),
    effectSize: {
      measure,
      allowedIncrease: limit('allowedIncrease'),
      allowedDecrease: limit('allowedDecrease'),
      criticalIncrease: limit('criticalIncrease'),
      criticalDecrease: limit('criticalDecrease'),
    },
  })
}
