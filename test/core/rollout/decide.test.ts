import { describe, expect, test } from 'vitest'
import { decide } from '../../../src/core/rollout/decide.ts'
import { explain } from '../../../src/core/rollout/explain.ts'
import { journalAnnotation } from '../../../src/core/rollout/keys.ts'
import { standingOf } from '../../../src/core/rollout/stage.ts'
import type { Condition } from '../../../src/core/rollout/status.ts'
import { at, type Differs, named, run, scene } from './build.ts'

type Row = { readonly it: string; readonly sees: Differs; readonly decides: string }

const stepPause = { reason: 'CanaryPauseStep', startTime: at(0) } as const
const openQuestion = { reason: 'InconclusiveAnalysisRun', startTime: at(0) } as const
const failed = { status: { backgroundRun: named('b') }, runs: [run('b', 'Failed')] }
const unclear = { status: { backgroundRun: named('b') }, runs: [run('b', 'Inconclusive')] }
const late: Condition = {
  type: 'Progressing',
  status: 'False',
  reason: 'ProgressDeadlineExceeded',
  message: '',
  lastUpdateTime: at(0),
  lastTransitionTime: at(0),
}

/** As the pods stand: nothing has moved. */
const settledCounts = { replicas: 6, updatedReplicas: 2, readyReplicas: 6, availableReplicas: 6 }

function percent(value: number): { readonly type: 'Percent'; readonly value: number } {
  return { type: 'Percent', value }
}

