/** How many pods each side has, told from the beginning of a release to its end. */
import { expect, test } from 'vitest'
import { type Play, released } from './play.ts'
import { rolloutSpec, Sandbox } from './sandbox.ts'

/** `stable/canary` pods at `weight`. */
function stands(play: Play): string {
  const pods = ['aaa', 'bbb'].map((hash) => play.replicaSet(hash)?.wanted ?? '-').join('/')
  return `${pods} at ${play.canary}`
}

test('setCanaryScale warms the canary up before any traffic, and gives the number back to the weight', () => {
  const play = released('scale 3 | pause | setWeight 25 | scale match | pause').push('bbb').run(10)
  expect(stands(play)).toBe('4/3 at 0')
  expect(play.said).toBe('Paused CanaryPauseStep')
  play.signal({ pauseConditions: [] }).run(10)
  expect(stands(play)).toBe('4/1 at 25')
  expect(play.story()).toMatchInlineSnapshot(`
    "
    5s 0 % Progressing more replicas need to be updated (waiting for pods: 0 of 3 are available)
       Rollout updated to revision 2
       Created ReplicaSet web-bbb (revision 2)
       Rollout not completed, started update to revision 2 (bbb)
       Scaled up ReplicaSet web-bbb (revision 2) from 0 to 3
    7s 0 % Paused CanaryPauseStep (CanaryPauseStep)
       Switched selector for service 'web-canary' from 'aaa' to 'bbb'
       Rollout step 1/5 completed (setCanaryScale{replicas: 3})
       Rollout is paused (CanaryPauseStep)
    15s 25 % Paused CanaryPauseStep (CanaryPauseStep)
       Rollout step 2/5 completed (pause)
       Traffic weight updated from 0 to 25
       Rollout step 3/5 completed (setWeight: 25)
       Scaled down ReplicaSet web-bbb (revision 2) from 3 to 1
       Rollout step 4/5 completed (setCanaryScale{matchTrafficWeight: true})
       Rollout is paused (CanaryPauseStep)
    "
  `)
})

test('dynamicStableScale: the stable pods shrink behind the traffic and are gone with the release', () => {
  const play = released('setWeight 20 | pause | setWeight 60 | pause', 10)
  play.asksCanary({ dynamicStableScale: true, abortScaleDownDelay: 'with-traffic' })
  play.push('bbb').run(10)
  expect(stands(play)).toBe('8/2 at 20')
  play.signal({ pauseConditions: [] }).run(10)
  expect(stands(play)).toBe('4/6 at 60')
  play.signal({ pauseConditions: [] }).run(10)
  expect(stands(play)).toBe('0/10 at 0')
  expect(play.said).toBe('Healthy')
})

test('dynamicStableScale: an abort takes the traffic back as the stable pods come back, step by step', () => {
  const play = released('setWeight 20 | pause | setWeight 60 | pause', 10)
  play.asksCanary({ dynamicStableScale: true, abortScaleDownDelay: 'with-traffic' })
  play.push('bbb').run(10).signal({ pauseConditions: [] }).run(10)
  play.story()
  play.signal({ abort: true }).run(20)
  expect(stands(play)).toBe('10/0 at 0')
  expect(play.story()).toMatchInlineSnapshot(`
    "
    25s 60 % Degraded RolloutAborted: Rollout aborted update to revision 2 (the update was aborted)
       Scaled up ReplicaSet web-aaa (revision 1) from 4 to 8
       Rollout aborted update to revision 2
    27s 0 % Degraded RolloutAborted: Rollout aborted update to revision 2 (the update was aborted)
       Traffic weight updated from 60 to 20
       Scaled down ReplicaSet web-bbb (revision 2) from 6 to 2
       Scaled up ReplicaSet web-aaa (revision 1) from 8 to 10
       Traffic weight updated from 20 to 0
       Switched selector for service 'web-canary' from 'bbb' to 'aaa'
       Scaled down ReplicaSet web-bbb (revision 2) from 2 to 0
    "
  `)
})

