import { expect, test } from 'vitest'
import type { Argument, Metric } from '../../../src/core/analysis/metric.ts'
import type { Json, JsonObject } from '../../../src/core/json.ts'
import {
  parseAnalysisRun,
  parseAnalysisTemplate,
  resolveMetric,
} from '../../../src/core/manifest/analysis.ts'
import { standardDefaults } from '../../../src/core/manifest/judge-settings.ts'
import { problemText, type Result } from '../../../src/core/result.ts'

const judge = { plugin: { 'haldane/judge': {} } }

test('reads a template, metrics as written', () => {
  const written = { name: 'requests', interval: '{{args.block}}', provider: judge }
  const args = [{ name: 'block', value: '15s' }, { name: 'open' }]
  expect(parseAnalysisTemplate(template({ metrics: [written], args }))).toEqual({
    ok: true,
    value: {
      name: 'judge',
      metrics: [{ name: 'requests', json: written }],
      args: [
        { name: 'block', value: '15s', from: undefined },
        { name: 'open', value: undefined, from: undefined },
      ],
    },
  })
})

test.for([
  { it: 'no metrics', spec: {}, says: 'spec.metrics: is required' },
  { it: 'an empty list', spec: { metrics: [] }, says: 'spec.metrics: must hold at least 1' },
  {
    it: 'a name that stands twice',
    spec: { metrics: [metric(), metric()] },
    says: 'spec.metrics[1].name: must be unique, "requests" stands twice',
  },
  {
    it: 'a mistake in a metric that waits for no argument',
    spec: { metrics: [metric({ interval: 'often' })] },
    says: 'spec.metrics[0].interval: must be a length of time from 1s to 5m, such as 15s, is "often"',
  },
  {
    it: 'an unknown name in a metric that waits for one',
    spec: { metrics: [metric({ intervall: '{{args.x}}' })] },
    says: 'spec.metrics[0].intervall: is not a field of a metric; did you mean interval?',
  },
  {
    it: 'a secret',
    spec: {
      metrics: [metric()],
      args: [{ name: 'token', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }],
    },
    says: "spec.args[0].valueFrom.secretKeyRef: is Argo's, but not served by this version of Haldane; write a value or keep this AnalysisTemplate with Argo's controller",
  },
  {
    it: 'a dry run',
    spec: { metrics: [metric()], dryRun: [{ metricName: 'requests' }] },
    says: "spec.dryRun: is Argo's, but not served by this version of Haldane; remove it or keep this AnalysisTemplate with Argo's controller",
  },
])('a template with $it is refused', ({ spec, says }) => {
  expect(wrong(parseAnalysisTemplate(template(spec)))).toBe(says)
})

test.for([
  { over: { count: 1 } },
  { over: { count: '1', failureLimit: 0, inconclusiveLimit: '0' } },
  { over: { consecutiveErrorLimit: 4, consecutiveSuccessLimit: 0 } },
])('$over says what is the case anyway', ({ over }) => {
  expect(resolve(metric(over)).ok).toBe(true)
})

test.for([
  [
    { count: 5 },
    'metrics.requests.count: must be 1 or absent (haldane/judge is one long measurement that decides by itself), is 5',
  ],
  [
    { failureLimit: 3 },
    'metrics.requests.failureLimit: must be 0 or absent (haldane/judge is one long measurement that decides by itself), is 3',
  ],
  [
    { successCondition: 'result[0] > 0.9' },
    'metrics.requests.successCondition: has no place beside haldane/judge, which decides by itself; remove it',
  ],
  [{ provider: {} }, 'metrics.requests.provider.plugin: is required'],
  [
    { provider: { plugin: { 'haldane/judge': null } } },
    'metrics.requests.provider.plugin["haldane/judge"]: is required; {} asks for the defaults',
  ],
  [
    { provider: { prometheus: { query: 'up' } } },
    "metrics.requests.provider.prometheus: is Argo's, but not served by this version of Haldane; use plugin haldane/judge or keep this metric with Argo's controller",
  ],
  [
    { provider: { plugin: { 'example/metric': {} } } },
    'metrics.requests.provider.plugin["example/metric"]: is Argo\'s, but not served by this version of Haldane; use haldane/judge or keep this metric with Argo\'s controller',
  ],
  [
    { provider: { plugin: { 'haldane/score': {} } } },
    'metrics.requests.provider.plugin["haldane/score"].window: is required; metrics.requests.provider.plugin["haldane/score"].metrics: is required',
  ],
  [
    { interval: '0s', provider: { plugin: { 'haldane/judge': { preset: 1 } } } },
    'metrics.requests.interval: must be a length of time from 1s to 5m, such as 15s, is "0s"; metrics.requests.provider.plugin["haldane/judge"].preset: must be default, strict or lenient, is 1',
  ],
] as const)('a metric with %j is refused', ([over, message]) => {
  expect(wrong(resolve(metric(over)))).toBe(message)
})