const rows: Readonly<Record<string, readonly Row[]>> = {
  'without a release': [
    {
      it: 'the first deployment is promoted at once',
      sees: { status: { stableRS: undefined } },
      decides: 'promote: Initial deploy',
    },
    {
      it: 'the first deployment waits for its ReplicaSet',
      sees: { status: { stableRS: undefined }, canary: undefined },
      decides: 'wait: waiting for pods: 0 of 4 are available',
    },
    {
      it: 'what is stable stays',
      sees: { status: { stableRS: 'bbb' } },
      decides: 'wait: everything asked for is stable',
    },
    {
      it: 'an abort stays',
      sees: { status: { abort: true } },
      decides: 'wait: the update was aborted',
    },
  ],
  'harm comes before wishes': [
    {
      it: 'a failed run aborts',
      sees: failed,
      decides: 'abort: Background analysis phase error/failed: its words',
    },
    {
      it: 'an error aborts',
      sees: { ...failed, runs: [run('b', 'Error')] },
      decides: 'abort: Background analysis phase error/failed: its words',
    },
    {
      it: 'a failed step run aborts',
      sees: {
        steps: 'analysis',
        status: { stepRun: named('s') },
        runs: [run('s', 'Failed', { kind: 'Step', stepIndex: 0 })],
      },
      decides: 'abort: Step-based analysis phase error/failed: its words',
    },
    {
      it: 'also while paused by hand',
      sees: { ...failed, spec: { paused: true } },
      decides: 'abort: Background analysis phase error/failed: its words',
    },
    {
      it: 'also in a pause',
      sees: { ...failed, status: { ...failed.status, pauseConditions: [stepPause, openQuestion] } },
      decides: 'abort: Background analysis phase error/failed: its words',
    },
    {
      it: 'also when all steps are done',
      sees: { ...failed, status: { ...failed.status, currentStepIndex: 2 } },
      decides: 'abort: Background analysis phase error/failed: its words',
    },
    {
      it: 'a run that status does not name decides nothing',
      sees: { runs: [run('b', 'Failed')] },
      decides: 'advance: step completed (setWeight: 50)',
    },
    {
      it: 'promote --full has overruled the analysis',
      sees: { ...failed, status: { ...failed.status, promoteFull: true } },
      decides: 'wait: waiting for pods: 2 of 4 are available',
    },
    {
      it: 'out of time aborts when asked for',
      sees: {
        status: { conditions: [late], ...settledCounts },
        spec: { progressDeadlineAbort: true },
      },
      decides: 'abort: ReplicaSet "web-bbb" has timed out progressing.',
    },
    {
      it: 'but not while pods come',
      sees: { status: { conditions: [late] }, spec: { progressDeadlineAbort: true } },
      decides: 'advance: step completed (setWeight: 50)',
    },
    {
      it: 'and not when not',
      sees: { status: { conditions: [late] } },
      decides: 'advance: step completed (setWeight: 50)',
    },
    {
      it: 'nor for what an earlier revision was late with',
      sees: {
        status: { conditions: [late], currentPodHash: 'old' },
        spec: { progressDeadlineAbort: true },
      },
      decides: 'advance: step completed (setWeight: 50)',
    },
  ],
  pauses: [
    {
      it: 'a hand holds every step',
      sees: { spec: { paused: true } },
      decides: 'wait: manually paused',
    },
    {
      it: 'an inconclusive run asks for a person',
      sees: unclear,
      decides: 'pause InconclusiveAnalysisRun: analysis b is inconclusive: its words',
    },
    {
      it: 'and waits for one',
      sees: {
        ...unclear,
        status: { ...unclear.status, pauseConditions: [openQuestion], controllerPause: true },
      },
      decides: 'wait: InconclusiveAnalysisRun',
    },
    {
      it: 'who resumes goes on',
      sees: { ...unclear, status: { ...unclear.status, controllerPause: true } },
      decides: 'advance: step completed (setWeight: 50)',
    },
    {
      it: 'a pause step begins',
      sees: pausing('pause', {}),
      decides: 'pause CanaryPauseStep: CanaryPauseStep',
    },
    {
      it: 'and waits',
      sees: pausing('pause', { pauseConditions: [stepPause], controllerPause: true }),
      decides: 'wait: CanaryPauseStep',
    },
    {
      it: 'until it is resumed',
      sees: pausing('pause', { controllerPause: true }),
      decides: 'advance: step completed (pause)',
    },
    {
      it: 'a pause with a duration waits until then',
      sees: pausing('pause 1m', {
        pauseConditions: [{ ...stepPause, startTime: at(1) }],
        controllerPause: true,
      }),
      decides: 'wait until 61: CanaryPauseStep',
    },
    {
      it: 'and not a moment longer',
      sees: pausing('pause 1m', { pauseConditions: [stepPause], controllerPause: true }),
      decides: 'advance: step completed (pause: 1m)',
    },
    {
      it: 'a pause that began at an earlier step is not this one',
      sees: { ...pausing('pause', { controllerPause: true }), canary: { annotations: station(0) } },
      decides: 'pause CanaryPauseStep: CanaryPauseStep',
    },
    {
      it: 'a pause that began at this step was resumed',
      sees: { ...pausing('pause', { controllerPause: true }), canary: { annotations: station(1) } },
      decides: 'advance: step completed (pause)',
    },
  ],
  weights: [
    {
      it: 'waits for pods',
      sees: { canary: { wanted: 2, available: 1 } },
      decides: 'wait: waiting for pods: 1 of 2 are available',
    },
    {
      it: 'waits for pods that are asked for',
      sees: { canary: { wanted: 1, available: 2 } },
      decides: 'wait: waiting for pods: 2 of 2 are available',
    },
    {
      it: 'waits for the route',
      sees: { route: [100, 0] },
      decides: 'wait: waiting for the route to carry 50 %, it carries 0 %',
    },
    {
      it: 'waits for a route that says nothing clear',
      sees: { route: [undefined, undefined] },
      decides: 'wait: waiting for the route to carry 50 %, it carries no clear weight',
    },
    {
      it: 'is done when the route carries it',
      sees: {},
      decides: 'advance: step completed (setWeight: 50)',
    },
    {
      it: 'a scale is reached with just so many pods',
      sees: { steps: 'scale 2', route: [100, 0] },
      decides: 'advance: step completed (setCanaryScale{replicas: 2})',
    },
    {
      it: 'a scale is not reached with more of them',
      sees: { steps: 'scale 1', route: [100, 0] },
      decides: 'wait: waiting for pods: 2 of 1 are available',
    },
    {
      it: 'a scale in percent',
      sees: { steps: 'scale 50%', route: [100, 0] },
      decides: 'advance: step completed (setCanaryScale{weight: 50})',
    },
    {
      it: 'back to as many as the weight asks for',
      sees: { steps: 'setWeight 50 | scale match', status: { currentStepIndex: 1 } },
      decides: 'advance: step completed (setCanaryScale{matchTrafficWeight: true})',
    },
    {
      it: 'enough pods by the threshold in percent',
      sees: { canary: { available: 1 }, canarySpec: { progressThreshold: percent(50) } },
      decides: 'advance: step completed (setWeight: 50)',
    },
    {
      it: 'too few pods by the threshold in percent',
      sees: { canary: { available: 1 }, canarySpec: { progressThreshold: percent(51) } },
      decides: 'wait: waiting for pods: 1 of 2 are available',
    },
    {
      it: 'a threshold above what the step asks for asks for all of it',
      sees: { canarySpec: { progressThreshold: { type: 'Pods', value: 9 } } },
      decides: 'advance: step completed (setWeight: 50)',
    },
    {
      it: 'a stable side that is not made yet',
      sees: { stable: { wanted: 3 } },
      decides: 'wait: waiting for pods: 2 of 2 are available',
    },
    {
      it: 'a Rollout of no pods waits for no weight',
      sees: {
        spec: { replicas: 0 },
        route: [100, 0],
        stable: { wanted: 0 },
        canary: { wanted: 0 },
      },
      decides: 'advance: step completed (setWeight: 50)',
    },
  ],
  analysis: [
    {
      it: 'waits for its run to begin',
      sees: { steps: 'analysis' },
      decides: 'wait: waiting for analysis to begin',
    },
    {
      it: 'waits for its run',
      sees: analysing('Running'),
      decides: 'wait: waiting for analysis s',
    },
    {
      it: 'is done when it is successful',
      sees: analysing('Successful'),
      decides: 'advance: step completed (analysis)',
    },
  ],
  'all steps done': [
    {
      it: 'waits for all pods',
      sees: done({}),
      decides: 'wait: waiting for pods: 2 of 4 are available',
    },
    {
      it: 'waits for all traffic',
      sees: done({ canary: { wanted: 4 } }),
      decides: 'wait: waiting for the route to carry 100 %, it carries 50 %',
    },
    {
      it: 'promotes',
      sees: done({ canary: { wanted: 4 }, route: [0, 100] }),
      decides: 'promote: Completed all 2 canary steps',
    },
    {
      it: 'promotes because a person said so',
      sees: { canary: { wanted: 4 }, route: [0, 100], status: { promoteFull: true } },
      decides: 'promote: Full promotion requested',
    },
    {
      it: 'a Rollout of no pods promotes',
      sees: done({ spec: { replicas: 0 }, route: [100, 0] }),
      decides: 'promote: Completed all 2 canary steps',
    },
  ],
}

