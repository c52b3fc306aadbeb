import { describe, expect, test } from 'vitest'
import { plan } from '../../../src/core/rollout/plan.ts'
import type { Condition, ConditionType } from '../../../src/core/rollout/status.ts'
import { at, type Differs, named, run, scene } from './build.ts'

const stable = { stableRS: 'bbb', currentStepIndex: 2 }
const allUp = {
  status: stable,
  canary: { wanted: 4 },
  stable: { wanted: 0, available: 0 },
} as const
const settled = { ...allUp, services: ['bbb', 'bbb'], route: [100, 0] } as const

/** Strings exactly as Argo writes them (spec §2.12). */
describe('conditions', () => {
  type Row = {
    readonly it: string
    readonly sees: Differs
    readonly type: ConditionType
    readonly says: string | undefined
  }
  const waits = { canary: { available: 0 }, route: [100, 0] } as const
  const seen = { updatedReplicas: 2, readyReplicas: 4, availableReplicas: 4 }
  const rows: readonly Row[] = [
    {
      it: 'a new ReplicaSet',
      sees: { canary: undefined },
      type: 'Progressing',
      says: 'True NewReplicaSetCreated Created new replica set "web-bbb"',
    },
    {
      it: 'under way',
      sees: {},
      type: 'Progressing',
      says: 'True ReplicaSetUpdated ReplicaSet "web-bbb" is progressing.',
    },
    {
      it: 'all there',
      sees: settled,
      type: 'Progressing',
      says: 'True NewReplicaSetAvailable ReplicaSet "web-bbb" has successfully progressed.',
    },
    {
      it: 'paused',
      sees: { status: { currentStepIndex: 1 } },
      type: 'Progressing',
      says: 'Unknown RolloutPaused Rollout is paused',
    },
    {
      it: 'resumed',
      sees: { status: { conditions: [progressing('RolloutPaused')] } },
      type: 'Progressing',
      says: 'Unknown RolloutResumed Rollout is resumed',
    },
    {
      it: 'retried',
      sees: { status: { abortedAt: at(0) } },
      type: 'Progressing',
      says: 'Unknown RolloutRetry Retrying Rollout after abort',
    },
    {
      it: 'aborted by a person',
      sees: { status: { abort: true } },
      type: 'Progressing',
      says: 'False RolloutAborted Rollout aborted update to revision 2',
    },
    {
      it: 'aborted by an analysis',
      sees: { status: { backgroundRun: named('b') }, runs: [run('b', 'Failed')] },
      type: 'Progressing',
      says: 'False RolloutAborted Rollout aborted update to revision 2: Background analysis phase error/failed: its words',
    },
    {
      it: 'late',
      sees: { ...waits, status: { ...seen, conditions: [progressing('ReplicaSetUpdated')] } },
      type: 'Progressing',
      says: 'False ProgressDeadlineExceeded ReplicaSet "web-bbb" has timed out progressing.',
    },
    {
      it: 'late once is late still',
      sees: {
        ...waits,
        status: { ...seen, conditions: [progressing('ProgressDeadlineExceeded', 599)] },
      },
      type: 'Progressing',
      says: 'False ProgressDeadlineExceeded ReplicaSet "web-bbb" has timed out progressing.',
    },
    {
      it: 'an earlier revision that was late, another one begun',
      sees: {
        ...waits,
        status: {
          ...seen,
          currentPodHash: 'old',
          conditions: [progressing('ProgressDeadlineExceeded')],
        },
      },
      type: 'Progressing',
      says: 'True ReplicaSetUpdated ReplicaSet "web-bbb" is progressing.',
    },
    {
      it: 'not late yet',
      sees: { ...waits, status: { ...seen, conditions: [progressing('ReplicaSetUpdated', 1)] } },
      type: 'Progressing',
      says: 'True ReplicaSetUpdated before',
    },
    {
      it: 'mended after an invalid spec is not late',
      sees: {
        ...waits,
        status: {
          ...seen,
          conditions: [
            progressing('ReplicaSetUpdated'),
            { ...progressing('InvalidSpec'), type: 'InvalidSpec' },
          ],
        },
      },
      type: 'Progressing',
      says: 'True ReplicaSetUpdated ReplicaSet "web-bbb" is progressing.',
    },
    {
      it: 'enough pods',
      sees: {},
      type: 'Available',
      says: 'True AvailableReason Rollout has minimum availability',
    },
    {
      it: 'too few pods',
      sees: { spec: { replicas: 9 } },
      type: 'Available',
      says: 'False AvailableReason Rollout does not have minimum availability',
    },
    {
      it: 'healthy',
      sees: settled,
      type: 'Healthy',
      says: 'True RolloutHealthy Rollout is healthy',
    },
    {
      it: 'not healthy while old pods wait',
      sees: {
        ...settled,
        stable: {},
        status: { ...stable, conditions: [{ ...progressing('x'), type: 'Healthy' }] },
      },
      type: 'Healthy',
      says: 'False RolloutHealthy Rollout is not healthy',
    },
    {
      it: 'nothing about health before it was healthy',
      sees: {},
      type: 'Healthy',
      says: undefined,
    },
    {
      it: 'completed',
      sees: settled,
      type: 'Completed',
      says: 'True RolloutCompleted RolloutCompleted',
    },
    {
      it: 'not completed',
      sees: {},
      type: 'Completed',
      says: 'False RolloutCompleted RolloutCompleted',
    },
    {
      it: 'paused by hand',
      sees: { spec: { paused: true } },
      type: 'Paused',
      says: 'True RolloutPaused Rollout is paused',
    },
    { it: 'nothing about pauses before the first', sees: {}, type: 'Paused', says: undefined },
    {
      it: 'no longer invalid',
      sees: { status: { conditions: [{ ...progressing('InvalidSpec'), type: 'InvalidSpec' }] } },
      type: 'InvalidSpec',
      says: undefined,
    },
  ]

  test.for(rows)('$it: $type', ({ sees, type, says }) => {
    const { conditions } = plan(scene(sees), at(600)).status
    const found = conditions.find((condition) => condition.type === type)
    expect(found && `${found.status} ${found.reason} ${found.message}`).toBe(says)
  })

  test('each kind is there once, and a second pass changes none', () => {
    const first = plan(scene(settled), at(600)).status
    const second = plan(scene({ ...settled, status: first }), at(900)).status
    expect(second.conditions).toEqual(first.conditions)
    expect(new Set(first.conditions.map(({ type }) => type)).size).toBe(first.conditions.length)
  })
})

function progressing(reason: string, elapsed = 0): Condition {
  return {
    type: 'Progressing',
    status: 'True',
    reason,
    message: 'before',
    lastUpdateTime: at(elapsed),
    lastTransitionTime: at(elapsed),
  }
}
