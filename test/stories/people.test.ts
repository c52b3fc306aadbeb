/** What people and their tools do to a release: the plugin's and Argo CD's patches, at every station. */
import { describe, expect, test } from 'vitest'
import { type Play, released } from './play.ts'

const pausing = 'setWeight 20 | pause | setWeight 60 | pause 1m | pause'

describe('resume and promote', () => {
  test('a pause that is resumed the way of the plugin goes on at the next step', () => {
    const play = released(pausing).push('bbb').run(10).signal({ pauseConditions: [] }).run(10)
    expect(play.status.currentStepIndex).toBe(3)
    expect(play.canary).toBe(60)
    expect(play.said).toBe('Paused CanaryPauseStep')
  })

  test('a pause with a duration ends by itself, and the next pause begins anew', () => {
    const play = released(pausing).push('bbb').run(10).signal({ pauseConditions: [] }).run(80)
    expect(play.status.currentStepIndex).toBe(4)
    expect(play.said).toBe('Paused CanaryPauseStep')
  })

  test('promote in the middle of a step without a pause takes the next one', () => {
    const play = released('setWeight 20 | setWeight 60 | pause')
    play.world.broken.add('bbb')
    play.push('bbb').run(5).signal({ currentStepIndex: 1 }).run(5)
    expect(play.status.currentStepIndex).toBe(1)
    play.world.broken.delete('bbb')
    play.run(5)
    expect(play.canary).toBe(60)
  })

  test("Argo CD's skip-current-step leaves controllerPause behind: the next pause is not skipped as well", () => {
    const play = released('setWeight 20 | pause | pause 5m | setWeight 60 | pause')
    play.push('bbb').run(10)
    play.signal({ pauseConditions: [], currentStepIndex: 2 }).run(5)
    expect(play.status.currentStepIndex).toBe(2)
    expect(play.said).toBe('Paused CanaryPauseStep')
  })

  test.for([
    { it: 'before its pods are up', seconds: 1 },
    { it: 'in its first pause', seconds: 10 },
  ])('promote --full $it ends with the canary stable', ({ seconds }) => {
    const play = released(pausing).push('bbb').run(seconds).signal({ promoteFull: true }).run(60)
    expect(play.status.stableRS).toBe('bbb')
    expect(play.status.promoteFull).toBe(false)
    expect(play.canary).toBe(0)
    expect(play.said).toBe('Healthy')
    expect(play.replicaSet('aaa')?.wanted).toBe(0)
  })

  test('promote --full keeps the weight until all pods are up', () => {
    const play = released(pausing).push('bbb').run(10)
    play.world.broken.add('bbb')
    play.signal({ promoteFull: true }).run(10)
    expect(play.canary).toBe(20)
    expect(play.replicaSet('bbb')?.wanted).toBe(4)
  })

  test('promote --full overrules an abort, also one by an analysis', () => {
    const play = released(pausing).watched().push('bbb').run(10)
    play.rule('web-bbb-2', 'Failed', 'worse').run(10)
    expect(play.said).toMatch(/^Degraded RolloutAborted/)
    play.signal({ promoteFull: true }).run(60)
    expect(play.status.stableRS).toBe('bbb')
    expect(play.said).toBe('Healthy')
  })
})

