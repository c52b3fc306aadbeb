import { describe, expect, test } from 'vitest'
import { plan } from '../../../src/core/rollout/plan.ts'
import { invalidStatus } from '../../../src/core/rollout/record.ts'
import { at, type Differs, named, run, scene } from './build.ts'

const stable = { stableRS: 'bbb', currentStepIndex: 2 }
const allUp = {
  status: stable,
  canary: { wanted: 4 },
  stable: { wanted: 0, available: 0 },
} as const
const settled = { ...allUp, services: ['bbb', 'bbb'], route: [100, 0] } as const

describe('phase and message', () => {
  type Row = { readonly it: string; readonly sees: Differs; readonly says: string }
  const running = { backgroundRun: named('b') }
  const rows: readonly Row[] = [
    { it: 'all there', sees: settled, says: 'Healthy' },
    {
      it: 'pods missing',
      sees: { steps: 'setWeight 50 | setWeight 60' },
      says: 'Progressing more replicas need to be updated',
    },
    {
      it: 'pods not up',
      sees: { ...settled, canary: { wanted: 4, available: 3 } },
      says: 'Progressing updated replicas are still becoming available',
    },
    {
      it: 'steps left',
      sees: { steps: 'setWeight 100 | setWeight 100', canary: { wanted: 4 } },
      says: 'Progressing waiting for all steps to complete',
    },
    {
      it: 'a pause step',
      sees: { status: { currentStepIndex: 1 } },
      says: 'Paused CanaryPauseStep',
    },
    {
      it: 'an open question',
      sees: { status: running, runs: [run('b', 'Inconclusive')] },
      says: 'Paused InconclusiveAnalysisRun',
    },
    { it: 'a hand', sees: { spec: { paused: true } }, says: 'Paused manually paused' },
    {
      it: 'a hand on what is stable',
      sees: { ...settled, spec: { paused: true } },
      says: 'Paused manually paused',
    },
    {
      it: 'aborted',
      sees: { status: { abort: true } },
      says: 'Degraded RolloutAborted: Rollout aborted update to revision 2',
    },
    {
      it: 'aborted, held by hand',
      sees: { status: { abort: true }, spec: { paused: true } },
      says: 'Degraded RolloutAborted: Rollout aborted update to revision 2',
    },
    {
      it: 'what an analysis lacks stands beside the phase',
      sees: {
        status: { ...running, currentStepIndex: 1 },
        runs: [run('b', 'Running')],
        background: { metrics: [], args: [] },
      },
      says: 'Paused CanaryPauseStep; analysis: its words',
    },
    {
      it: 'and not once all is stable',
      sees: { ...settled, status: { ...stable, ...running }, runs: [run('b', 'Running')] },
      says: 'Healthy',
    },
  ]

  test.for(rows)('$it: $says', ({ sees, says }) => {
    const { phase, message } = plan(scene(sees), at(60)).status
    expect([phase, message].filter(Boolean).join(' ')).toBe(says)
  })

  test('an invalid spec moves nothing else', () => {
    const before = { ...scene().status, pauseConditions: [] }
    const after = invalidStatus(before, 7, 'The Rollout "web" is invalid: x', at(0))
    expect(after).toMatchObject({
      phase: 'Degraded',
      message: 'InvalidSpec: The Rollout "web" is invalid: x',
      observedGeneration: '7',
      stableRS: 'aaa',
      currentStepIndex: 0,
    })
    expect(invalidStatus(after, 7, 'The Rollout "web" is invalid: x', at(60))).toEqual(after)
  })
})

describe('the other fields', () => {
  test('what was seen: counts, weights with their Services, the selector', () => {
    expect(plan(scene({ status: { currentStepIndex: 1 } }), at(0)).status).toMatchObject({
      observedGeneration: '3',
      replicas: 6,
      updatedReplicas: 2,
      readyReplicas: 6,
      availableReplicas: 6,
      hpaReplicas: 6,
      selector: 'app=web',
      weights: {
        canary: { weight: 50, serviceName: 'web-canary', podTemplateHash: 'bbb' },
        stable: { weight: 50, serviceName: 'web-stable', podTemplateHash: 'aaa' },
      },
      currentPodHash: 'bbb',
      currentStepHash: 's',
    })
  })

  test('weights that say nothing clear are not made up', () => {
    expect(plan(scene({ route: [50, 20] }), at(0)).status.weights).toBeUndefined()
  })

  test.for([
    {
      it: 'a step that is done',
      sees: {},
      leaves: { currentStepIndex: 1, controllerPause: false },
    },
    {
      it: 'a pause that begins',
      sees: { status: { currentStepIndex: 1 } },
      leaves: {
        currentStepIndex: 1,
        controllerPause: true,
        pauseConditions: [{ reason: 'CanaryPauseStep', startTime: at(0) }],
      },
    },
    {
      it: 'an abort',
      sees: { status: { abort: true, currentStepIndex: 1 } },
      leaves: { abort: true, abortedAt: at(0), currentStepIndex: 0, pauseConditions: [] },
    },
    {
      it: 'an abort, later',
      sees: { status: { abort: true, abortedAt: at(0) } },
      leaves: { abort: true, abortedAt: at(0) },
    },
    {
      it: 'a retry',
      sees: { status: { abortedAt: at(0) } },
      leaves: { abort: false, abortedAt: undefined },
    },
    {
      it: 'a promotion',
      sees: { status: { promoteFull: true }, canary: { wanted: 4 }, route: [0, 100] as const },
      leaves: { stableRS: 'bbb', promoteFull: false, currentStepIndex: 2 },
    },
    { it: 'a Rollout without steps', sees: { steps: '' }, leaves: { currentStepIndex: undefined } },
  ])('$it', ({ sees, leaves }) => {
    expect(plan(scene(sees), at(0)).status).toMatchObject(leaves)
  })
})
