import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MetricResult, RunStatus } from '../../../src/core/analysis/metric.ts'
import { isObject, type Json, type JsonObject, sameJson } from '../../../src/core/json.ts'
import {
  analysisRunStatusJson,
  parseRunStatus,
} from '../../../src/core/manifest/analysis-run-json.ts'
import { mergePatchOf } from '../../../src/core/manifest/merge-patch.ts'
import { parseRolloutStatus, rolloutStatusJson } from '../../../src/core/manifest/rollout-status.ts'
import type { RolloutStatus } from '../../../src/core/rollout/status.ts'
import { instant, weight } from '../../../src/core/units.ts'

const time = fc.integer({ min: 0, max: 4_000_000_000 }).map((second) => instant(second * 1000))
const text = fc.string({ minLength: 1 })
const count = fc.nat(1000)

function maybe<T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(values, { nil: undefined })
}

const destination = fc.record({
  weight: fc.integer({ min: 0, max: 100 }).map(weight),
  serviceName: maybe(text),
  podTemplateHash: maybe(text),
})

const run = fc.record({ name: text, status: text, message: maybe(text) })

const anyStatus: fc.Arbitrary<RolloutStatus> = fc.record({
  observedGeneration: maybe(count.map(String)),
  workloadObservedGeneration: maybe(count.map(String)),
  phase: maybe(fc.constantFrom('Healthy', 'Degraded', 'Progressing', 'Paused')),
  message: maybe(fc.string()),
  conditions: fc.array(
    fc.record({
      type: fc.constantFrom('Progressing', 'Available', 'Paused', 'InvalidSpec'),
      status: fc.constantFrom('True', 'False', 'Unknown'),
      reason: fc.string(),
      message: fc.string(),
      lastUpdateTime: time,
      lastTransitionTime: time,
    }),
  ),
  abort: fc.boolean(),
  abortedAt: maybe(time),
  promoteFull: fc.boolean(),
  restartedAt: maybe(time),
  pauseConditions: fc.array(
    fc.record({
      reason: fc.constantFrom('CanaryPauseStep', 'InconclusiveAnalysisRun'),
      startTime: time,
    }),
  ),
  controllerPause: fc.boolean(),
  currentStepIndex: maybe(count),
  currentStepHash: maybe(text),
  currentPodHash: maybe(text),
  stableRS: maybe(text),
  collisionCount: maybe(count),
  replicas: count,
  updatedReplicas: count,
  readyReplicas: count,
  availableReplicas: count,
  hpaReplicas: count,
  selector: maybe(text),
  weights: maybe(fc.record({ canary: destination, stable: destination })),
  stablePingPong: maybe(fc.constantFrom('ping', 'pong')),
  stepRun: maybe(run),
  backgroundRun: maybe(run),
})

test('what is written is read back', () => {
  fc.assert(
    fc.property(anyStatus, (status) => {
      expect(parseRolloutStatus({ status: overTheWire(rolloutStatusJson(status)) })).toEqual(status)
    }),
  )
})

test('what asks for nothing is not written', () => {
  expect(rolloutStatusJson(parseRolloutStatus({}))).toEqual({ canary: {} })
})

test("is written in Argo's form", () => {
  const at = instant(Date.parse('2026-11-24T10:00:00Z'))
  const status: RolloutStatus = {
    ...parseRolloutStatus({}),
    observedGeneration: '7',
    controllerPause: true,
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: at }],
    currentStepIndex: 0,
    hpaReplicas: 5,
    weights: {
      canary: { weight: weight(20), serviceName: 'c', podTemplateHash: 'x' },
      stable: { weight: weight(80), serviceName: 's', podTemplateHash: undefined },
    },
    stepRun: { name: 'r', status: 'Running', message: undefined },
  }
  expect(rolloutStatusJson(status)).toEqual({
    observedGeneration: '7',
    controllerPause: true,
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-11-24T10:00:00Z' }],
    currentStepIndex: 0,
    HPAReplicas: 5,
    canary: {
      weights: {
        canary: { weight: 20, serviceName: 'c', podTemplateHash: 'x' },
        stable: { weight: 80, serviceName: 's' },
      },
      currentStepAnalysisRunStatus: { name: 'r', status: 'Running' },
    },
  })
})

