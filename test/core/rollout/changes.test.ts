import { describe, expect, test } from 'vitest'
import { changes } from '../../../src/core/rollout/changes.ts'
import { shapeFor } from '../../../src/core/rollout/shape.ts'
import { standingOf } from '../../../src/core/rollout/stage.ts'
import { weight } from '../../../src/core/units.ts'
import { at, type Differs, scene } from './build.ts'

describe('the order of writes', () => {
  type Row = { readonly it: string; readonly sees: Differs; readonly writes: readonly string[] }
  const rows: readonly Row[] = [
    { it: 'none when everything stands as wanted', sees: {}, writes: [] },
    {
      it: 'up: Service before traffic',
      sees: { services: ['aaa', 'aaa'], route: [50, 50], canary: { available: 2 } },
      writes: ['route', 'web-canary'],
    },
    {
      it: 'up: pods, then traffic',
      sees: { steps: 'setWeight 80', canary: { wanted: 2 }, route: [100, 0] },
      writes: ['web-bbb'],
    },
    {
      it: 'down in a step: traffic, then pods',
      sees: { steps: 'setWeight 20', canary: { wanted: 3 } },
      writes: ['route', 'web-bbb'],
    },
    {
      it: 'back: traffic, then the canary Service, pods later',
      sees: { status: { abort: true } },
      writes: ['route', 'web-canary'],
    },
    {
      it: 'back, stable pods short: first they grow',
      sees: { status: { abort: true }, stable: { wanted: 3 } },
      writes: ['web-aaa', 'route'],
    },
    {
      it: 'after a promotion: the stable Service first',
      sees: { status: { stableRS: 'bbb' }, route: [0, 100], canary: { wanted: 4 } },
      writes: ['web-stable'],
    },
    {
      it: 'then traffic',
      sees: {
        status: { stableRS: 'bbb' },
        route: [0, 100],
        canary: { wanted: 4 },
        services: ['bbb', 'bbb'],
      },
      writes: ['route', 'web-aaa'],
    },
  ]

  test.for(rows)('$it', ({ sees, writes }) => {
    const seen = scene(sees)
    const actions = changes(seen, shapeFor(seen, standingOf(seen), at(0)))
    expect(actions.map(target)).toEqual(writes)
  })

  test('what is told: pods, Service, traffic', () => {
    const seen = scene({ services: ['aaa', 'aaa'], route: [100, 0], stable: { wanted: 3 } })
    const all = changes(seen, { ...shapeFor(seen, standingOf(seen), at(0)), canary: weight(50) })
    expect(all.flatMap(({ notes }) => notes)).toEqual([
      {
        type: 'Normal',
        reason: 'ScalingReplicaSet',
        message: 'Scaled up ReplicaSet web-aaa (revision 1) from 3 to 4',
      },
      {
        type: 'Normal',
        reason: 'SwitchService',
        message: "Switched selector for service 'web-canary' from 'aaa' to 'bbb'",
      },
      {
        type: 'Normal',
        reason: 'TrafficWeightUpdated',
        message: 'Traffic weight updated from 0 to 50',
      },
    ])
  })

  test('a Service is claimed with its first pin, and how many pods are wanted stands on each ReplicaSet', () => {
    const seen = scene({ services: ['aaa', undefined], spec: { replicas: 5 } })
    const bodies = changes(seen, shapeFor(seen, standingOf(seen), at(0))).flatMap((action) =>
      action.kind === 'merge' ? [action.body] : [],
    )
    expect(bodies).toContainEqual({
      metadata: { annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'web' } },
      spec: { selector: { 'rollouts-pod-template-hash': 'bbb' } },
    })
    expect(bodies).toContainEqual({
      metadata: { annotations: { 'rollout.argoproj.io/desired-replicas': '5' } },
      spec: { replicas: 5 },
    })
  })
})

function target(action: ReturnType<typeof changes>[number]): string {
  if (action.kind === 'create') return action.object.ref.name
  if (action.kind === 'json') return 'route'
  return 'ref' in action ? action.ref.name : action.kind
}
