/** The controller dies after any write and never writes its status; the next one comes to the same end. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minutes } from '../../src/core/units.ts'
import { Play } from './play.ts'

type Deed = { readonly name: string; readonly do: (play: Play) => unknown }

const deeds: readonly Deed[] = [
  { name: 'push b', do: (play) => play.push('bbb') },
  { name: 'push c', do: (play) => play.push('ccc') },
  { name: 'back to a', do: (play) => play.push('aaa') },
  { name: 'abort', do: (play) => play.signal({ abort: true }) },
  { name: 'retry', do: (play) => play.signal({ abort: false }) },
  { name: 'resume', do: (play) => play.signal({ pauseConditions: [] }) },
  { name: 'promote full', do: (play) => play.signal({ promoteFull: true }) },
  { name: 'other steps', do: (play) => play.asksSteps('setWeight 40 | pause | analysis') },
  { name: 'worse', do: (play) => rule(play, 'Failed') },
  { name: 'fine', do: (play) => rule(play, 'Successful') },
  { name: 'unclear', do: (play) => rule(play, 'Inconclusive') },
  { name: 'scale to 7', do: (play) => play.asks({ replicas: 7 }) },
  { name: 'scale to 2', do: (play) => play.asks({ replicas: 2 }) },
  { name: 'a hand on the weights', do: (play) => play.handSets(50, 50) },
]

const deed = fc.constantFrom(...deeds)

/** A deed, and deaths after so many writes each in the passes that follow. */
const event = fc.record({
  deed,
  deaths: fc.array(fc.nat(5), { maxLength: 4 }),
})

test('a death after any write changes no outcome', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 6 }), (events) => {
      const [calm, stormy] = [begun(), begun()]
      for (const { deed: next, deaths } of events) {
        next.do(calm)
        next.do(stormy)
        for (const writes of deaths) stormy.dies(writes)
        expect(endOf(rested(stormy))).toEqual(endOf(rested(calm)))
      }
    }),
    { numRuns: 60 },
  )
})

test('a verdict that came while no status could be written still rolls back', () => {
  const play = new Play('setWeight 20 | pause').watched().run(5).push('bbb').run(1)
  play.signal({ backgroundRun: undefined }).rule('web-bbb-2', 'Failed', 'worse').run(5)
  expect(play.status.abort).toBe(true)
})

test('every pass of the first deployment may die after each of its writes', () => {
  for (let writes = 0; writes < 8; writes += 1) {
    const play = new Play('setWeight 20 | pause')
    for (let death = 0; death < 6; death += 1) play.dies(writes)
    expect(endOf(play.run(60))).toEqual(endOf(new Play('setWeight 20 | pause').run(60)))
  }
})

function begun(): Play {
  const play = new Play('setWeight 20 | pause 1m | setWeight 60 | analysis | pause', 5)
  return play
    .watched()
    .asks({ progressDeadline: minutes(100_000) })
    .run(5)
}

/** Longer than any pause or delay, without looking at every second of it. */
function rested(play: Play): Play {
  return play.run(5).later(30).run(3).later(60).run(5).later(30).run(2)
}

function rule(play: Play, phase: 'Failed' | 'Successful' | 'Inconclusive'): void {
  const name = play.status.stepRun?.name ?? play.status.backgroundRun?.name
  const run = name === undefined ? undefined : play.analysis(name)
  if (run?.phase === 'New') play.rule(run.run.name, phase, 'why')
}

/** All that matters of a world at rest; times and numbers behind the names of runs are left out. */
function endOf(play: Play): unknown {
  const { status, world } = play
  const { abort, promoteFull, pauseConditions, currentStepIndex, stableRS } = status
  return {
    said: play.said,
    status: { abort, promoteFull, currentStepIndex, stableRS, paused: pauseConditions.length },
    weights: world.weights(),
    services: world.services,
    pods: world.replicaSets.map(({ name, revision, wanted, available }) => [
      name,
      revision,
      wanted,
      available,
    ]),
    open: world.runs.filter(({ phase }) => phase === 'New').map(({ kind, hash }) => [kind, hash]),
    conditions: status.conditions.map(({ type, status: state, reason }) => [type, state, reason]),
    stations: world.replicaSets.map(({ hash }) => play.stations(hash).at(-1)),
  }
}
