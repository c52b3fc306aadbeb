import { expect, test } from 'vitest'
import type { ResolvedMetric } from '../../../src/core/analysis/metric.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { resolveMetric } from '../../../src/core/manifest/analysis.ts'
import { standardDefaults } from '../../../src/core/manifest/judge-settings.ts'
import { problemText, type Result } from '../../../src/core/result.ts'

const latency = { name: 'latency', canary: 'avg(latency{v="b"})', stable: 'avg(latency{v="a"})' }
const body = { window: '30m', metrics: [latency] }

function resolve(plugin: JsonObject, over: JsonObject = {}): Result<ResolvedMetric> {
  const json = { name: 'kayenta', provider: { plugin }, ...over }
  const args = [{ name: 'limit', value: '1.2', from: undefined }]
  const defaults = { ...standardDefaults, prometheusAddress: 'http://own:9090' }
  return resolveMetric({ name: 'kayenta', json }, args, defaults)
}

function resolveScore(score: JsonObject, over: JsonObject = {}): Result<ResolvedMetric> {
  return resolve({ 'haldane/score': score }, over)
}

test('little is needed', () => {
  const result = resolveScore(body)
  expect(result).toMatchObject({
    ok: true,
    value: {
      kind: 'score',
      name: 'kayenta',
      initialDelay: 0,
      score: {
        prometheus: { address: 'http://own:9090' },
        window: 1_800_000,
        step: 60_000,
        threshold: { pass: 95, marginal: 75 },
        weights: new Map(),
        metrics: [
          {
            name: 'latency',
            groups: ['all'],
            direction: 'either',
            queries: { canary: 'avg(latency{v="b"})', stable: 'avg(latency{v="a"})' },
          },
        ],
      },
    },
  })
})

test('everything, with arguments filled in', () => {
  const full = {
    prometheus: { address: 'http://p:9090' },
    window: '1h',
    step: '30s',
    metrics: [
      {
        ...latency,
        group: 'speed',
        direction: 'increase',
        nanStrategy: 'replace',
        critical: 'true',
        effectSize: { allowedIncrease: '{{args.limit}}' },
        outliers: { strategy: 'remove' },
      },
    ],
    weights: { speed: '100' },
    threshold: { pass: 90, marginal: 60 },
  }
  expect(resolveScore(full, { initialDelay: '2m', count: 1 })).toMatchObject({
    ok: true,
    value: {
      initialDelay: 120_000,
      score: {
        prometheus: { address: 'http://p:9090' },
        step: 30_000,
        weights: new Map([['speed', 100]]),
        threshold: { pass: 90, marginal: 60 },
        metrics: [
          {
            groups: ['speed'],
            critical: true,
            outlierFactor: 3,
            effectSize: { allowedIncrease: 1.2, allowedDecrease: 1 },
          },
        ],
      },
    },
  })
})

const here = 'metrics.kayenta.provider.plugin["haldane/score"]'

test.for([
  [{ ...body, metrics: [] }, `${here}.metrics: must hold at least 1`],
  [
    { ...body, window: '3m' },
    `${here}.step: must make 5 to 11000 values in the window, makes 3; 50 and more tell chance from change`,
  ],
  [
    { ...body, step: '0s' },
    `${here}.step: must be a length of time such as 30m, more than 0, is "0s"`,
  ],
  [
    { ...body, threshold: { pass: 50, marginal: 60 } },
    `${here}.threshold.marginal: must be at most pass (50), is 60`,
  ],
  [
    { ...body, weights: { a: 60, b: 50 } },
    `${here}.weights: must add up to at most 100, add up to 110`,
  ],
  [
    { ...body, metrics: [{ name: 'a', canary: 'x', stabel: 'y' }] },
    `${here}.metrics[0].stabel: is not a field of a score; did you mean stable?`,
  ],
  [
    { ...body, metrics: [{ ...latency, group: 'a', groups: ['b'] }] },
    `${here}.metrics[0].group: has no place beside groups; remove one of them`,
  ],
  [
    { ...body, metrics: [{ ...latency, direction: 'up' }] },
    `${here}.metrics[0].direction: must be increase, decrease or either, is "up"`,
  ],
  [{ ...body, metrics: ['x'] }, `${here}.metrics[0]: must be an object with "name"`],
  [
    { ...body, prometheus: { address: 'p:9090' } },
    `${here}.prometheus.address: must be a URL like http://prometheus:9090, is "p:9090"`,
  ],
] as const)('%j is refused', ([score, message]) => {
  expect(wrong(resolveScore(score))).toBe(message)
})

test.for([
  [
    { interval: '1m' },
    'metrics.kayenta.interval: has no place beside haldane/score: its step says how far values lie apart; remove it',
  ],
  [
    { count: 3 },
    'metrics.kayenta.count: must be 1 or absent (haldane/score looks once, at all of its window: a longer window sees more, a second look doubles the false alarms), is 3',
  ],
] as const)('a metric with %j is refused', ([over, message]) => {
  expect(wrong(resolveScore(body, over))).toBe(message)
})

test('judge and score are two metrics', () => {
  expect(wrong(resolve({ 'haldane/judge': {}, 'haldane/score': body }))).toBe(
    'metrics.kayenta.provider.plugin: must name one of haldane/judge and haldane/score; give each a metric of its own',
  )
})

function wrong(result: Result<unknown>): string {
  return result.ok ? 'fine' : problemText(result.problems)
}
