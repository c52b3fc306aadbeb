import { expect, test } from 'vitest'
import type { RolloutPhase } from '../../../src/core/rollout/status.ts'
import {
  generationActions,
  observedWorkload,
  scaleDownActions,
} from '../../../src/core/rollout/workload.ts'
import { noStatus, rolloutSpec } from '../../stories/notation.ts'
import { at, type Differs, scene } from './build.ts'

const ref = { kind: 'Deployment', namespace: 'shop', name: 'old' } as const
const generation = 'rollout.argoproj.io/workload-generation'
const healthyOnce = {
  type: 'Healthy',
  status: 'True',
  reason: '',
  message: '',
  lastUpdateTime: at(0),
  lastTransitionTime: at(0),
} as const

test('the generation of the workload stands on the Rollout, and goes with the reference', () => {
  expect(written({ workload: workload(4) })).toEqual([{ Rollout: { [generation]: '7' } }])
  const annotations = { [generation]: '7' }
  expect(written({ workload: workload(4) }, annotations)).toEqual([])
  expect(written({}, annotations)).toEqual([{ Rollout: { [generation]: null } }])
  expect(written({})).toEqual([])
  expect(observedWorkload(scene({ workload: workload(4) }))).toBe('7')
  expect(observedWorkload(scene({}))).toBeUndefined()
})

type Row = {
  readonly it: string
  readonly mode: 'never' | 'onsuccess' | 'progressively'
  readonly phase?: RolloutPhase
  /** Pods of the Deployment now, and what it had. */
  readonly replicas?: number
  readonly had?: number
  /** Pods of the Rollout that are available. */
  readonly up: number
  readonly revision?: number
  readonly wasHealthy?: boolean
  readonly scalesTo: number | undefined
}

test.for<Row>([
  { it: 'never leaves it alone', mode: 'never', phase: 'Healthy', up: 4, scalesTo: undefined },
  { it: 'onsuccess waits', mode: 'onsuccess', up: 3, scalesTo: undefined },
  { it: 'onsuccess ends it', mode: 'onsuccess', phase: 'Healthy', up: 4, scalesTo: 0 },
  {
    it: 'done, no write',
    mode: 'onsuccess',
    phase: 'Healthy',
    replicas: 0,
    up: 4,
    scalesTo: undefined,
  },
  { it: 'pod by pod', mode: 'progressively', up: 1, scalesTo: 3 },
  { it: 'nothing while nothing is up', mode: 'progressively', up: 0, scalesTo: undefined },
  { it: 'never below zero', mode: 'progressively', up: 6, scalesTo: 0 },
  {
    it: 'the end',
    mode: 'progressively',
    phase: 'Healthy',
    replicas: 1,
    had: 4,
    up: 4,
    scalesTo: 0,
  },
  {
    it: 'pods that fail bring it back',
    mode: 'progressively',
    replicas: 1,
    had: 4,
    up: 0,
    scalesTo: 4,
  },
  { it: 'never more than it had', mode: 'progressively', replicas: 0, up: 1, scalesTo: undefined },
  {
    it: 'a larger one goes by as many as came',
    mode: 'progressively',
    replicas: 10,
    up: 2,
    scalesTo: 8,
  },
  {
    it: 'a first revision that failed does not keep it for ever',
    mode: 'onsuccess',
    phase: 'Healthy',
    revision: 2,
    up: 4,
    scalesTo: 0,
  },
  {
    it: 'a later revision leaves it alone',
    mode: 'onsuccess',
    phase: 'Healthy',
    revision: 2,
    wasHealthy: true,
    up: 4,
    scalesTo: undefined,
  },
  {
    it: 'once Healthy, trouble brings nothing back',
    mode: 'progressively',
    replicas: 0,
    had: 4,
    wasHealthy: true,
    up: 2,
    scalesTo: undefined,
  },
])('$mode: $it', ({ mode, phase = 'Progressing', replicas = 4, had, up, scalesTo, ...row }) => {
  const seen = scene({
    spec: { ...rolloutSpec('', 4), workload: { kind: 'Deployment', name: 'old', scaleDown: mode } },
    status: { conditions: row.wasHealthy === true ? [healthyOnce] : [] },
    stable: { wanted: 0, available: 0, revision: 0 },
    canary: { wanted: up, available: up, revision: row.revision ?? 1 },
    workload: workload(replicas, had),
  })
  const actions = scaleDownActions(seen, { ...noStatus, phase })
  expect(actions).toEqual(
    scalesTo === undefined
      ? []
      : [
          {
            kind: 'merge',
            ref,
            body: {
              metadata: { annotations: { 'haldane.dev/scaled-from': String(had ?? replicas) } },
              spec: { replicas: scalesTo },
            },
            notes: [],
          },
        ],
  )
})

function workload(replicas: number, had?: number): NonNullable<Differs['workload']> {
  const annotations = had === undefined ? {} : { 'haldane.dev/scaled-from': String(had) }
  return { ref, generation: 7, replicas, annotations }
}

function written(
  differs: Differs,
  annotations: Readonly<Record<string, string>> = {},
): readonly unknown[] {
  const seen = scene(differs)
  return generationActions({ ...seen, rollout: { ...seen.rollout, annotations } }).map((action) =>
    action.kind === 'merge'
      ? { [action.ref.kind]: Object(action.body).metadata.annotations }
      : action.kind,
  )
}
