import { describe, expect, test } from 'vitest'
import { wantedPods } from '../../../src/core/rollout/pods.ts'
import type { CanarySpec } from '../../../src/core/rollout/spec.ts'
import { standingOf } from '../../../src/core/rollout/stage.ts'
import { canaryWeightFor } from '../../../src/core/rollout/weight.ts'
import { at, type Differs, replicaSet, scene } from './build.ts'

type Row = {
  readonly it: string
  readonly sees: Differs
  /** `stable/canary` pods, then the weight to write where it matters. */
  readonly are: string
}

function play({ sees, are }: Row): void {
  const seen = scene(sees)
  const standing = standingOf(seen)
  const wanted = wantedPods(seen, standing, at(0))
  const of = (hash: string): string => {
    const found = wanted.find((each) => each.replicaSet.hash === hash)
    return found?.scaleDownAt === undefined ? `${found?.replicas}` : `${found.replicas} waiting`
  }
  const weight = are.includes(' at ') ? ` at ${canaryWeightFor(seen, standing)}` : ''
  expect(`${of('aaa')}/${of('bbb')}${weight}`).toBe(are)
}

function spec(steps: string): Partial<CanarySpec> {
  return scene({ steps }).spec.canary
}

function old(hash: string, revision: number): ReturnType<typeof replicaSet> {
  return replicaSet(hash, { revision, wanted: 4, scaleDownAt: at(20) })
}

describe('setCanaryScale', () => {
  const ten = { spec: { replicas: 10 }, stable: { wanted: 10 }, route: [100, 0] } as const
  const tolerant: Partial<CanarySpec> = { maxUnavailable: { kind: 'pods', pods: 2 } }
  const strict: Partial<CanarySpec> = { maxUnavailable: { kind: 'pods', pods: 0 } }
  const script = (steps: string, index: number): Differs => ({
    ...ten,
    canarySpec: { ...spec(steps), ...tolerant },
    status: { currentStepIndex: index },
  })
  test.for<Row>([
    { it: 'a number of pods', sees: script('scale 3', 0), are: '10/3' },
    { it: 'a share of the pods', sees: script('scale 25%', 0), are: '10/3' },
    { it: 'stays in force at later steps', sees: script('scale 3 | setWeight 10', 1), are: '10/3' },
    {
      it: 'more pods than the weight needs',
      sees: script('scale 8 | setWeight 10', 1),
      are: '10/8',
    },
    {
      it: 'until matchTrafficWeight',
      sees: script('scale 3 | setWeight 50 | scale match', 2),
      are: '10/5',
    },
    {
      it: 'never fewer than the weight needs, less maxUnavailable',
      sees: script('scale 1 | setWeight 50', 1),
      are: '10/3',
    },
    {
      it: 'all that the weight needs where none may be missing',
      sees: {
        ...script('scale 1 | setWeight 50', 1),
        canarySpec: { ...spec('scale 1 | setWeight 50'), ...strict },
      },
      are: '10/5',
    },
    {
      it: 'a canary with a weight has a pod',
      sees: script('scale 0 | setWeight 10', 1),
      are: '10/1',
    },
    {
      it: 'not in force when all steps are done',
      sees: script('scale 3 | setWeight 50', 2),
      are: '10/10',
    },
    {
      it: 'not in force when a person promotes in full',
      sees: { ...script('scale 3 | pause', 1), status: { currentStepIndex: 1, promoteFull: true } },
      are: '10/10',
    },
    {
      it: 'a smaller number is taken once the weight has left the others',
      sees: {
        ...script('setWeight 50 | scale 1 | setWeight 10', 2),
        route: [50, 50],
        canary: { wanted: 5 },
      },
      are: '10/5 at 10',
    },
  ])('$it', play)
})

describe('minPodsPerReplicaSet', () => {
  const canarySpec = { minPods: 2 }
  test.for<Row>([
    {
      it: 'a canary that has pods has so many',
      sees: {
        steps: 'setWeight 5',
        spec: {},
        canarySpec: { ...scene({ steps: 'setWeight 5' }).spec.canary, ...canarySpec },
        route: [100, 0],
      },
      are: '4/2',
    },
    {
      it: 'a canary that has none needs none',
      sees: {
        canarySpec: { ...scene({ steps: 'pause' }).spec.canary, ...canarySpec },
        route: [100, 0],
      },
      are: '4/0',
    },
    {
      it: 'never more than spec.replicas',
      sees: {
        spec: { replicas: 1 },
        canarySpec: { ...scene({ steps: 'setWeight 5' }).spec.canary, minPods: 3 },
        stable: { wanted: 1 },
        route: [100, 0],
      },
      are: '1/1',
    },
  ])('$it', play)
})

