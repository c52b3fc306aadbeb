import { expect, test } from 'vitest'
import { patienceFor } from '../../../src/core/rollout/may-wait.ts'
import type { Condition, RolloutStatus } from '../../../src/core/rollout/status.ts'
import { instant, seconds, weight } from '../../../src/core/units.ts'
import { noStatus } from '../../stories/notation.ts'

const before: RolloutStatus = {
  ...noStatus,
  currentPodHash: 'bbb',
  stableRS: 'aaa',
  phase: 'Progressing',
  message: 'more replicas need to be updated',
}

function condition(type: Condition['type'], reason: string): Condition {
  const at = instant(0)
  return { type, status: 'True', reason, message: '', lastUpdateTime: at, lastTransitionTime: at }
}

const destination = { serviceName: undefined, podTemplateHash: undefined }

test.for<{ readonly it: string; readonly after: Partial<RolloutStatus>; readonly waits: boolean }>([
  { it: 'counts', after: { updatedReplicas: 1, availableReplicas: 1, replicas: 2 }, waits: true },
  {
    it: 'what the counts are called',
    after: {
      message: 'updated replicas are still becoming available',
      conditions: [condition('Progressing', 'ReplicaSetUpdated')],
    },
    waits: true,
  },
  { it: 'another phase', after: { phase: 'Healthy', message: undefined }, waits: false },
  { it: 'another step', after: { currentStepIndex: 1 }, waits: false },
  { it: 'an abort', after: { abort: true }, waits: false },
  { it: 'a promotion', after: { stableRS: 'bbb' }, waits: false },
  { it: 'another spec that was seen', after: { observedGeneration: '2' }, waits: false },
  {
    it: 'a weight',
    after: {
      weights: {
        canary: { weight: weight(20), ...destination },
        stable: { weight: weight(80), ...destination },
      },
    },
    waits: false,
  },
  {
    it: 'a spec that is wrong',
    after: { conditions: [condition('InvalidSpec', 'InvalidSpec')] },
    waits: false,
  },
])('$it: waits $waits', ({ after, waits }) => {
  expect(patienceFor(before, { ...before, ...after })).toBe(waits ? seconds(1) : undefined)
})

test('the order of the fields is nobody’s news', () => {
  const { observedGeneration, ...rest } = { ...before, replicas: 3 }
  expect(patienceFor(before, { ...rest, observedGeneration })).toBe(seconds(1))
})

test('the first word on a new Rollout waits for its pods', () => {
  const first: RolloutStatus = { ...before, observedGeneration: '1' }
  expect(patienceFor(noStatus, first)).toBe(seconds(5))
  expect(patienceFor(noStatus, { ...first, phase: 'Healthy' })).toBeUndefined()
  expect(patienceFor(noStatus, { ...first, phase: 'Degraded' })).toBeUndefined()
})
