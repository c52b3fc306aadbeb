import { expect, test } from 'vitest'
import type { PodFacts } from '../../../src/core/rollout/facts.ts'
import { plan } from '../../../src/core/rollout/plan.ts'
import { needsPods, nextLookAtPods, withPods } from '../../../src/core/rollout/pod-look.ts'
import { restartActions, restartedAtAfter } from '../../../src/core/rollout/restart.ts'
import type { Scene } from '../../../src/core/rollout/scene.ts'
import type { Instant } from '../../../src/core/units.ts'
import { rolloutSpec } from '../../stories/notation.ts'
import { at, type Differs, replicaSet, scene } from './build.ts'

const restartAt = at(100)
const young: Partial<PodFacts> = { createdAt: at(100) }

const alone: Differs = { canary: undefined }

type Row = {
  readonly it: string
  readonly now?: Instant
  readonly sees?: Differs
  readonly pods: readonly PodFacts[]
  /** `how many of: which, in order`; idle ones first. */
  readonly evicts: readonly string[]
}

test.for<Row>([
  {
    it: 'one of four at a time, the oldest revision of all first: the stable one',
    pods: [...stable(4), ...canary(2)],
    evicts: ['1 of a1 a2 a3 a4 b1 b2'],
  },
  {
    it: 'before its time nobody goes',
    now: at(99),
    sees: alone,
    pods: stable(4),
    evicts: [],
  },
  {
    it: 'at its time they go',
    now: at(100),
    sees: alone,
    pods: stable(4),
    evicts: ['1 of a1 a2 a3 a4'],
  },
  {
    it: 'done: nobody goes any more',
    sees: { ...alone, status: { restartedAt: restartAt } },
    pods: stable(4),
    evicts: [],
  },
  {
    it: 'pods that were made at that moment or later stay',
    sees: alone,
    pods: [pod('a1', 'aaa', young), ...stable(4).slice(1)],
    evicts: ['1 of a2 a3 a4'],
  },
  {
    it: 'while one comes up, no other goes',
    sees: alone,
    pods: [pod('a0', 'aaa', { ...young, available: false }), ...stable(4).slice(1)],
    evicts: [],
  },
  {
    it: 'one that leaves is not available any more, and not asked again',
    sees: alone,
    pods: [pod('a1', 'aaa', { leaving: true }), ...stable(4).slice(1)],
    evicts: [],
  },
  {
    it: 'a pod that serves nobody may always go',
    sees: alone,
    pods: [pod('a1', 'aaa', { available: false }), ...stable(4).slice(1)],
    evicts: ['1 of a1'],
  },
  {
    it: 'pods of older revisions come last, whatever their age',
    sees: { others: [replicaSet('ccc', { wanted: 1, createdAt: at(0) })] },
    pods: [pod('c1', 'ccc'), ...canary(2), ...stable(4)],
    evicts: ['1 of a1 a2 a3 a4 b1 b2 c1'],
  },
  {
    it: 'a single pod goes all the same: there is no other way',
    sees: {
      spec: { ...rolloutSpec('', 1), restartAt },
      canary: undefined,
      stable: { wanted: 1, available: 1 },
    },
    pods: stable(1),
    evicts: ['1 of a1'],
  },
  {
    it: 'of many pods that one budget may hold, only some are asked in vain',
    sees: {
      spec: { ...rolloutSpec('', 20), restartAt },
      canary: undefined,
      stable: { wanted: 20, available: 20 },
    },
    pods: stable(20),
    evicts: ['5 of a1 a2 a3 a4 a5 a6 a7 a8 a9 a10'],
  },
])('$it', ({ now = at(130), sees = {}, pods, evicts }) => {
  const seen = seenWith(sees, pods)
  expect(restartActions(seen, now).map(inWords)).toEqual(evicts)
})

