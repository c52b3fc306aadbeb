import { expect, test } from 'vitest'
import { type Note, normal, warning } from '../../../src/core/rollout/action.ts'
import { toldTogether } from '../../../src/core/rollout/told-together.ts'

const updated = normal('RolloutUpdated', 'Rollout updated to revision 2')
const created = normal('NewReplicaSetCreated', 'Created ReplicaSet web-b')
const scaled = normal('ScalingReplicaSet', 'Scaled up ReplicaSet web-b from 0 to 1')
const weight = normal('TrafficWeightUpdated', 'Traffic weight updated from 0 to 20')
const paused = normal('RolloutPaused', 'Rollout is paused (CanaryPauseStep)')
const completed = normal('RolloutCompleted', 'Rollout completed update to revision 2')
const aborted = warning('RolloutAborted', 'Rollout aborted update to revision 2')

test.for<{
  readonly it: string
  readonly notes: readonly Note[]
  readonly tells: readonly string[]
}>([
  { it: 'nothing happened', notes: [], tells: [] },
  {
    it: 'one note is told as it is',
    notes: [weight],
    tells: ['TrafficWeightUpdated | Traffic weight updated from 0 to 20'],
  },
  {
    it: 'a new revision is named after its beginning',
    notes: [updated, created, scaled],
    tells: [
      'RolloutUpdated | Rollout updated to revision 2 [then NewReplicaSetCreated: Created ReplicaSet web-b; ScalingReplicaSet: Scaled up ReplicaSet web-b from 0 to 1]',
    ],
  },
  {
    it: 'without one of those, the last note leads',
    notes: [created, scaled],
    tells: [
      'ScalingReplicaSet | Scaled up ReplicaSet web-b from 0 to 1 [after NewReplicaSetCreated: Created ReplicaSet web-b]',
    ],
  },
  {
    it: 'a milestone tells what led to it and what followed',
    notes: [weight, paused, scaled],
    tells: [
      'RolloutPaused | Rollout is paused (CanaryPauseStep) [after TrafficWeightUpdated: Traffic weight updated from 0 to 20] [then ScalingReplicaSet: Scaled up ReplicaSet web-b from 0 to 1]',
    ],
  },
  {
    it: 'two milestones are two events',
    notes: [paused, completed],
    tells: [
      'RolloutPaused | Rollout is paused (CanaryPauseStep)',
      'RolloutCompleted | Rollout completed update to revision 2',
    ],
  },
  {
    it: 'a warning stands alone, in its place',
    notes: [weight, aborted, scaled],
    tells: [
      'TrafficWeightUpdated | Traffic weight updated from 0 to 20',
      'RolloutAborted | Rollout aborted update to revision 2',
      'ScalingReplicaSet | Scaled up ReplicaSet web-b from 0 to 1',
    ],
  },
])('$it', ({ notes, tells }) => {
  const told = toldTogether(notes, 1024)
  expect(told.map(({ reason, message }) => `${reason} | ${message}`)).toEqual(tells)
})

test('what would be too long together is told note by note', () => {
  expect(toldTogether([weight, paused], 60)).toEqual([weight, paused])
})
