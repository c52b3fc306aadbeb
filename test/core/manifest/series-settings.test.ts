import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import { resolveMetric } from '../../../src/core/manifest/analysis.ts'
import { standardDefaults } from '../../../src/core/manifest/judge-settings.ts'
import { parseSeriesFile } from '../../../src/core/manifest/series-file.ts'
import { parseSeriesSettings } from '../../../src/core/manifest/series-settings.ts'
import { problemText } from '../../../src/core/result.ts'
import { minutes, seconds } from '../../../src/core/units.ts'

const memory: JsonObject = { name: 'memory', direction: 'increase', canary: 'c', stable: 's' }

test('the least that can be said, and what it means', () => {
  expect(parseSeriesSettings({ series: [memory] }, standardDefaults, 'j')).toEqual({
    ok: true,
    value: {
      prometheus: undefined,
      series: [
        {
          name: 'memory',
          harm: 'increase',
          test: 'sign',
          margin: { kind: 'relative', share: 0.05 },
          passMargin: { kind: 'relative', share: 0.1 },
          block: undefined,
          queries: { canary: 'c', stable: 's' },
        },
      ],
      step: seconds(15),
      falseRollbackRate: 0.01,
      falsePassRate: 0.05,
      warmup: minutes(2),
      soak: minutes(2),
      deadline: undefined,
      onDeadline: 'inconclusive',
    },
  })
})

test('all that can be said', () => {
  const body = {
    prometheus: { address: 'http://there' },
    series: [
      {
        ...memory,
        direction: 'decrease',
        test: 'rank',
        margin: { absolute: 3 },
        passMargin: { absolute: 4 },
        block: '2m',
      },
      { ...memory, name: 'cpu', margin: '120%' },
    ],
    falseRollbackRate: '0.5%',
    falsePassRate: 0.1,
    warmup: '0s',
    soak: '5m',
    deadline: '30m',
    onDeadline: 'fail',
  }
  expect(parseSeriesSettings(body, standardDefaults, 'j')).toMatchObject({
    ok: true,
    value: {
      prometheus: { address: 'http://there' },
      series: [
        {
          harm: 'decrease',
          test: 'rank',
          margin: { kind: 'absolute', amount: 3 },
          passMargin: { kind: 'absolute', amount: 4 },
          block: 120_000,
        },
        { margin: { share: 1.2 }, passMargin: { share: 2.4 } },
      ],
      falseRollbackRate: 0.005,
      falsePassRate: 0.1,
      warmup: 0,
      soak: 300_000,
      deadline: 1_800_000,
      onDeadline: 'fail',
    },
  })
})

test.for<[JsonObject, string]>([
  [{ series: [] }, 'j.series: must hold at least 1'],
  [{ series: [{ ...memory, direction: undefined }] }, 'j.series[0].direction: is required'],
  [
    { series: [{ ...memory, direction: 'up', canary: '' }] },
    'j.series[0].direction: must be increase or decrease, is "up"; j.series[0].canary: must not be empty',
  ],
  [
    { series: [{ ...memory, margin: '5' }] },
    'j.series[0].margin: must be a part of the value such as 5%, or {absolute: 3} in its own unit, is "5"',
  ],
  [
    { series: [{ ...memory, margin: { absolute: 0 } }] },
    'j.series[0].passMargin: must be greater than the margin, is 0',
  ],
  [
    { series: [{ ...memory, passMargin: { absolute: 3 } }] },
    'j.series[0].passMargin: must be relative, as the margin is',
  ],
  [{ series: [memory, memory] }, 'j.series: must have different names, "memory" stands twice'],
  [
    { series: [memory], failures: { codes: ['429'] } },
    'j.failures: is about requests and has no place beside series; give requests a metric of their own',
  ],
  [
    { series: [memory], passMargin: { points: 1 } },
    'j.passMargin: has no place beside series; each of them has its own',
  ],
  [
    { series: [{ ...memory, tset: 'rank' }] },
    'j.series[0].tset: is not a field of a series; remove it',
  ],
])('%j', ([body, says]) => {
  const parsed = parseSeriesSettings(body, standardDefaults, 'j')
  expect(parsed.ok ? 'ok' : problemText(parsed.problems)).toBe(says)
})

test('as a metric: its interval is how far values lie apart, arguments are filled in', () => {
  const json = {
    name: 'gauges',
    interval: '30s',
    initialDelay: '1m',
    provider: {
      plugin: { 'haldane/judge': { series: [{ ...memory, canary: 'm{a="{{args.x}}"}' }] } },
    },
  }
  const args = [{ name: 'x', value: 'abc', from: undefined }]
  expect(resolveMetric({ name: 'gauges', json }, args, standardDefaults)).toMatchObject({
    ok: true,
    value: {
      kind: 'series',
      name: 'gauges',
      initialDelay: 60_000,
      series: { step: 30_000, series: [{ queries: { canary: 'm{a="abc"}' } }] },
    },
  })
})

test.for<{ it: string; text: string; is: unknown }>([
  {
    it: 'queries',
    text: JSON.stringify({ release: 'r', interval: '5s', series: [memory] }),
    is: { kind: 'asked', release: 'r', settings: { step: 5000, warmup: 120_000 } },
  },
  {
    it: 'values, with gaps and a history',
    text: '{"series":[{"name":"a","direction":"increase","canary":[1,null],"stable":[2],"history":[[3]]}]}',
    is: {
      kind: 'given',
      settings: { warmup: 0, series: [{ canary: [1, NaN], stable: [2], history: [[3]] }] },
    },
  },
])('a file of $it', ({ text, is }) => {
  expect(parseSeriesFile(text, {}, standardDefaults)).toMatchObject({ ok: true, value: is })
})

test.for([
  ['{', /^is not JSON/],
  ['[]', /^must be a JSON object with "series"$/],
  ['{"series":[],"interval":"1ms"}', /^interval: must be a length of time from 1s up/],
  [
    '{"series":[{"name":"a","direction":"increase","canary":[1],"stable":"x"}]}',
    /^series\[0\]\.stable: must be a list, is "x"$/,
  ],
  [
    '{"series":[{"name":"a","direction":"increase","canary":["1"],"stable":[1]}]}',
    /^series\[0\]\.canary\[0\]: must be a number, or null where there was none, is "1"$/,
  ],
] as const)('a file that cannot be read: %s', ([text, says]) => {
  const parsed = parseSeriesFile(text, {}, standardDefaults)
  expect(parsed.ok ? 'ok' : problemText(parsed.problems)).toMatch(says)
})
