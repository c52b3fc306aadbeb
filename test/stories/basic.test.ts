/** A canary without traffic routing: its share of pods is its share of traffic. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CanarySpec } from '../../src/core/rollout/spec.ts'
import { Play } from './play.ts'
import { rolloutSpec, Sandbox } from './sandbox.ts'

const pods = (count: number): CanarySpec['maxSurge'] => ({ kind: 'pods', pods: count })

function basic(steps: string, replicas: number, surge: number, unavailable: number): Play {
  const limits = { maxSurge: pods(surge), maxUnavailable: pods(unavailable) }
  const play = new Play(steps, replicas).basic(limits).run(5)
  play.story()
  return play
}

/** `aaa/bbb` pods. */
function stands(play: Play): string {
  return ['aaa', 'bbb'].map((hash) => play.replicaSet(hash)?.wanted ?? '-').join('/')
}

test('a release replaces pods within surge and unavailable, and waits in its pause at the nearest share', () => {
  const play = basic('setWeight 20 | pause | setWeight 60 | pause', 10, 1, 0)
  play.push('bbb').run(20)
  expect(stands(play)).toBe('8/2')
  expect(play.said).toBe('Paused CanaryPauseStep')
  expect(play.status.weights).toBeUndefined()
  play.signal({ pauseConditions: [] }).run(40)
  expect(stands(play)).toBe('4/6')
  play.signal({ pauseConditions: [] }).run(60)
  expect(stands(play)).toBe('0/10')
  expect(play.said).toBe('Healthy')
  expect(play.story()).toMatchInlineSnapshot(`
    "
    5s ? % Progressing more replicas need to be updated (waiting for pods: 0 of 1 are available)
       Rollout updated to revision 2
       Created ReplicaSet web-bbb (revision 2)
       Rollout not completed, started update to revision 2 (bbb)
       Scaled up ReplicaSet web-bbb (revision 2) from 0 to 1
    7s ? % Progressing more replicas need to be updated (waiting for pods: 1 of 2 are available)
       Scaled down ReplicaSet web-aaa (revision 1) from 10 to 9
       Scaled up ReplicaSet web-bbb (revision 2) from 1 to 2
    9s ? % Paused CanaryPauseStep (CanaryPauseStep)
       Scaled down ReplicaSet web-aaa (revision 1) from 9 to 8
       Rollout step 1/4 completed (setWeight: 20)
       Rollout is paused (CanaryPauseStep)
    25s ? % Progressing more replicas need to be updated (waiting for pods: 2 of 3 are available)
       Rollout step 2/4 completed (pause)
       Scaled up ReplicaSet web-bbb (revision 2) from 2 to 3
    27s ? % Progressing more replicas need to be updated (waiting for pods: 3 of 4 are available)
       Scaled down ReplicaSet web-aaa (revision 1) from 8 to 7
       Scaled up ReplicaSet web-bbb (revision 2) from 3 to 4
    29s ? % Progressing more replicas need to be updated (waiting for pods: 4 of 5 are available)
       Scaled down ReplicaSet web-aaa (revision 1) from 7 to 6
       Scaled up ReplicaSet web-bbb (revision 2) from 4 to 5
    31s ? % Progressing more replicas need to be updated (waiting for pods: 5 of 6 are available)
       Scaled down ReplicaSet web-aaa (revision 1) from 6 to 5
       Scaled up ReplicaSet web-bbb (revision 2) from 5 to 6
    33s ? % Paused CanaryPauseStep (CanaryPauseStep)
       Scaled down ReplicaSet web-aaa (revision 1) from 5 to 4
       Rollout step 3/4 completed (setWeight: 60)
       Rollout is paused (CanaryPauseStep)
    65s ? % Progressing more replicas need to be updated (waiting for pods: 6 of 10 are available)
       Rollout step 4/4 completed (pause)
       Scaled up ReplicaSet web-bbb (revision 2) from 6 to 7
    67s ? % Progressing more replicas need to be updated (waiting for pods: 7 of 10 are available)
       Scaled down ReplicaSet web-aaa (revision 1) from 4 to 3
       Scaled up ReplicaSet web-bbb (revision 2) from 7 to 8
    69s ? % Progressing more replicas need to be updated (waiting for pods: 8 of 10 are available)
       Scaled down ReplicaSet web-aaa (revision 1) from 3 to 2
       Scaled up ReplicaSet web-bbb (revision 2) from 8 to 9
    71s ? % Progressing old replicas are pending termination (waiting for pods: 9 of 10 are available)
       Scaled down ReplicaSet web-aaa (revision 1) from 2 to 1
       Scaled up ReplicaSet web-bbb (revision 2) from 9 to 10
    73s ? % Healthy (everything asked for is stable)
       Scaled down ReplicaSet web-aaa (revision 1) from 1 to 0
       Rollout completed update to revision 2 (bbb): Completed all 4 canary steps
    "
  `)
})