describe.for(Object.entries(rows))('%s', ([, group]) => {
  test.for(group)('$it', ({ sees, decides }) => {
    const seen = scene(sees)
    expect(words(decide(seen, standingOf(seen), at(60)))).toBe(decides)
  })
})

function pausing(step: string, status: Differs['status']): Differs {
  return { steps: `setWeight 50 | ${step}`, status: { currentStepIndex: 1, ...status } }
}

function analysing(phase: 'Running' | 'Successful'): Differs {
  const runs = [run('s', phase, { kind: 'Step', stepIndex: 0 })]
  return { steps: 'analysis', status: { stepRun: named('s') }, runs }
}

function done(differs: Differs): Differs {
  return { ...differs, status: { currentStepIndex: 2 } }
}

function station(step: number): Readonly<Record<string, string>> {
  const stations = [{ at: '2026-01-01T12:00:00Z', step, asked: 50, stage: 'stepping' }]
  const text = JSON.stringify({ revision: 2, startedAt: '2026-01-01T12:00:00Z', stations })
  return { [journalAnnotation]: text }
}

function words(decision: ReturnType<typeof decide>): string {
  const kind = decision.kind === 'pause' ? `pause ${decision.reason}` : decision.kind
  const until =
    decision.kind === 'wait' && decision.until !== 'change'
      ? ` until ${(decision.until - at(0)) / 1000}`
      : ''
  return `${kind}${until}: ${explain(decision.because)}`
}
