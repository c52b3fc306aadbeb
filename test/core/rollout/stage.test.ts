import { describe, expect, test } from 'vitest'
import { type Standing, standingOf } from '../../../src/core/rollout/stage.ts'
import { at, type Differs, named, replicaSet, run, scene } from './build.ts'

const pause = { reason: 'CanaryPauseStep', startTime: at(0) } as const
const steps = 'setWeight 20 | pause | analysis'

/** Back to revision 2, now numbered 7, from revision 6; the revisions between are other ones. */
function rollback({ window, between }: { window: number; between: number }): Differs {
  const others = Array.from({ length: between }, (_, index) =>
    replicaSet(`r${index}`, { revision: 3 + index, wanted: 0 }),
  )
  return {
    spec: { rollbackWindow: window },
    stable: { revision: 6 },
    canary: { revision: 7, annotations: { 'rollout.argoproj.io/revision-history': '2' } },
    others,
  }
}

describe('where a release stands', () => {
  type Row = { readonly it: string; readonly sees: Differs; readonly is: string }
  const rows: readonly Row[] = [
    { it: 'nothing was ever stable', sees: { status: { stableRS: undefined } }, is: 'first' },
    {
      it: 'the stable ReplicaSet is gone',
      sees: { status: { stableRS: 'zzz' } },
      is: 'first',
    },
    { it: 'what is asked for is stable', sees: { status: { stableRS: 'bbb' } }, is: 'settled 3' },
    { it: 'a step', sees: {}, is: 'stepping 0' },
    { it: 'a later step', sees: { status: { currentStepIndex: 2 } }, is: 'stepping 2' },
    {
      it: 'all steps done',
      sees: { status: { currentStepIndex: 3 } },
      is: 'promoting 3 CompletedAllSteps',
    },
    {
      it: 'an index beyond the end',
      sees: { status: { currentStepIndex: 9 } },
      is: 'promoting 3 CompletedAllSteps',
    },
    { it: 'a negative index', sees: { status: { currentStepIndex: -1 } }, is: 'stepping 0' },
    { it: 'no index yet', sees: { status: { currentStepIndex: undefined } }, is: 'stepping 0' },
    { it: 'abort', sees: { status: { abort: true } }, is: 'aborted 0' },
    {
      it: 'abort after the last step',
      sees: { status: { abort: true, currentStepIndex: 3 } },
      is: 'aborted 3',
    },
    {
      it: 'abort when all is stable is dropped',
      sees: { status: { abort: true, stableRS: 'bbb' } },
      is: 'settled 3',
    },
    {
      it: 'abort with nothing to go back to is dropped',
      sees: { status: { abort: true, stableRS: undefined } },
      is: 'first',
    },
    {
      it: 'a rollback within the window',
      sees: rollback({ window: 2, between: 1 }),
      is: 'promoting 3 RollbackWithinWindow',
    },
    {
      it: 'a rollback beyond the window',
      sees: rollback({ window: 1, between: 1 }),
      is: 'stepping 0',
    },
    {
      it: 'a rollback without a window',
      sees: rollback({ window: 0, between: 0 }),
      is: 'stepping 0',
    },
    {
      it: 'forward again to what was rolled back from, whatever its number',
      sees: {
        spec: { rollbackWindow: 5 },
        stable: { revision: 5, annotations: { 'rollout.argoproj.io/revision-history': '2' } },
        canary: { revision: 4 },
      },
      is: 'stepping 0',
    },
    {
      it: 'an abort of a rollback within the window',
      sees: { ...rollback({ window: 2, between: 0 }), status: { abort: true } },
      is: 'aborted 0',
    },
    {
      it: 'promote --full',
      sees: { status: { promoteFull: true } },
      is: 'promoting 3 FullPromotion',
    },
    {
      it: 'promote --full after an abort that was carried out',
      sees: { status: { promoteFull: true, abort: true, abortedAt: at(0) } },
      is: 'promoting 3 FullPromotion',
    },
    {
      it: 'abort after promote --full',
      sees: { status: { promoteFull: true, abort: true } },
      is: 'aborted 0',
    },
    {
      it: 'a new template forgets an abort',
      sees: { status: { abort: true, abortedAt: at(0), currentPodHash: 'old' } },
      is: 'stepping 0 fresh',
    },
    {
      it: 'a new template forgets promote --full and the index',
      sees: { status: { promoteFull: true, currentStepIndex: 2, currentPodHash: 'old' } },
      is: 'stepping 0 fresh',
    },
    {
      it: 'other steps begin again',
      sees: { status: { currentStepIndex: 2, currentStepHash: 'old' } },
      is: 'stepping 0 fresh',
    },
    {
      it: 'back to the stable template',
      sees: { templateHash: 'aaa', status: { currentStepIndex: 1 } },
      is: 'settled 3 fresh',
    },
    {
      it: 'an abort taken back',
      sees: { status: { abort: false, abortedAt: at(0) } },
      is: 'stepping 0 retried',
    },
  ]

  test.for(rows)('$it: $is', ({ sees, is }) => {
    expect(words(standingOf(scene({ steps, ...sees })))).toBe(is)
  })
})

test('pauses and runs of a release under way are those of its status', () => {
  const status = { pauseConditions: [pause], controllerPause: true, backgroundRun: named('b') }
  expect(standingOf(scene({ steps, status }))).toMatchObject({
    pauses: [pause],
    controllerPause: true,
    backgroundRun: { name: 'b' },
  })
})

test.for([
  { it: 'an abort', status: { abort: true } },
  { it: 'a retry', status: { abortedAt: at(0) } },
  { it: 'promote --full', status: { promoteFull: true } },
  { it: 'a new template', status: { currentPodHash: 'old' } },
  { it: 'other steps', status: { currentStepHash: 'old' } },
])('$it forgets the pauses', ({ status }) => {
  const paused = { pauseConditions: [pause], controllerPause: true, ...status }
  expect(standingOf(scene({ steps, status: paused }))).toMatchObject({
    pauses: [],
    controllerPause: false,
  })
})

test.for([
  { it: 'a retry', status: { abortedAt: at(0) } },
  { it: 'a new template', status: { currentPodHash: 'old' } },
])('$it wants new runs', ({ status }) => {
  const runs = { stepRun: named('s'), backgroundRun: named('b'), ...status }
  expect(standingOf(scene({ steps, status: runs }))).toMatchObject({
    stepRun: undefined,
    backgroundRun: undefined,
  })
})

test.for([
  { it: 'counts at its own step', stepIndex: 2, counts: true },
  { it: 'does not count at another step', stepIndex: 1, counts: false },
])('the run of a step $it', ({ stepIndex, counts }) => {
  const sees = {
    steps,
    status: { currentStepIndex: 2, stepRun: named('s') },
    runs: [run('s', 'Inconclusive', { kind: 'Step', stepIndex })],
  }
  expect(standingOf(scene(sees)).stepRun !== undefined).toBe(counts)
})

function words({ stage, index, fresh, retried }: Standing): string {
  return [
    stage.kind,
    stage.kind === 'first' ? '' : index,
    stage.kind === 'promoting' ? stage.because : '',
    fresh ? 'fresh' : '',
    retried ? 'retried' : '',
  ]
    .filter((word) => word !== '')
    .join(' ')
}