test('the interval of the metric is the block', () => {
  const result = resolve(metric({ interval: '30s', initialDelay: '1m' }))
  expect(result.ok && result.value).toMatchObject({
    name: 'requests',
    initialDelay: 60_000,
    judge: { block: 30_000 },
  })
})

test('arguments fill in everywhere, whatever they hold', () => {
  const settings = { service: '{{args.host}}', preset: '{{ args.preset }}', warmup: '{{args.n}}' }
  const result = resolve(metric({ provider: { plugin: { 'haldane/judge': settings } } }), [
    argument('host', 'reviews.shop'),
    argument('preset', 'strict'),
    argument('n', '30'),
  ])
  expect(result.ok && result.value).toMatchObject({
    judge: { service: 'reviews.shop', preset: 'strict', warmup: 30_000 },
  })
})

test('a value is text, not JSON and not a template', () => {
  const result = resolve(metric({ interval: '{{args.x}}' }), [
    argument('x', '15s", "count": "{{args.x}}'),
  ])
  expect(wrong(result)).toBe(
    'metrics.requests.interval: must be a length of time from 1s to 5m, such as 15s, is "15s\\", \\"count\\": \\"{{args.x}}"',
  )
})

test.for([
  { tag: '{{args.open}}', says: 'metrics.requests: argument "open" was not supplied' },
  { tag: '{{args.none}}', says: 'metrics.requests: failed to resolve {{args.none}}' },
  { tag: '{{x}}', says: 'metrics.requests: failed to resolve {{x}}' },
  {
    tag: '{{x}} {{y}} {{ x }}',
    says: 'metrics.requests: failed to resolve {{x}}; metrics.requests: failed to resolve {{y}}',
  },
])('$tag stops a metric', ({ tag, says }) => {
  expect(wrong(resolve(metric({ interval: tag }), [argument('open', undefined)]))).toBe(says)
})

test('reads a run with what its status tells', () => {
  const run = {
    kind: 'AnalysisRun',
    metadata: { name: 'reviews-abc-2', namespace: 'shop', uid: 'u1' },
    spec: { metrics: [metric()], args: [{ name: 'a', value: 'x' }], terminate: true },
    status: { phase: 'Running', startedAt: '2026-11-24T10:00:00Z' },
  }
  expect(parseAnalysisRun(run)).toEqual({
    ok: true,
    value: {
      name: 'reviews-abc-2',
      namespace: 'shop',
      uid: 'u1',
      metrics: [{ name: 'requests', json: metric() }],
      args: [{ name: 'a', value: 'x', from: undefined }],
      terminate: true,
      status: {
        phase: 'Running',
        message: undefined,
        startedAt: Date.parse('2026-11-24T10:00:00Z'),
        completedAt: undefined,
        metricResults: [],
      },
    },
  })
})

test('a run with a lifetime is refused', () => {
  const spec = { metrics: [metric()], ttlStrategy: { secondsAfterCompletion: 5 } }
  expect(wrong(parseAnalysisRun({ kind: 'AnalysisRun', spec }))).toBe(
    "spec.ttlStrategy: is Argo's, but not served by this version of Haldane; remove it or keep this AnalysisRun with Argo's controller",
  )
})

function metric(over: JsonObject = {}): JsonObject {
  return { name: 'requests', provider: judge, ...over }
}

function template(spec: JsonObject): Json {
  return { kind: 'AnalysisTemplate', metadata: { name: 'judge', namespace: 'shop' }, spec }
}

function argument(name: string, value: string | undefined): Argument {
  return { name, value, from: undefined }
}

function resolve(
  json: JsonObject,
  args: readonly Argument[] = [],
): ReturnType<typeof resolveMetric> {
  const written: Metric = { name: 'requests', json }
  return resolveMetric(written, args, standardDefaults)
}

function wrong(result: Result<unknown>): string {
  return result.ok ? '' : problemText(result.problems)
}