test('dynamicStableScale: back to the stable template in the middle waits for stable pods before it moves traffic', () => {
  const play = released('setWeight 60 | pause', 10)
  play.asksCanary({ dynamicStableScale: true, abortScaleDownDelay: 'with-traffic' })
  play.push('bbb').run(10).push('aaa').run(1)
  expect(stands(play)).toBe('10/6 at 60')
  play.run(10)
  expect(stands(play)).toBe('10/0 at 0')
  expect(play.said).toBe('Healthy')
})

test('dynamicStableScale: promote --full shifts as pods come up, and an abort after it finds the way back', () => {
  const play = released('setWeight 20 | pause', 10)
  play.asksCanary({ dynamicStableScale: true, abortScaleDownDelay: 'with-traffic' })
  play.push('bbb').run(10)
  play.world.broken.add('bbb')
  play.signal({ promoteFull: true }).run(3)
  expect(stands(play)).toBe('8/10 at 20')
  play.signal({ abort: true }).run(20)
  expect(stands(play)).toBe('10/0 at 0')
})

test('an abort with stable pods down takes back what the others carry, and the rest with them', () => {
  const play = released('setWeight 50 | pause', 10).push('bbb').run(10)
  play.world.down('aaa', 4)
  play.signal({ abort: true }).run(3)
  expect(stands(play)).toBe('10/5 at 40')
  play.world.down('aaa', 0)
  play.run(3)
  expect(play.canary).toBe(0)
})

test('replicaProgressThreshold: a step goes on with most of its pods', () => {
  const play = released('setWeight 50 | pause', 10)
  play.asksCanary({ progressThreshold: { type: 'Percent', value: 80 } })
  play.world.down('bbb', 1)
  play.push('bbb').run(10)
  expect(stands(play)).toBe('10/5 at 50')
  expect(play.said).toBe('Paused CanaryPauseStep')
})

test('a rollback within the window skips the steps and the analysis', () => {
  const play = released('setWeight 50 | pause').asks({ rollbackWindow: 2 }).watched()
  play.push('bbb').run(5).signal({ promoteFull: true }).run(10)
  play.push('ccc').run(5).signal({ promoteFull: true }).run(10)
  const runs = play.world.runs.length
  play.story()
  play.push('aaa').run(20)
  expect(play.status.stableRS).toBe('aaa')
  expect(play.world.runs).toHaveLength(runs)
  expect(play.story()).toMatchInlineSnapshot(`
    "
    35s 0 % Healthy (everything asked for is stable)
       Rollout updated to revision 4
       Rollback to active ReplicaSets within RollbackWindow
       Rollout not completed, started update to revision 4 (aaa)
       Switched selector for service 'web-canary' from 'ccc' to 'aaa'
       Traffic weight updated from 0 to 100
       Rollout completed update to revision 4 (aaa): Rollback within window
       Switched selector for service 'web-stable' from 'ccc' to 'aaa'
       Traffic weight updated from 100 to 0
    "
  `)
})

test('a rollback beyond the window takes its steps', () => {
  const play = released('setWeight 50 | pause').asks({ rollbackWindow: 1 })
  play.push('bbb').run(5).signal({ promoteFull: true }).run(10)
  play.push('ccc').run(5).signal({ promoteFull: true }).run(10)
  play.push('aaa').run(20)
  expect(play.said).toBe('Paused CanaryPauseStep')
  expect(play.status.stableRS).toBe('ccc')
})

test('back to stable in the middle of a release is told as skipped steps', () => {
  const play = released('setWeight 50 | pause').push('bbb').run(10)
  play.story()
  play.push('aaa').run(2)
  expect(play.story()).toContain('Rollback to stable ReplicaSets')
})

test('the fields as people write them', async () => {
  const sandbox = await (await new Sandbox().start()).furnish()
  const spec = rolloutSpec([{ setCanaryScale: { weight: 50 } }, { setWeight: 10 }, { pause: {} }])
  const canary = {
    dynamicStableScale: true,
    minPodsPerReplicaSet: 1,
    replicaProgressThreshold: { type: 'Pods', value: 1 },
  }
  await sandbox.create('Rollout', 'web', spec)
  await sandbox.patch('Rollout', 'web', {
    spec: { rollbackWindow: { revisions: 1 }, strategy: { canary } },
  })
  await sandbox.after(2)
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(2)
  expect(await sandbox.said()).toBe('Paused CanaryPauseStep')
  expect(await sandbox.weights()).toBe('90/10')
})