describe('dynamicStableScale', () => {
  const canarySpec: Partial<CanarySpec> = {
    dynamicStableScale: true,
    abortScaleDownDelay: 'with-traffic',
    maxUnavailable: { kind: 'pods', pods: 0 },
  }
  const ten = (
    steps: string,
    status: NonNullable<Differs['status']>,
    [stable, canary]: readonly [number, number],
    weight: number,
  ): Differs => ({
    spec: { ...scene({ steps }).spec, replicas: 10 },
    canarySpec,
    status,
    stable: { wanted: stable },
    canary: { wanted: canary },
    route: [100 - weight, weight],
  })
  const steps = 'setWeight 20 | setWeight 60 | pause'
  test.for<Row>([
    {
      it: 'stable pods stay until traffic has left them',
      sees: ten(steps, { currentStepIndex: 1 }, [8, 6], 20),
      are: '8/6 at 60',
    },
    {
      it: 'then they go',
      sees: ten(steps, { currentStepIndex: 2 }, [8, 6], 60),
      are: '4/6 at 60',
    },
    {
      it: 'a lower weight waits for the stable pods that it needs',
      sees: ten('setWeight 60 | setWeight 20', { currentStepIndex: 1 }, [4, 6], 60),
      are: '8/6 at 60',
    },
    {
      it: 'an abort goes back by the steps, at the pace of the stable pods',
      sees: ten(steps, { abort: true, currentStepIndex: 0 }, [4, 6], 60),
      are: '8/6 at 60',
    },
    {
      it: 'an abort with some of them',
      sees: ten(steps, { abort: true, currentStepIndex: 0 }, [5, 6], 60),
      are: '8/6 at 50',
    },
    {
      it: 'an abort with those of the step below',
      sees: ten(steps, { abort: true, currentStepIndex: 0 }, [8, 6], 60),
      are: '8/6 at 20',
    },
    {
      it: 'an abort near its end',
      sees: ten(steps, { abort: true, currentStepIndex: 0 }, [10, 2], 20),
      are: '10/2 at 0',
    },
    {
      it: 'an abort at its end',
      sees: ten(steps, { abort: true, currentStepIndex: 0 }, [10, 2], 0),
      are: '10/0 at 0',
    },
    {
      it: 'an abort whose delay is asked for looks at stable pods alone',
      sees: {
        ...ten(steps, { abort: true, currentStepIndex: 0 }, [8, 6], 20),
        canarySpec: { ...canarySpec, abortScaleDownDelay: scene().spec.canary.scaleDownDelay },
      },
      are: '10/6 at 20',
    },
    {
      it: 'an abort does not wait for a canary without pods',
      sees: { ...ten(steps, { abort: true }, [4, 6], 60), canary: { wanted: 6, available: 0 } },
      are: '8/6 at 20',
    },
    {
      it: 'back to the stable template: all stable pods, traffic behind them, the canary Service last',
      sees: {
        ...ten(steps, { currentStepIndex: 3, currentPodHash: 'aaa' }, [4, 6], 60),
        templateHash: 'aaa',
      },
      are: '10/6 at 60',
    },
    {
      it: 'promote --full shifts what the canary pods carry',
      sees: ten(steps, { promoteFull: true, currentStepIndex: 0 }, [8, 5], 20),
      are: '8/10 at 50',
    },
    {
      it: 'all on the canary leaves no stable pod',
      sees: ten('setWeight 100 | pause', { currentStepIndex: 1 }, [10, 10], 100),
      are: '0/10',
    },
    {
      it: 'minPodsPerReplicaSet holds for the stable side too',
      sees: {
        ...ten('setWeight 90 | pause', { currentStepIndex: 1 }, [10, 9], 90),
        canarySpec: { ...canarySpec, minPods: 3 },
      },
      are: '3/9',
    },
  ])('$it', play)

  test('an old revision goes once proxies have followed, whatever the delay', () => {
    const seen = scene({
      canarySpec,
      status: { stableRS: 'bbb' },
      canary: { wanted: 4 },
      stable: { wanted: 2 },
      services: ['bbb', 'bbb'],
      route: [100, 0],
    })
    const wanted = wantedPods(seen, standingOf(seen), at(0))
    expect(wanted.find(({ replicaSet: facts }) => facts.hash === 'aaa')).toMatchObject({
      replicas: 2,
      scaleDownAt: at(5),
    })
  })
})

describe('scaleDownDelayRevisionLimit', () => {
  const sees: Differs = {
    status: { stableRS: 'bbb' },
    canary: { revision: 5, wanted: 4 },
    stable: { revision: 4 },
    services: ['bbb', 'bbb'],
    route: [100, 0],
    others: [old('one', 1), old('two', 2), old('three', 3)],
  }
  test.for([
    { it: 'all wait', limit: 10, are: '4 4 4 4' },
    { it: 'the newest wait', limit: 2, are: '4 4 0 0' },
    { it: 'none waits', limit: 0, are: '0 0 0 0' },
  ])('$it', ({ limit, are }) => {
    const seen = scene({ ...sees, canarySpec: { scaleDownDelayRevisionLimit: limit } })
    expect(['aaa', 'three', 'two', 'one'].map((hash) => pods(seen, hash)).join(' ')).toBe(are)
  })
})

test('pods of an old revision that are not available need not wait out the delay', () => {
  const seen = scene({
    status: { stableRS: 'bbb' },
    canary: { wanted: 4 },
    stable: { wanted: 4, available: 1 },
    services: ['bbb', 'bbb'],
    route: [100, 0],
  })
  expect(pods(seen, 'aaa')).toBe('1')
})

function pods(seen: ReturnType<typeof scene>, hash: string): string {
  const wanted = wantedPods(seen, standingOf(seen), at(0))
  return String(wanted.find((each) => each.replicaSet.hash === hash)?.replicas)
}