describe('abort and retry', () => {
  const moments: readonly { readonly it: string; readonly to: (play: Play) => Play }[] = [
    { it: 'before the first pass', to: (play) => play.run(1) },
    { it: 'in a pause', to: (play) => play.run(10) },
    { it: 'in a later step', to: (play) => play.run(10).signal({ pauseConditions: [] }).run(1) },
    { it: 'while paused by hand', to: (play) => play.run(10).asks({ paused: true }).run(3) },
    { it: 'in the last pause', to: (play) => play.run(10).signal({ currentStepIndex: 4 }).run(5) },
    {
      it: 'while all traffic moves',
      to: (play) => play.run(10).signal({ currentStepIndex: 5 }).run(1),
    },
    {
      it: 'after promote --full',
      to: (play) => play.run(10).signal({ promoteFull: true, pauseConditions: [] }).run(1),
    },
  ]

  test.for(moments)('an abort $it takes traffic and then pods back', ({ to }) => {
    const play = to(released(pausing).push('bbb'))
    expect(play.status.stableRS).toBe('aaa')
    play.signal({ abort: true }).run(2)
    expect(play.canary).toBe(0)
    expect(play.status.abort).toBe(true)
    expect(play.status.currentStepIndex).toBe(0)
    expect(play.said).toBe('Degraded RolloutAborted: Rollout aborted update to revision 2')
    play.run(40)
    expect(play.replicaSet('bbb')?.wanted).toBe(0)
    expect(play.replicaSet('aaa')?.available).toBe(4)
    expect(play.world.services.canary.selector['rollouts-pod-template-hash']).toBe('aaa')
  })

  test('an abort when nothing is under way is dropped', () => {
    const play = released(pausing).signal({ abort: true }).run(5)
    expect(play.status.abort).toBe(false)
    expect(play.said).toBe('Healthy')
  })

  test('retry starts at the first step again, with new pods, a new run and a new journal', () => {
    const play = released(pausing).watched().push('bbb').run(10)
    const before = play.journal('bbb')?.startedAt
    play.signal({ abort: true }).run(60).signal({ abort: false }).run(10)
    expect(play.status.currentStepIndex).toBe(1)
    expect(play.status.abortedAt).toBeUndefined()
    expect(play.canary).toBe(20)
    expect(play.status.backgroundRun?.name).toBe('web-bbb-2.1')
    expect(play.analysis('web-bbb-2')?.run.terminate).toBe(true)
    expect(play.journal('bbb')?.startedAt).toBeGreaterThan(Number(before))
    expect(play.stations('bbb')).toEqual(['stepping 0 at 20 %', 'stepping 1 at 20 %'])
    expect(play.replicaSet('bbb')?.scaleDownAt).toBeUndefined()
  })

  test('an abort whose canary stays (delay 0) keeps the pods and takes the traffic', () => {
    const play = released(pausing).asksCanary({ abortScaleDownDelay: 'never' })
    play.push('bbb').run(10).signal({ abort: true }).run(600)
    expect(play.canary).toBe(0)
    expect(play.replicaSet('bbb')?.wanted).toBe(1)
  })
})

