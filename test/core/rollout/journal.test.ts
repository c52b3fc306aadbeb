import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endOf } from '../../../src/core/rollout/ended.ts'
import { explain, stepText } from '../../../src/core/rollout/explain.ts'
import {
  beginJournal,
  type Journal,
  journalText,
  note,
  parseJournal,
  type Station,
} from '../../../src/core/rollout/journal.ts'
import { journalAnnotation } from '../../../src/core/rollout/keys.ts'
import { plan } from '../../../src/core/rollout/plan.ts'
import { seconds, weight } from '../../../src/core/units.ts'
import { steps } from '../../stories/notation.ts'
import { at, type Differs, named, run, scene } from './build.ts'

const station = (second: number, more: Partial<Station> = {}): Station => ({
  at: at(second),
  step: 0,
  asked: weight(20),
  stage: 'stepping',
  because: undefined,
  ...more,
})

describe('the journal', () => {
  test('what is written is read back', () => {
    const stations = fc.array(
      fc.record({
        at: fc.nat(100_000).map(at),
        step: fc.nat(20),
        asked: fc.nat(100).map(weight),
        stage: fc.constantFrom('stepping' as const, 'promoting', 'promoted', 'aborted'),
        because: fc.option(fc.string(), { nil: undefined }),
      }),
    )
    fc.assert(
      fc.property(fc.nat(), fc.nat(100_000).map(at), stations, (revision, startedAt, all) => {
        const journal: Journal = { revision, startedAt, stations: all }
        expect(parseJournal(journalText(journal))).toEqual(journal)
      }),
    )
  })

  test.for([
    { it: 'nothing', text: undefined },
    { it: 'no JSON', text: 'x' },
    { it: 'no time', text: '{"revision":1}' },
    { it: 'no revision', text: '{"startedAt":"2026-01-01T00:00:00Z"}' },
  ])('$it is no journal', ({ text }) => {
    expect(parseJournal(text)).toBeUndefined()
  })

  test('a station that cannot be read is left out, the others stay', () => {
    const text = journalText({ revision: 1, startedAt: at(0), stations: [station(1), station(2)] })
    expect(parseJournal(text.replace('"asked":20', '"asked":120'))?.stations).toHaveLength(1)
  })

  test.for([
    { it: 'the same again is no news', next: station(9), count: 1 },
    { it: 'another step is', next: station(9, { step: 1 }), count: 2 },
    { it: 'another weight is', next: station(9, { asked: weight(30) }), count: 2 },
    { it: 'another stage is', next: station(9, { stage: 'promoting' }), count: 2 },
  ])('$it', ({ next, count }) => {
    const journal = note(note(beginJournal(2, at(0)), station(1)), next)
    expect(journal.stations).toHaveLength(count)
  })

  test.for(['aborted', 'promoted'] as const)('%s is noted once, with its first reason', (stage) => {
    const first = note(beginJournal(2, at(0)), station(1, { stage, step: 3, because: 'worse' }))
    expect(note(first, station(2, { stage, because: 'else' }))).toBe(first)
  })

  test('a very long release keeps its first and its newest stations', () => {
    const numbers = Array.from({ length: 150 }, (_, step) => step)
    const journal = numbers.reduce(
      (all, step) => note(all, station(step, { step })),
      beginJournal(2, at(0)),
    )
    expect(journal.stations).toHaveLength(100)
    expect(journal.stations[0]?.step).toBe(0)
    expect(journal.stations.at(-1)?.step).toBe(149)
  })
})

describe('whether a release is over', () => {
  test('not under way, promoted, rolled back once the route carries nothing', () => {
    expect(ends('stepping')).toBeUndefined()
    expect(ends('promoting')).toBeUndefined()
    expect(ends('promoted')).toBe('promoted why 5')
    expect(ends('aborted')).toBeUndefined()
    expect(ends('aborted', { route: [100, 0] })).toBe('rolled-back why 5')
    expect(endOf(scene())).toBeUndefined()
  })
})

test.for([
  {
    it: 'a step is done',
    sees: {},
    told: ['RolloutStepCompleted Rollout step 1/2 completed (setWeight: 50)'],
  },
  {
    it: 'a pause begins',
    sees: { status: { currentStepIndex: 1 } },
    told: ['RolloutPaused Rollout is paused (CanaryPauseStep)'],
  },
  {
    it: 'resumed by hand',
    sees: { status: { currentStepIndex: 1, controllerPause: true } },
    told: ['RolloutStepCompleted Rollout step 2/2 completed (pause)'],
  },
  {
    it: 'a pause is over',
    sees: {
      spec: { canary: { ...scene().spec.canary, steps: steps('setWeight 50 | pause 1m') } },
      status: {
        currentStepIndex: 1,
        controllerPause: true,
        pauseConditions: [{ reason: 'CanaryPauseStep' as const, startTime: at(0) }],
      },
    },
    told: [
      'RolloutStepCompleted Rollout step 2/2 completed (pause: 1m)',
      'RolloutResumed Rollout is resumed',
    ],
  },
  {
    it: 'promoted',
    sees: { status: { currentStepIndex: 2 }, canary: { wanted: 4 }, route: [0, 100] as const },
    told: [
      'RolloutCompleted Rollout completed update to revision 2 (bbb): Completed all 2 canary steps',
    ],
  },
  {
    it: 'aborted by a person',
    sees: { status: { abort: true } },
    told: ['RolloutAborted Rollout aborted update to revision 2'],
  },
  { it: 'and told once', sees: { status: { abort: true, abortedAt: at(0) } }, told: [] },
  {
    it: 'a verdict',
    sees: { status: { backgroundRun: named('b') }, runs: [run('b', 'Failed')] },
    told: [
      'RolloutAborted Rollout aborted update to revision 2: Background analysis phase error/failed: its words',
      "AnalysisRunFailed Background Analysis Run 'b' Status New: 'Failed' Previous: 'Running'",
    ],
  },
  {
    it: 'nothing happened',
    sees: { route: [100, 0] as const, canary: { available: 1 } },
    told: [],
  },
])('what is told when $it', ({ sees, told }) => {
  const { notes } = plan(scene(sees), at(61))
  expect(notes.map(({ reason, message }) => `${reason} ${message}`)).toEqual(told)
})

test('that a release begins is told with the write that begins it', () => {
  const { actions } = plan(
    scene({ status: { currentPodHash: 'old' }, route: [100, 0] as const }),
    at(0),
  )
  const notes = actions[0]?.notes.map(({ reason, message }) => `${reason} ${message}`)
  expect(notes).toEqual([
    'RolloutNotCompleted Rollout not completed, started update to revision 2 (bbb)',
  ])
})

test('steps and reasons are said in the words of Argo', () => {
  const all = steps('setWeight 20 | pause | pause 10m | analysis')
  expect(all.map(stepText)).toEqual(['setWeight: 20', 'pause', 'pause: 10m', 'analysis'])
  expect(explain({ code: 'ProgressDeadlineExceeded', replicaSet: 'web-b' })).toBe(
    'ReplicaSet "web-b" has timed out progressing.',
  )
  expect(explain({ code: 'PausedByStep', until: at(seconds(1)) })).toBe('CanaryPauseStep')
})

function ends(stage: Station['stage'], differs: Differs = {}): string | undefined {
  const stations = [station(1), station(5, { stage, because: 'why' })]
  const text = journalText({ revision: 2, startedAt: at(0), stations })
  const ended = endOf(scene({ ...differs, canary: { annotations: { [journalAnnotation]: text } } }))
  return ended && `${ended.outcome} ${ended.because} ${(ended.finishedAt - at(0)) / 1000}`
}