test('what others write never stops the reading', () => {
  const status = {
    abort: null,
    pauseConditions: null,
    observedGeneration: 3,
    phase: 'Splendid',
    currentStepIndex: '2',
    stableRS: '',
    conditions: [{ type: 'Elsewhere' }, null, 7],
    canary: { weights: { canary: { weight: 120 }, stable: { weight: -20 } } },
    replicas: 'many',
  }
  expect(parseRolloutStatus({ status })).toEqual({
    ...parseRolloutStatus({}),
    observedGeneration: '3',
  })
})

test('no JSON stops the reading', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json: Json = JSON.parse(JSON.stringify(value))
      expect(() => parseRolloutStatus({ status: json })).not.toThrow()
      expect(() => parseRunStatus(json)).not.toThrow()
    }),
  )
})

const anyObject = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.nat(3),
      fc.constantFrom('x', 'y'),
      fc.array(fc.nat(2), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
    ),
  })).value,
)

test('a merge patch turns the one into the other', () => {
  fc.assert(
    fc.property(anyObject, anyObject, (one, other) => {
      const before = overTheWire(one)
      const after = overTheWire(other)
      const patch = mergePatchOf(before, after)
      expect(patch === undefined).toBe(sameJson(before, after))
      expect(sameJson(merged(before, patch ?? {}), after)).toBe(true)
    }),
  )
})

test.for([
  { before: { a: 1, b: 2 }, after: { a: 1, b: 2 }, patch: undefined },
  { before: { a: 1, b: 2 }, after: { a: 1 }, patch: { b: null } },
  { before: { a: { x: 1, y: 2 } }, after: { a: { x: 1, y: 3 } }, patch: { a: { y: 3 } } },
  { before: { a: [1, 2] }, after: { a: [1] }, patch: { a: [1] } },
  { before: { a: 1 }, after: { a: { x: 1 } }, patch: { a: { x: 1 } } },
])('from $before to $after', ({ before, after, patch }) => {
  expect(mergePatchOf(before, after)).toEqual(patch)
})

const phase = fc.constantFrom(
  ...(['Pending', 'Running', 'Successful', 'Failed', 'Error', 'Inconclusive'] as const),
)
const metadata = fc.dictionary(
  text.filter((name) => name !== '__proto__'),
  fc.string(),
)
const result: fc.Arbitrary<MetricResult> = fc.record({
  name: text,
  phase,
  message: maybe(fc.string()),
  measurements: fc.array(
    fc.record({
      phase,
      value: maybe(fc.string()),
      message: maybe(fc.string()),
      startedAt: time,
      finishedAt: maybe(time),
      resumeAt: maybe(time),
      metadata,
    }),
  ),
  metadata,
})
const anyRun: fc.Arbitrary<RunStatus> = fc.record({
  phase: maybe(phase),
  message: maybe(fc.string()),
  startedAt: maybe(time),
  completedAt: maybe(time),
  metricResults: fc.array(result),
})

test("a run's status is read back", () => {
  fc.assert(
    fc.property(anyRun, (status) => {
      expect(parseRunStatus(overTheWire(analysisRunStatusJson(status)))).toEqual(status)
    }),
  )
})

test("a run's status counts what it holds", () => {
  const at = instant(Date.parse('2026-11-24T10:00:00Z'))
  const measured = (found: 'Successful' | 'Error' | 'Running') => ({
    phase: found,
    value: '{"verdict":"no-worse"}',
    message: undefined,
    startedAt: at,
    finishedAt: undefined,
    resumeAt: undefined,
    metadata: {},
  })
  const status: RunStatus = {
    phase: 'Running',
    message: undefined,
    startedAt: at,
    completedAt: undefined,
    metricResults: [
      {
        name: 'requests',
        phase: 'Running',
        message: undefined,
        measurements: [measured('Successful'), measured('Error'), measured('Running')],
        metadata: {},
      },
      { name: 'more', phase: 'Failed', message: 'm', measurements: [], metadata: { a: 'b' } },
    ],
  }
  const json = analysisRunStatusJson(status)
  expect(json).toMatchObject({
    phase: 'Running',
    startedAt: '2026-11-24T10:00:00Z',
    metricResults: [
      { name: 'requests', phase: 'Running', count: 1, successful: 1, error: 1 },
      { name: 'more', phase: 'Failed', message: 'm', metadata: { a: 'b' } },
    ],
    runSummary: { count: 2, failed: 1 },
  })
})

function merged(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  const names = Object.entries(patch)
  const kept: Record<string, Json | undefined> = isObject(target) ? { ...target } : {}
  for (const [name, value] of names) {
    if (value === null || value === undefined) delete kept[name]
    else kept[name] = merged(kept[name], value)
  }
  return kept
}

function overTheWire(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value))
}
