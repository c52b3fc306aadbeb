import { expect, test } from 'vitest'
import { Play, released } from './play.ts'

test('the first deployment skips the steps and pins both Services', () => {
  const play = new Play('setWeight 50 | pause 10m').run(5)
  expect(play.story()).toMatchInlineSnapshot(`
    "
    0s 0 % Progressing updated replicas are still becoming available (everything asked for is stable)
       Rollout updated to revision 1
       Created ReplicaSet web-aaa (revision 1)
       Rollout not completed, started update to revision 1 (aaa)
       Scaled up ReplicaSet web-aaa (revision 1) from 0 to 4
       Traffic weight updated to 0
       Rollout completed update to revision 1 (aaa): Initial deploy
    2s 0 % Healthy (everything asked for is stable)
       Switched selector for service 'web-stable' from '' to 'aaa'
       Switched selector for service 'web-canary' from '' to 'aaa'
    "
  `)
})

test('a release goes through its steps and waits in its pause', () => {
  const play = released('setWeight 50 | pause 10m').push('bbb').run(30)
  expect(play.story()).toMatchInlineSnapshot(`
    "
    5s 0 % Progressing more replicas need to be updated (waiting for pods: 0 of 2 are available)
       Rollout updated to revision 2
       Created ReplicaSet web-bbb (revision 2)
       Rollout not completed, started update to revision 2 (bbb)
       Scaled up ReplicaSet web-bbb (revision 2) from 0 to 2
    7s 50 % Paused CanaryPauseStep (CanaryPauseStep)
       Switched selector for service 'web-canary' from 'aaa' to 'bbb'
       Traffic weight updated from 0 to 50
       Rollout step 1/2 completed (setWeight: 50)
       Rollout is paused (CanaryPauseStep)
    "
  `)
})

test('a pause that is resumed leads to promotion, and the old pods go after their delay', () => {
  const play = released('setWeight 50 | pause 10m').push('bbb').run(30)
  play.story()
  play.signal({ pauseConditions: [] }).run(60)
  expect(play.story()).toMatchInlineSnapshot(`
    "
    35s 50 % Progressing waiting for all steps to complete (waiting for pods: 2 of 4 are available)
       Rollout step 2/2 completed (pause: 10m)
       Scaled up ReplicaSet web-bbb (revision 2) from 2 to 4
    37s 0 % Healthy (everything asked for is stable)
       Traffic weight updated from 50 to 100
       Rollout completed update to revision 2 (bbb): Completed all 2 canary steps
       Switched selector for service 'web-stable' from 'aaa' to 'bbb'
       Traffic weight updated from 100 to 0
    67s 0 % Healthy (everything asked for is stable)
       Scaled down ReplicaSet web-aaa (revision 1) from 4 to 0
    "
  `)
})

test('a failed analysis takes the traffic back first, then the pods', () => {
  const play = released('setWeight 50 | pause 10m')
  play.watched().push('bbb').run(30)
  play.story()
  play
    .rule(
      'web-bbb-2',
      'Failed',
      'Metric "requests" assessed Failed due to 3 % of 1,000 requests failed',
    )
    .run(40)
  expect(play.story()).toMatchInlineSnapshot(`
    "
    35s 0 % Degraded RolloutAborted: Rollout aborted update to revision 2: Background analysis phase error/failed: Metric "requests" assessed Failed due to 3 % of 1,000 requests failed (the update was aborted)
       Traffic weight updated from 50 to 0
       Switched selector for service 'web-canary' from 'bbb' to 'aaa'
       Rollout aborted update to revision 2: Background analysis phase error/failed: Metric "requests" assessed Failed due to 3 % of 1,000 requests failed
       Background Analysis Run 'web-bbb-2' Status New: 'Failed' Previous: 'Pending'
    65s 0 % Degraded RolloutAborted: Rollout aborted update to revision 2: Background analysis phase error/failed: Metric "requests" assessed Failed due to 3 % of 1,000 requests failed (the update was aborted)
       Scaled down ReplicaSet web-bbb (revision 2) from 2 to 0
    "
  `)
})
