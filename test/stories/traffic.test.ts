/** Weights that others touch, pods that fail, time that runs out. */
import { describe, expect, test } from 'vitest'
import { seconds } from '../../src/core/units.ts'
import { Play, released } from './play.ts'

const steps = 'setWeight 20 | pause | setWeight 60 | pause'

describe('weights', () => {
  test.for([
    { it: 'none', stable: undefined, canary: undefined },
    { it: 'a sum of 70', stable: 50, canary: 20 },
    { it: 'a fraction', stable: 66.6, canary: 33.4 },
    { it: 'half for each', stable: 50, canary: 50 },
  ])('a VirtualService that says $it at the start is set right', ({ stable, canary }) => {
    const play = new Play(steps).handSets(stable, canary).run(5)
    expect(play.world.weights()).toEqual([100, 0])
    expect(play.said).toBe('Healthy')
  })

  test.for([
    { it: 'more to the canary', stable: 10, canary: 90 },
    { it: 'less to the canary', stable: 95, canary: 5 },
    { it: 'no sum of 100', stable: 80, canary: 80 },
  ])('what a hand set in a pause is set back: $it', ({ stable, canary }) => {
    const play = released(steps).push('bbb').run(10).handSets(stable, canary).run(1)
    expect(play.world.weights()).toEqual([80, 20])
    expect(play.said).toBe('Paused CanaryPauseStep')
  })

  test.for([
    { it: 'after an abort', to: (play: Play) => play.signal({ abort: true }) },
    { it: 'when all is stable', to: (play: Play) => play.push('aaa') },
  ])('a weight that a hand gives the canary $it is taken back', ({ to }) => {
    const play = to(released(steps).push('bbb').run(10)).run(40).handSets(40, 60).run(1)
    expect(play.world.weights()).toEqual([100, 0])
  })

  test('a canary that loses all its pods loses its traffic, and gets it again with them', () => {
    const play = released(steps).push('bbb').run(10)
    play.world.crash('bbb', play.now)
    play.run(1)
    expect(play.canary).toBe(0)
    play.run(5)
    expect(play.canary).toBe(20)
    expect(play.said).toBe('Paused CanaryPauseStep')
  })

  test('a Service whose selector a hand moved is pinned again', () => {
    const play = released(steps).push('bbb').run(10)
    const { stable, canary } = play.world.services
    const selector = { ...canary.selector, 'rollouts-pod-template-hash': 'zzz' }
    play.world.services = { stable, canary: { ...canary, selector } }
    play.run(2)
    expect(play.world.services.canary.selector['rollouts-pod-template-hash']).toBe('bbb')
    expect(play.canary).toBe(20)
  })
})

describe('the deadline for progress', () => {
  const exceeded = 'False ProgressDeadlineExceeded ReplicaSet "web-bbb" has timed out progressing.'

  test('pods that never come up make the Rollout Degraded when it is over, and it stays so', () => {
    const play = stuck().run(599)
    expect(play.condition('Progressing')).toBe(
      'True ReplicaSetUpdated ReplicaSet "web-bbb" is progressing.',
    )
    play.run(5)
    expect(play.condition('Progressing')).toBe(exceeded)
    const { conditions } = play.status
    play.run(1500)
    expect(play.status.conditions).toEqual(conditions)
    expect(play.said).toBe(
      'Degraded ProgressDeadlineExceeded: ReplicaSet "web-bbb" has timed out progressing.',
    )
  })

  test('it keeps trying: pods that come up later mend it', () => {
    const play = stuck().run(700)
    play.world.broken.delete('bbb')
    play.run(5)
    expect(play.said).toBe('Paused CanaryPauseStep')
  })

  test('progressDeadlineAbort aborts then', () => {
    const play = stuck().asks({ progressDeadlineAbort: true }).run(610)
    expect(play.said).toBe(
      'Degraded RolloutAborted: Rollout aborted update to revision 2: ReplicaSet "web-bbb" has timed out progressing.',
    )
    play.run(100)
    expect(play.replicaSet('bbb')?.wanted).toBe(0)
  })

  test('promote --full does not outlive such an abort', () => {
    const play = stuck().asks({ progressDeadlineAbort: true }).signal({ promoteFull: true })
    play.run(5).signal({ promoteFull: true }).run(700)
    expect(play.said).toMatch(/^Degraded RolloutAborted/)
    expect(play.status.promoteFull).toBe(false)
  })

  test('an earlier revision that was late does not abort the one that mends it', () => {
    const play = released(steps).asks({ progressDeadlineAbort: true })
    play.world.broken.add('aaa')
    play.world.crash('aaa', play.now)
    play.run(700)
    expect(play.said).toMatch(/^Degraded ProgressDeadlineExceeded/)
    play.push('bbb').run(2)
    expect(play.status.abort).toBe(false)
    expect(play.said).toMatch(/^Progressing/)
  })

  test('a step that waits by design has none: pause and analysis', () => {
    const play = released('setWeight 20 | analysis | pause').push('bbb').run(10).later(3000).run(5)
    expect(play.said).toBe('Progressing more replicas need to be updated')
    play.rule('web-bbb-2-1', 'Successful').run(10).later(3000).run(5)
    expect(play.said).toBe('Paused CanaryPauseStep')
  })

  test('a pass never asks to be woken in the past', () => {
    const play = released('setWeight 20 | analysis | pause 1m | pause').push('bbb')
    for (let look = 0; look < 900; look += 1) {
      play.run(1)
      expect(play.last?.wakeAt ?? Infinity).toBeGreaterThan(play.now - seconds(1))
      if (look === 800) play.rule('web-bbb-2-1', 'Successful')
    }
  })
})

describe('the journal', () => {
  test('a promoted release: each station once, in order, and promoted at the end', () => {
    const play = released(steps).push('bbb').run(10).signal({ pauseConditions: [] }).run(10)
    play.signal({ pauseConditions: [] }).run(60)
    expect(play.stations('bbb')).toEqual([
      'stepping 0 at 20 %',
      'stepping 1 at 20 %',
      'stepping 2 at 60 %',
      'stepping 3 at 60 %',
      'promoting 4 at 100 %',
      'promoted 4 at 100 %: Completed all 4 canary steps',
    ])
  })

  test('a release that an analysis aborts: one last station, with the reason', () => {
    const play = released(steps).watched().push('bbb').run(10).signal({ pauseConditions: [] })
    play.run(10).rule('web-bbb-2', 'Failed', 'worse').run(60)
    expect(play.stations('bbb').slice(2)).toEqual([
      'stepping 2 at 60 %',
      'stepping 3 at 60 %',
      'aborted 3 at 0 %: Background analysis phase error/failed: worse',
    ])
  })

  test('a release that a person aborts says so', () => {
    const play = released(steps).push('bbb').run(10).signal({ abort: true }).run(60)
    expect(play.stations('bbb').at(-1)).toBe('aborted 1 at 0 %: aborted by a person')
    expect(play.stations('bbb')).toHaveLength(3)
  })

  test('the first deployment has no stations', () => {
    expect(released(steps).stations('aaa')).toEqual([])
  })
})

/** A release whose pods never come up. */
function stuck(): Play {
  const play = released(steps)
  play.world.broken.add('bbb')
  return play.push('bbb')
}