describe('the spec changes', () => {
  test('a new image in the middle starts again, the one between gets no traffic, and goes once proxies have followed', () => {
    const play = released(pausing).watched().push('bbb').run(10).push('ccc').run(2)
    expect(play.replicaSet('bbb')?.wanted).toBe(1)
    play.run(8)
    expect(play.replicaSet('bbb')?.wanted).toBe(0)
    expect(play.replicaSet('ccc')?.revision).toBe(3)
    expect(play.canary).toBe(20)
    expect(play.status.backgroundRun?.name).toBe('web-ccc-3')
    expect(play.analysis('web-bbb-2')?.run.terminate).toBe(true)
    expect(play.said).toBe('Paused CanaryPauseStep')
  })

  test('back to stable in the middle: traffic first, then the pods after their delay, and no analysis', () => {
    const play = released(pausing).watched().push('bbb').run(10).push('aaa').run(2)
    expect(play.canary).toBe(0)
    expect(play.said).toBe('Healthy')
    expect(play.status.currentStepIndex).toBe(5)
    expect(play.replicaSet('bbb')?.wanted).toBe(1)
    expect(play.analysis('web-bbb-2')?.run.terminate).toBe(true)
    play.run(40)
    expect(play.replicaSet('bbb')?.wanted).toBe(0)
    expect(play.world.annotations['rollout.argoproj.io/revision']).toBe('3')
  })

  test('a template that comes back gets the next number and remembers its earlier ones', () => {
    const play = released('').push('bbb').run(60).push('aaa').run(60).push('bbb').run(60)
    expect(play.replicaSet('bbb')?.revision).toBe(4)
    expect(play.replicaSet('bbb')?.annotations['rollout.argoproj.io/revision-history']).toBe('2')
    expect(play.replicaSet('aaa')?.revision).toBe(3)
    expect(play.world.annotations['rollout.argoproj.io/revision']).toBe('4')
    expect(play.world.replicaSets).toHaveLength(2)
    expect(play.said).toBe('Healthy')
  })

  test('changed steps alone begin again at the first one, with the pods that are there', () => {
    const play = released(pausing).push('bbb').run(10).signal({ currentStepIndex: 4 }).run(10)
    play.asksSteps('setWeight 40 | pause').run(10)
    expect(play.status.currentStepIndex).toBe(1)
    expect(play.canary).toBe(40)
    expect(play.replicaSet('bbb')?.revision).toBe(2)
    expect(play.stations('bbb')).toEqual(['stepping 0 at 40 %', 'stepping 1 at 40 %'])
  })

  test('changed steps of a release that is over change nothing', () => {
    const play = released(pausing)
    play.onWrite = () => expect.unreachable('something was written')
    play.asksSteps('setWeight 40 | pause').run(10)
    expect(play.said).toBe('Healthy')
    expect(play.status.currentStepIndex).toBe(2)
  })

  test('a release without steps goes through at once', () => {
    const play = released('').push('bbb').run(5)
    expect(play.status.stableRS).toBe('bbb')
    expect(play.status.currentStepIndex).toBeUndefined()
    expect(play.said).toBe('Healthy')
  })

  test('spec.paused holds everything as it stands, and going on goes on', () => {
    const play = released('setWeight 20 | setWeight 60 | pause').push('bbb').run(1)
    play.asks({ paused: true }).run(20)
    expect(play.said).toBe('Paused manually paused')
    expect(play.status.currentStepIndex).toBe(0)
    play.asks({ paused: false }).run(10)
    expect(play.status.currentStepIndex).toBe(2)
  })

  test.for([
    { it: 'up in a pause', at: 10, replicas: 10, canaryPods: 2 },
    { it: 'down in a pause', at: 10, replicas: 2, canaryPods: 1 },
    { it: 'up before the pods are there', at: 1, replicas: 10, canaryPods: 2 },
  ])('scaling $it keeps the weight and both sides in proportion', (row) => {
    const play = released(pausing, 5).push('bbb').run(row.at).asks({ replicas: row.replicas })
    play.run(10)
    expect(play.canary).toBe(20)
    expect(play.replicaSet('aaa')?.available).toBe(row.replicas)
    expect(play.replicaSet('bbb')?.available).toBe(row.canaryPods)
  })

  test('a Rollout of no pods is promoted all the same, and served once it is scaled up', () => {
    const play = released('setWeight 20 | setWeight 60').asks({ replicas: 0 }).run(5)
    play.push('bbb').run(5)
    expect(play.status.stableRS).toBe('bbb')
    play.asks({ replicas: 3 }).run(10)
    expect(play.world.services.stable.selector['rollouts-pod-template-hash']).toBe('bbb')
    expect(play.said).toBe('Healthy')
  })

  test('a stable ReplicaSet that somebody deleted leaves nothing to compare with: the new one is deployed', () => {
    const play = released(pausing).push('bbb').run(10)
    play.world.replicaSets = play.world.replicaSets.filter(({ hash }) => hash !== 'aaa')
    play.run(60)
    expect(play.status.stableRS).toBe('bbb')
    expect(play.world.services.stable.selector['rollouts-pod-template-hash']).toBe('bbb')
    expect(play.canary).toBe(0)
    expect(play.said).toBe('Healthy')
  })
})

test('the delay before the old pods go is the one that was asked for', () => {
  const play = released('').push('bbb').run(5)
  expect(play.replicaSet('aaa')?.wanted).toBe(4)
  play.run(24)
  expect(play.replicaSet('aaa')?.wanted).toBe(4)
  play.run(10)
  expect(play.replicaSet('aaa')?.wanted).toBe(0)
})