test('an abort scales back within the same limits, at once', () => {
  const play = basic('setWeight 40 | pause', 10, 1, 0).push('bbb')
  play.run(40)
  play.story()
  play.signal({ abort: true }).run(40)
  expect(stands(play)).toBe('10/0')
  expect(play.said).toContain('Degraded RolloutAborted')
  expect(play.condition('Available')).toContain('True')
})

test('a crash-looping canary never takes more than maxUnavailable, and can be replaced', () => {
  const play = basic('setWeight 50 | pause', 4, 1, 0)
  play.world.broken.add('bbb')
  play.push('bbb').run(30)
  expect(stands(play)).toBe('4/1')
  play.push('ccc').run(30)
  expect(play.replicaSet('bbb')?.wanted).toBe(0)
  expect(play.replicaSet('ccc')?.wanted).toBe(2)
  expect(play.said).toBe('Paused CanaryPauseStep')
})

test('without steps it is a rolling update', () => {
  const play = basic('', 4, 1, 0).push('bbb').run(1)
  expect(play.said).toBe('Progressing more replicas need to be updated')
  play.run(40)
  expect(stands(play)).toBe('0/4')
  expect(play.said).toBe('Healthy')
})

test('an old revision that is still there is waited for in so many words', () => {
  const play = basic('', 2, 2, 0).push('bbb').run(3)
  play.world.broken.add('bbb')
  expect(play.status.stableRS).toBe('bbb')
  const said = new Set<string>()
  play.push('ccc')
  for (let second = 0; second < 20; second += 1) said.add(play.run(1).said)
  expect(said).toContain('Progressing old replicas are pending termination')
})

test('enough pods are always available and never too many there, whatever happens', () => {
  const deeds: readonly ((play: Play) => void)[] = [
    (play) => play.push('bbb'),
    (play) => play.push('ccc'),
    (play) => play.push('aaa'),
    (play) => play.signal({ abort: true }),
    (play) => play.signal({ abort: false }),
    (play) => play.signal({ pauseConditions: [] }),
    (play) => play.signal({ promoteFull: true }),
    (play) => play.asks({ paused: true }),
    (play) => play.asks({ paused: false }),
  ]
  const events = fc.array(fc.record({ deed: fc.nat(deeds.length - 1), wait: fc.nat(15) }), {
    maxLength: 10,
  })
  const sizes = fc.record({
    replicas: fc.integer({ min: 1, max: 8 }),
    surge: fc.nat(3),
    unavailable: fc.nat(3),
  })
  fc.assert(
    fc.property(sizes, events, ({ replicas, surge, unavailable }, story) => {
      fc.pre(surge + unavailable > 0 && unavailable <= replicas)
      const play = basic(
        'setWeight 20 | pause | setWeight 60 | pause',
        replicas,
        surge,
        unavailable,
      )
      const broken: string[] = []
      play.onWrite = () => {
        const { replicaSets } = play.world
        const wanted = replicaSets.reduce((sum, facts) => sum + facts.wanted, 0)
        const left = replicaSets.reduce(
          (sum, each) => sum + Math.min(each.wanted, each.available),
          0,
        )
        if (wanted > replicas + surge) broken.push(`${wanted} pods`)
        if (left < replicas - unavailable) broken.push(`${left} available`)
      }
      for (const { deed, wait } of story) {
        deeds[deed]?.(play)
        play.run(wait)
      }
      expect(broken).toEqual([])
    }),
    { numRuns: 150 },
  )
})

test('the manifest as people write it: no Services, no route', async () => {
  const sandbox = await new Sandbox().start()
  const spec = rolloutSpec([{ setWeight: 50 }, { pause: {} }])
  await sandbox.create('Rollout', 'web', {
    ...spec,
    strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } },
  })
  await sandbox.after(2)
  expect(await sandbox.said()).toBe('Healthy')
  await sandbox.push({ image: 'web:2' })
  await sandbox.after(2)
  expect(await sandbox.said()).toBe('Paused CanaryPauseStep')
})
