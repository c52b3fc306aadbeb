import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import type { JudgeSettings } from '../../../src/core/judge/settings.ts'
import {
  annotationJudge,
  parseJudgeSettings,
  standardDefaults,
} from '../../../src/core/manifest/judge-settings.ts'
import { problemText } from '../../../src/core/result.ts'
import { minutes, seconds, share } from '../../../src/core/units.ts'

test('an empty body asks for the defaults', () => {
  expect(settings({})).toEqual({
    prometheus: undefined,
    service: undefined,
    reporter: 'auto',
    preset: 'default',
    failures: {
      codes: ['5xx'],
      grpc: [2, 4, 8, 12, 13, 14, 15],
      margin: { ratio: 1.2, points: share(0.0002) },
    },
    latency: { margin: 0.05, bounds: undefined },
    block: seconds(15),
    warmup: seconds(120),
    soak: minutes(2),
    falseRollbackRate: share(0.01),
    falsePassRate: share(0.05),
    passMargin: { points: share(0.005), latency: 0.1 },
    deadline: undefined,
    onDeadline: 'inconclusive',
  })
})

test.for([
  { preset: 'strict', margin: { ratio: 1.05, points: 0.00005 } },
  { preset: 'default', margin: { ratio: 1.2, points: 0.0002 } },
  { preset: 'lenient', margin: { ratio: 1.5, points: 0.001 } },
])('$preset names a margin', ({ preset, margin }) => {
  expect(settings({ preset }).failures.margin).toEqual(margin)
})

test('latency may be left out', () => {
  expect(settings({ latency: false }).latency).toBe(false)
  expect(settings({ preset: 'strict' }).latency).toEqual({ margin: 0.02, bounds: undefined })
})

test.for([
  { it: 'a ratio', says: { ratio: 2 }, margin: { ratio: 2, points: 0.0002 } },
  { it: 'points', says: { points: 0.5 }, margin: { ratio: 1.2, points: 0.005 } },
  { it: 'points as text', says: { points: '0.5' }, margin: { ratio: 1.2, points: 0.005 } },
])('the preset fills in beside $it', ({ says, margin }) => {
  expect(settings({ failures: { margin: says } }).failures.margin).toEqual(margin)
})

test('reads everything that is served', () => {
  const body = {
    prometheus: { address: 'https://prometheus.example.com/prefix' },
    service: 'reviews.shop.svc.cluster.local',
    reporter: 'waypoint',
    split: 'auto',
    failures: { codes: ['5xx', 429, '404'], grpc: [13, '14'] },
    latency: { margin: '8%', bounds: [100, '250ms', 1000] },
    falseRollbackRate: '0.5%',
    falsePassRate: 0.1,
    passMargin: { points: 0.2, latency: 0.2 },
    warmup: 0,
    soak: '90s',
    deadline: '30m',
    onDeadline: 'fail',
  }
  expect(settings(body)).toMatchObject({
    prometheus: { address: 'https://prometheus.example.com/prefix' },
    service: 'reviews.shop.svc.cluster.local',
    reporter: 'waypoint',
    failures: { codes: ['5xx', '429', '404'], grpc: [13, 14] },
    falseRollbackRate: 0.005,
    falsePassRate: 0.1,
    latency: { margin: 0.08, bounds: [100, 250, 1000] },
    passMargin: { points: 0.002, latency: 0.2 },
    warmup: 0,
    soak: 90_000,
    deadline: 1_800_000,
    onDeadline: 'fail',
  })
})

test("the metric's word goes before the controller's", () => {
  const defaults = {
    block: seconds(30),
    warmup: minutes(3),
    soak: minutes(5),
    prometheusAddress: 'http://here:9090',
  }
  const silent = parseJudgeSettings({}, defaults, 'x')
  const says = parseJudgeSettings(
    { warmup: '10s', prometheus: { address: 'http://there' } },
    defaults,
    'x',
  )
  expect(silent.ok && silent.value).toMatchObject({
    block: 30_000,
    warmup: 180_000,
    soak: 300_000,
    prometheus: { address: 'http://here:9090' },
  })
  expect(says.ok && says.value).toMatchObject({
    warmup: 10_000,
    soak: 300_000,
    prometheus: { address: 'http://there' },
  })
})

