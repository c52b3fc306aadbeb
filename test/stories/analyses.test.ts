/** Background and inline analysis: what their runs say, and what that does to a release. */
import { describe, expect, test } from 'vitest'
import { released } from './play.ts'

const inline = 'setWeight 20 | analysis | setWeight 60 | analysis | pause'

describe('inline', () => {
  test('a run that is successful completes its step, and the next analysis gets a run of its own', () => {
    const play = released(inline).push('bbb').run(10)
    expect(play.status.stepRun).toEqual({
      name: 'web-bbb-2-1',
      status: 'Pending',
      message: undefined,
    })
    play.rule('web-bbb-2-1', 'Successful').run(10)
    expect(play.status.currentStepIndex).toBe(3)
    expect(play.status.stepRun?.name).toBe('web-bbb-2-3')
    play.rule('web-bbb-2-3', 'Successful').run(10)
    expect(play.status.currentStepIndex).toBe(4)
    expect(play.status.stepRun).toBeUndefined()
  })

  test('the result of one step never passes the next: promote in the middle of an analysis', () => {
    const play = released('setWeight 20 | analysis | analysis | pause').push('bbb').run(10)
    play.signal({ currentStepIndex: 2 }).run(5)
    expect(play.analysis('web-bbb-2-1')?.run.terminate).toBe(true)
    expect(play.status.stepRun?.name).toBe('web-bbb-2-2')
    expect(play.status.currentStepIndex).toBe(2)
  })

  test('inconclusive pauses; status keeps the run, so that the plugin sees why', () => {
    const play = released(inline).push('bbb').run(10)
    play.rule('web-bbb-2-1', 'Inconclusive', 'too little').run(10)
    expect(play.said).toBe('Paused InconclusiveAnalysisRun')
    expect(play.status.stepRun).toEqual({
      name: 'web-bbb-2-1',
      status: 'Inconclusive',
      message: 'too little',
    })
    expect(play.canary).toBe(20)
  })

  test('promote with an inconclusive inline run takes the next step (plugin §4.1 a)', () => {
    const play = released(inline).push('bbb').run(10)
    play.rule('web-bbb-2-1', 'Inconclusive').run(10)
    play.signal({ pauseConditions: [], controllerPause: false, currentStepIndex: 2 }).run(10)
    expect(play.status.currentStepIndex).toBe(3)
    expect(play.canary).toBe(60)
    expect(play.status.stepRun?.name).toBe('web-bbb-2-3')
  })

  test('resume after an inconclusive inline run measures again', () => {
    const play = released(inline).push('bbb').run(10)
    play.rule('web-bbb-2-1', 'Inconclusive').run(10).signal({ pauseConditions: [] }).run(10)
    expect(play.status.stepRun?.name).toBe('web-bbb-2-1.1')
    expect(play.status.currentStepIndex).toBe(1)
    play.rule('web-bbb-2-1.1', 'Successful').run(10)
    expect(play.status.currentStepIndex).toBe(3)
  })

  test.for(['Failed', 'Error'] as const)('a run that ends as %s aborts', (phase) => {
    const play = released(inline).push('bbb').run(10).rule('web-bbb-2-1', phase, 'why').run(5)
    expect(play.said).toBe(
      'Degraded RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: why',
    )
    expect(play.canary).toBe(0)
  })

  test('a pause of the background does not end an inline run that is under way', () => {
    const play = released(inline).watched().push('bbb').run(10)
    play.rule('web-bbb-2', 'Inconclusive').run(5)
    expect(play.said).toBe('Paused InconclusiveAnalysisRun')
    expect(play.analysis('web-bbb-2-1')?.run.terminate).toBe(false)
    expect(play.status.stepRun?.name).toBe('web-bbb-2-1')
  })
})

describe('background', () => {
  const steps = 'setWeight 20 | pause 10m | setWeight 60 | pause'

  test('both kinds at once, each with its own name', () => {
    const play = released(inline).watched().push('bbb').run(10)
    expect(play.world.runs.map(({ run }) => run.name).toSorted()).toEqual([
      'web-bbb-2',
      'web-bbb-2-1',
    ])
  })

  test('no analysis on the first deployment', () => {
    const play = released(steps).watched().run(10)
    expect(play.world.runs).toEqual([])
  })

  test('inconclusive pauses in the middle of a step; resume makes a new run', () => {
    const play = released('setWeight 20 | setWeight 60 | pause').watched()
    play.push('bbb').run(1)
    play.rule('web-bbb-2', 'Inconclusive', 'no data').run(10)
    expect(play.said).toBe('Paused InconclusiveAnalysisRun')
    expect(play.status.currentStepIndex).toBe(0)
    play.signal({ pauseConditions: [] }).run(10)
    expect(play.status.backgroundRun?.name).toBe('web-bbb-2.1')
    expect(play.status.currentStepIndex).toBe(2)
    expect(play.world.runs.map(({ run }) => run.name)).toEqual(['web-bbb-2', 'web-bbb-2.1'])
  })

  test('a run that somebody deleted is made again: nobody stays unwatched', () => {
    const play = released(steps).watched().push('bbb').run(10)
    play.world.runs = []
    play.run(5)
    expect(play.world.runs.map(({ run }) => run.name)).toEqual(['web-bbb-2'])
  })

  test('successful is not run again, and promotes nothing', () => {
    const play = released(steps).watched().push('bbb').run(10)
    play.rule('web-bbb-2', 'Successful').run(20)
    expect(play.world.runs).toHaveLength(1)
    expect(play.said).toBe('Paused CanaryPauseStep')
  })

  test('failed aborts also while all is paused by hand', () => {
    const play = released(steps).watched().push('bbb').run(10).asks({ paused: true }).run(3)
    play.rule('web-bbb-2', 'Failed', 'worse').run(3)
    expect(play.canary).toBe(0)
    expect(play.status.abort).toBe(true)
  })

  test('it ends when the canary is stable, and its words do not stay on the Rollout', () => {
    const play = released('setWeight 20 | pause').watched().push('bbb').run(10)
    play.rule('web-bbb-2', 'Running', 'no data: silence')
    play.signal({ pauseConditions: [] }).run(60)
    expect(play.analysis('web-bbb-2')?.run.terminate).toBe(true)
    expect(play.said).toBe('Healthy')
  })

  test('it begins at its starting step', () => {
    const play = released('setWeight 20 | pause | setWeight 60 | pause').watched()
    const background = { templates: [], args: [], labels: {}, annotations: {}, startingStep: 2 }
    play.asksCanary({ background }).push('bbb').run(10)
    expect(play.world.runs).toEqual([])
    play.signal({ pauseConditions: [] }).run(5)
    expect(play.world.runs.map(({ run }) => run.name)).toEqual(['web-bbb-2'])
  })

  test('what cannot be measured never aborts: the Rollout says so and its steps go on', () => {
    const play = released('setWeight 20 | pause | setWeight 60 | pause').watched().push('bbb')
    play.run(10).rule('web-bbb-2', 'Running', 'no data: Prometheus does not answer')
    play.run(2).later(36_000).run(2)
    expect(play.said).toBe('Paused CanaryPauseStep; analysis: no data: Prometheus does not answer')
    expect(play.canary).toBe(20)
  })
})
