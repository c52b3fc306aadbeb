import { describe, expect, test } from 'vitest'
import { shapeFor } from '../../../src/core/rollout/shape.ts'
import { standingOf } from '../../../src/core/rollout/stage.ts'
import { seconds } from '../../../src/core/units.ts'
import { at, type Differs, replicaSet, scene } from './build.ts'

describe('the weight of the canary', () => {
  type Row = { readonly it: string; readonly sees: Differs; readonly is: number | undefined }
  const rows: readonly Row[] = [
    { it: 'that of the step', sees: {}, is: 50 },
    { it: 'nothing without its ReplicaSet', sees: { canary: undefined }, is: 0 },
    { it: 'nothing without a pod', sees: { canary: { available: 0 } }, is: 0 },
    { it: 'nothing before its Service selects it', sees: { services: ['aaa', 'aaa'] }, is: 0 },
    {
      it: 'that of the last step while pods for the next are missing',
      sees: { steps: 'setWeight 20 | setWeight 80', status: { currentStepIndex: 1 } },
      is: 20,
    },
    {
      it: 'left alone when it is lower than that',
      sees: {
        steps: 'setWeight 20 | setWeight 80',
        status: { currentStepIndex: 1 },
        route: [95, 5],
      },
      is: undefined,
    },
    {
      it: 'not raised while stable cannot carry the rest',
      sees: { stable: { available: 1 }, route: [100, 0] },
      is: undefined,
    },
    {
      it: 'that of the last weight in a pause',
      sees: { status: { currentStepIndex: 1 }, route: [100, 0] },
      is: 50,
    },
    {
      it: 'nothing in a pause before any weight',
      sees: { steps: 'pause', route: [50, 50] },
      is: 0,
    },
    {
      it: 'all when all steps are done',
      sees: { status: { currentStepIndex: 2 }, canary: { wanted: 4 } },
      is: 100,
    },
    {
      it: 'the last one until all pods are up',
      sees: { status: { currentStepIndex: 2 }, route: [0, 100] },
      is: 50,
    },
    {
      it: 'kept by promote --full until all pods are up',
      sees: { status: { promoteFull: true }, route: [30, 70] },
      is: undefined,
    },
    {
      it: 'nothing after an abort, whatever pods say',
      sees: { status: { abort: true }, canary: { available: 0 } },
      is: 0,
    },
    {
      it: 'kept after a promotion until the stable Service selects the new pods',
      sees: { status: { stableRS: 'bbb' }, route: [0, 100] },
      is: undefined,
    },
    {
      it: 'nothing once it does',
      sees: { status: { stableRS: 'bbb' }, route: [0, 100], services: ['bbb', 'bbb'] },
      is: 0,
    },
    {
      it: 'set right on the first deployment',
      sees: { status: { stableRS: undefined }, route: [undefined, undefined] },
      is: 0,
    },
  ]

  test.for(rows)('$it', ({ sees, is }) => {
    expect(shape(sees).canary).toBe(is)
  })
})

describe('what the Services select', () => {
  type Row = {
    readonly it: string
    readonly sees: Differs
    readonly is: readonly [stable: string | undefined, canary: string | undefined]
  }
  const rows: readonly Row[] = [
    { it: 'stable and canary', sees: {}, is: ['aaa', 'bbb'] },
    {
      it: 'the canary as soon as one pod is there',
      sees: { services: ['aaa', 'aaa'], canary: { available: 1 } },
      is: ['aaa', 'bbb'],
    },
    {
      it: 'the old ones until then',
      sees: { services: ['aaa', 'aaa'], canary: { available: 0 } },
      is: ['aaa', undefined],
    },
    {
      it: 'a Service that is not ours yet waits for all pods',
      sees: { services: ['aaa', undefined], canary: { available: 1 } },
      is: ['aaa', undefined],
    },
    {
      it: 'a Service that is not ours yet, all pods up',
      sees: { services: [undefined, undefined] },
      is: ['aaa', 'bbb'],
    },
    {
      it: 'both the stable pods after an abort',
      sees: { status: { abort: true } },
      is: ['aaa', 'aaa'],
    },
    {
      it: 'both the new pods after a promotion',
      sees: { status: { stableRS: 'bbb' }, canary: { wanted: 4 } },
      is: ['bbb', 'bbb'],
    },
    {
      it: 'not yet the new pods where they are too few for the weight',
      sees: { status: { stableRS: 'bbb' }, canary: { wanted: 2 } },
      is: [undefined, 'bbb'],
    },
    {
      it: 'not the stable pods after an abort while they are too few for the weight that is left',
      sees: { status: { abort: true }, stable: { available: 1 } },
      is: ['aaa', undefined],
    },
    {
      it: 'no pods that are not there',
      sees: { status: { stableRS: 'bbb' }, canary: { available: 0 } },
      is: [undefined, undefined],
    },
  ]

  test.for(rows)('$it', ({ sees, is }) => {
    const { services } = shape(sees)
    expect([services.stable, services.canary]).toEqual(is)
  })
})