test.for([
  [{ preste: 'strict' }, 'j.preste: is not a field of a judge; did you mean preset?'],
  [{ preset: 'harsh' }, 'j.preset: must be default, strict or lenient, is "harsh"'],
  [
    { latency: { margin: '70%' } },
    'j.latency.margin: must be a percentage such as 5%, or a share such as 0.05; below 50%, is "70%"',
  ],
  [
    { latency: { marging: '5%' } },
    'j.latency.marging: is not a field of a judge; did you mean margin?',
  ],
  [
    { failures: false },
    'j.failures: must not be false: failures are always judged; latency: false leaves them alone to be judged',
  ],
  [
    { split: 'pod' },
    'j.split: must be auto (other ways come with a later version of Haldane), is "pod"',
  ],
  [
    { falseRollbackRate: 1 },
    'j.falseRollbackRate: must be a percentage such as 1%, or a share such as 0.01; below 50%, is 1',
  ],
  [
    { falseRollbackRate: '0%' },
    'j.falseRollbackRate: must be a percentage such as 1%, or a share such as 0.01; below 50%, is "0%"',
  ],
  [
    { failures: { margin: { ratio: 0.9 } } },
    'j.failures.margin.ratio: must be a number from 1 up, such as 1.2, is 0.9',
  ],
  [
    { failures: { margin: { points: '2%' } } },
    'j.failures.margin.points: must be percentage points from 0 to 100, such as 0.02, is "2%"',
  ],
  [
    { failures: { codes: ['5xx', '6xx'] } },
    'j.failures.codes[1]: must be an HTTP code such as 503, or a class such as 5xx, is "6xx"',
  ],
  [
    { failures: { grpc: [1] } },
    'j.failures.grpc: must be default, or a list of status numbers from 2 to 16 (0 is success, 1 is the client hanging up), is [1]',
  ],
  [
    { passMargin: { points: 0, latency: '10%' } },
    'j.passMargin.points: must be percentage points, more than 0, such as 0.5, is 0',
  ],
  [
    { prometheus: { address: 'prometheus:9090', headers: [{ key: 'a', value: 'b' }] } },
    'j.prometheus.headers: is not served by this version of Haldane; remove it; j.prometheus.address: must be a URL like http://prometheus:9090, is "prometheus:9090"',
  ],
  [{ deadline: 0 }, 'j.deadline: must be a length of time such as 30m, more than 0, is 0'],
  [{ warmup: '-1s' }, 'j.warmup: must be a length of time such as 90s or 2m, is "-1s"'],
  [
    { service: 'http://reviews' },
    'j.service: must be a host like reviews.shop.svc.cluster.local, is "http://reviews"',
  ],
] as const)('%j is refused', ([body, message]) => {
  const result = parseJudgeSettings(body, standardDefaults, 'j')
  expect(result.ok ? '' : problemText(result.problems)).toBe(message)
})

test('the annotation stands for a metric', () => {
  expect(annotationJudge(undefined)).toEqual({ ok: true, value: undefined })
  expect(annotationJudge('strict')).toEqual({
    ok: true,
    value: {
      name: 'haldane-judge',
      provider: { plugin: { 'haldane/judge': { preset: 'strict' } } },
    },
  })
  expect(annotationJudge('on')).toEqual({
    ok: false,
    problems: [
      {
        path: 'metadata.annotations["haldane.dev/judge"]',
        message: 'must be default, strict or lenient, is "on"',
      },
    ],
  })
})

function settings(body: JsonObject): JudgeSettings {
  const result = parseJudgeSettings(body, standardDefaults, 'j')
  if (!result.ok) throw new Error(problemText(result.problems))
  return result.value
}