test('the restart is done when no older pod is left, seen and not assumed', () => {
  expect(done([pod('a1', 'aaa', young)])).toBe(restartAt)
  expect(done([pod('a1', 'aaa', { leaving: true })])).toBeUndefined()
  expect(done(undefined)).toBeUndefined()
  expect(done([], at(99))).toBeUndefined()
})

test('a new release ends a restart that is due, not one that is still to come', () => {
  const seen = scene(asked({}))
  expect(restartedAtAfter(seen, { fresh: true, now: at(130) })).toBe(restartAt)
  expect(restartedAtAfter(seen, { fresh: true, now: at(99) })).toBeUndefined()
})

test('pods are looked at when it is due, and until it is done', () => {
  const seen = scene(asked({}))
  expect(needsPods(seen, at(99))).toBe(false)
  expect(nextLookAtPods(seen, at(99))).toBe(restartAt)
  expect(needsPods(seen, at(100))).toBe(true)
  expect(nextLookAtPods(seen, at(100))).toBe(at(110))
  const over = scene(asked({ status: { restartedAt: restartAt } }))
  expect(needsPods(over, at(130))).toBe(false)
  expect(nextLookAtPods(over, at(130))).toBeUndefined()
})

test('what pods say goes before what their ReplicaSet said a while ago', () => {
  const pods = [pod('b1', 'bbb'), pod('b2', 'bbb', { leaving: true })]
  const { replicaSets } = withPods(scene(asked({})), [...pods, ...stable(5)])
  expect(replicaSets.map(({ available }) => available)).toEqual([4, 1])
})

test('a pass that scales evicts nobody, and the phase says what goes on', () => {
  const calm = plan(seenWith({ status: paused() }, [...stable(4), ...canary(2)]), at(130))
  expect(calm.afterwards.filter(({ kind }) => kind === 'evict')).toHaveLength(1)
  const settled = { status: { stableRS: 'bbb' }, canary: { wanted: 4 }, stable: { wanted: 0 } }
  const after = plan(seenWith(settled, canary(4)), at(130))
  expect(after.status.phase).toBe('Progressing')
  expect(after.status.message).toBe('rollout is restarting')
  const scaling = plan(seenWith({ canary: { wanted: 1 }, status: paused() }, stable(4)), at(130))
  expect(scaling.afterwards.filter(({ kind }) => kind === 'evict')).toEqual([])
})

function done(pods: readonly PodFacts[] | undefined, now = at(130)): Instant | undefined {
  const seen = pods === undefined ? scene(asked({})) : seenWith({}, pods)
  return restartedAtAfter(seen, { fresh: false, now })
}

function paused(): NonNullable<Differs['status']> {
  const pauseConditions = [{ reason: 'CanaryPauseStep', startTime: at(0) }] as const
  return { currentStepIndex: 1, controllerPause: true, pauseConditions }
}

function asked(differs: Differs): Differs {
  return {
    ...differs,
    spec: { ...rolloutSpec('setWeight 50 | pause', 4), restartAt, ...differs.spec },
  }
}

function seenWith(differs: Differs, pods: readonly PodFacts[]): Scene {
  return { ...scene(asked(differs)), pods }
}

function stable(count: number): readonly PodFacts[] {
  return Array.from({ length: count }, (_, index) => pod(`a${index + 1}`, 'aaa'))
}

function canary(count: number): readonly PodFacts[] {
  return Array.from({ length: count }, (_, index) => pod(`b${index + 1}`, 'bbb'))
}

function pod(name: string, owner: string, facts: Partial<PodFacts> = {}): PodFacts {
  return {
    name,
    uid: name,
    owner,
    createdAt: at(0),
    available: true,
    leaving: false,
    labels: {},
    annotations: {},
    ...facts,
  }
}

function inWords(action: ReturnType<typeof restartActions>[number]): string {
  if (action.kind !== 'evict') return action.kind
  return `${action.most} of ${action.pods.map(({ name }) => name).join(' ')}`
}
