/** Whatever people do, and whenever: the laws of design §9 hold after every single write. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashLabel } from '../../src/core/rollout/keys.ts'
import { Play } from './play.ts'

type Deed = { readonly name: string; readonly do: (play: Play) => void }

const deeds: readonly Deed[] = [
  { name: 'push b', do: (play) => play.push('bbb') },
  { name: 'push c', do: (play) => play.push('ccc') },
  { name: 'back to a', do: (play) => play.push('aaa') },
  { name: 'abort', do: (play) => play.signal({ abort: true }) },
  { name: 'retry', do: (play) => play.signal({ abort: false }) },
  { name: 'promote', do: (play) => play.signal({ pauseConditions: [] }) },
  { name: 'promote full', do: (play) => play.signal({ promoteFull: true }) },
  {
    name: 'skip a step',
    do: (play) =>
      play.signal({
        pauseConditions: [],
        currentStepIndex: (play.status.currentStepIndex ?? 0) + 1,
      }),
  },
  { name: 'worse', do: (play) => worse(play) },
  { name: 'scale to 7', do: (play) => scale(play, 7) },
  { name: 'scale to 2', do: (play) => scale(play, 2) },
  { name: 'pods of b break', do: (play) => play.world.broken.add('bbb') },
  { name: 'pods of b mend', do: (play) => play.world.broken.delete('bbb') },
  { name: 'pause by hand', do: (play) => hold(play, true) },
  { name: 'go on', do: (play) => hold(play, false) },
]

test('the laws hold after every write, in every order of events', () => {
  const story = fc.array(fc.record({ deed: fc.nat(deeds.length - 1), wait: fc.nat(40) }), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(story, (events) => {
      const play = new Play('setWeight 20 | pause 1m | setWeight 60 | pause', 5)
      play.watched().run(5)
      const broken: string[] = []
      play.onWrite = () => broken.push(...brokenLaws(play))
      for (const { deed, wait } of events) {
        deeds[deed]?.do(play)
        play.run(wait)
      }
      expect(broken).toEqual([])
    }),
    { numRuns: 150 },
  )
})

test('a canary that was found worse always ends without traffic', () => {
  fc.assert(
    fc.property(
      fc.nat(200),
      fc.array(fc.nat(deeds.length - 1), { maxLength: 4 }),
      (wait, before) => {
        const play = new Play('setWeight 20 | pause 1m | setWeight 60 | pause', 5)
        play.watched().run(5)
        for (const deed of before) deeds[deed]?.do(play)
        play.push('bbb').run(wait + 1)
        fc.pre(
          play.status.stableRS !== 'bbb' &&
            !play.status.promoteFull &&
            play.status.backgroundRun?.status === 'Pending',
        )
        worse(play)
        scale(play, 5)
        play.run(5)
        expect(play.canary).toBe(0)
        expect(play.status.abort).toBe(true)
      },
    ),
    { numRuns: 150 },
  )
})

test('a world that stands as wanted gets no write', () => {
  const play = new Play('setWeight 20 | pause').run(10).push('bbb').run(30)
  play.onWrite = () => expect.unreachable('a second pass wrote something')
  play.run(30)
})

function brokenLaws({ world }: Play): readonly string[] {
  const [stable, canary] = world.weights().map(Number)
  const podsBehind = (side: 'stable' | 'canary'): number => {
    const hash = world.services[side].selector[hashLabel]
    return world.replicaSets.find((facts) => facts.hash === hash)?.wanted ?? 0
  }
  const laws = {
    'weights sum to 100': Number(stable) + Number(canary) === 100,
    'a weight is a share': Number(canary) >= 0 && Number(canary) <= 100,
    'pods behind the canary weight': canary === 0 || podsBehind('canary') > 0,
    'pods behind the stable Service': podsBehind('stable') > 0,
  }
  return Object.entries(laws).flatMap(([law, holds]) => (holds ? [] : [law]))
}

function worse(play: Play): void {
  const open = play.status.backgroundRun?.name
  if (open !== undefined) play.rule(open, 'Failed', 'worse')
}

function scale(play: Play, replicas: number): void {
  play.asks({ replicas })
}

function hold(play: Play, paused: boolean): void {
  play.asks({ paused })
}