describe('pods', () => {
  const settled = { stableRS: 'bbb' }
  const moved = { status: settled, services: ['bbb', 'bbb'], route: [100, 0] } as const
  const aborted = { status: { abort: true }, services: ['aaa', 'aaa'], route: [100, 0] } as const
  const middle = replicaSet('mid', { revision: 1 })
  type Row = {
    readonly it: string
    readonly sees: Differs
    readonly of: string
    readonly are: string
  }
  const rows: readonly Row[] = [
    {
      it: 'as many as the weight needs, rounded up',
      sees: { steps: 'setWeight 30' },
      of: 'bbb',
      are: '2',
    },
    {
      it: 'none before the first weight',
      sees: { steps: 'pause', route: [100, 0] },
      of: 'bbb',
      are: '0',
    },
    {
      it: 'those for a weight that the route still carries stay until it does not',
      sees: { steps: 'setWeight 10', route: [50, 50] },
      of: 'bbb',
      are: '2',
    },
    {
      it: 'all when all steps are done',
      sees: { status: { currentStepIndex: 2 } },
      of: 'bbb',
      are: '4',
    },
    { it: 'stable keeps all', sees: { status: { currentStepIndex: 2 } }, of: 'aaa', are: '4' },
    { it: 'stable grows with the spec', sees: { spec: { replicas: 9 } }, of: 'aaa', are: '9' },
    { it: 'held by a hand', sees: { spec: { paused: true, replicas: 9 } }, of: 'bbb', are: '2' },
    { it: 'so is stable', sees: { spec: { paused: true, replicas: 9 } }, of: 'aaa', are: '4' },
    {
      it: 'the way back is not held by a hand',
      sees: { ...aborted, spec: { paused: true, replicas: 9 } },
      of: 'aaa',
      are: '9',
    },
    {
      it: 'held by an open question',
      sees: {
        spec: { replicas: 9 },
        status: { pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: at(0) }] },
      },
      of: 'bbb',
      are: '2',
    },
    {
      it: 'not held by a pause step',
      sees: {
        spec: { replicas: 9 },
        status: {
          currentStepIndex: 1,
          pauseConditions: [{ reason: 'CanaryPauseStep', startTime: at(0) }],
        },
      },
      of: 'bbb',
      are: '5',
    },
    {
      it: 'an abort keeps them while traffic reaches them',
      sees: { status: { abort: true } },
      of: 'bbb',
      are: '2',
    },
    { it: 'then gives them its delay', sees: aborted, of: 'bbb', are: '2 until 30' },
    {
      it: 'an abort whose delay is over',
      sees: { ...aborted, canary: { scaleDownAt: at(0) } },
      of: 'bbb',
      are: '0',
    },
    {
      it: 'an abort waits for stable pods',
      sees: { ...aborted, stable: { available: 3 } },
      of: 'bbb',
      are: '2',
    },
    {
      it: 'the old ones stay while a Service selects them',
      sees: { status: settled },
      of: 'aaa',
      are: '4',
    },
    { it: 'then they wait out their delay', sees: moved, of: 'aaa', are: '4 until 30' },
    {
      it: 'a delay that began is not begun again',
      sees: { ...moved, stable: { scaleDownAt: at(7) } },
      of: 'aaa',
      are: '4 until 7',
    },
    {
      it: 'a retry takes its pods back',
      sees: { canary: { scaleDownAt: at(7) } },
      of: 'bbb',
      are: '2',
    },
    {
      it: 'a revision between waits until proxies have followed',
      sees: { others: [middle] },
      of: 'mid',
      are: '2 until 5',
    },
    {
      it: 'and no longer than one that was stable would',
      sees: { others: [middle], canarySpec: { scaleDownDelay: seconds(2) } },
      of: 'mid',
      are: '2 until 2',
    },
    {
      it: 'then it goes',
      sees: { others: [{ ...middle, scaleDownAt: at(0) }] },
      of: 'mid',
      are: '0',
    },
    {
      it: 'unless the canary Service sends traffic there',
      sees: { others: [middle], services: ['aaa', 'mid'] },
      of: 'mid',
      are: '2',
    },
    {
      it: 'a longer delay that began when it was stable goes on',
      sees: { others: [{ ...middle, scaleDownAt: at(7) }] },
      of: 'mid',
      are: '2 until 7',
    },
    {
      it: 'a Service that selects every pod keeps them',
      sees: { others: [middle], services: ['aaa', undefined] },
      of: 'mid',
      are: '2',
    },
  ]

  test.for(rows)('$it', ({ sees, of, are }) => {
    const found = shape(sees).pods.find(({ replicaSet: facts }) => facts.hash === of)
    const until =
      found?.scaleDownAt === undefined ? '' : ` until ${(found.scaleDownAt - at(0)) / 1000}`
    expect(`${found?.replicas}${until}`).toBe(are)
  })

  test('an abort with delay 0 keeps them for ever', () => {
    const canary = { ...scene().spec.canary, abortScaleDownDelay: 'never' } as const
    const pods = shape({ ...aborted, spec: { canary } }).pods
    expect(pods.map(({ replicas, scaleDownAt }) => [replicas, scaleDownAt])).toEqual([
      [4, undefined],
      [2, undefined],
    ])
  })
})

function shape(sees: Differs): ReturnType<typeof shapeFor> {
  const seen = scene(sees)
  return shapeFor(seen, standingOf(seen), at(0))
}
