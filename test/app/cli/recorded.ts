/** A bad release as the controller tells of it: recorded by hand, in the order in which a real one comes. */
import type { DemoRelease } from '../../../src/app/cli/demo-release.ts'
import type { Io } from '../../../src/app/cli/programs.ts'
import type { Verdict } from '../../../src/core/judge/verdict.ts'
import { makeReport } from '../../../src/core/report/make-report.ts'
import type { News } from '../../../src/core/report/news.ts'
import type { ReleaseReport } from '../../../src/core/report/release-report.ts'
import { type Note, normal, warning } from '../../../src/core/rollout/action.ts'
import type { Decision, Reason } from '../../../src/core/rollout/decide.ts'
import { stepText } from '../../../src/core/rollout/explain.ts'
import { weight } from '../../../src/core/units.ts'
import {
  at,
  channel,
  counts,
  findings,
  noWorse,
  promotedInput,
  rolledBackInput,
  side,
  steps,
  worse,
} from '../../core/report/build.ts'

const rollout = { namespace: 'shop', name: 'checkout' }

export const bad: DemoRelease = {
  name: 'bad',
  title: 'a bad release',
  expected: 'rolled-back',
  rollout,
}

export const good: DemoRelease = {
  name: 'good',
  title: 'a good release',
  expected: 'promoted',
  rollout,
}

export const goodReport: ReleaseReport = makeReport(promotedInput)
export const badReport: ReleaseReport = makeReport(rolledBackInput)

type Pass = Extract<News, { readonly kind: 'pass' }>

export function pass(second: number, rest: Partial<Pass> = {}): News {
  return {
    kind: 'pass',
    rollout,
    at: at(second),
    revision: 3,
    phase: 'Progressing',
    message: 'more replicas need to be updated',
    stage: 'stepping',
    step: 0,
    steps: steps.map(stepText),
    decision: wait({ code: 'PausedByStep', until: undefined }),
    asked: weight(20),
    carried: weight(20),
    pods: { canary: 1, stable: 4 },
    ...rest,
  }
}

export function note(second: number, told: Note): News {
  return { kind: 'note', rollout, at: at(second), note: told }
}

export function evidence(second: number, verdict: Verdict): News {
  return { kind: 'evidence', rollout, at: at(second), run: 'checkout-7d4b9c6f58-3', verdict }
}

function wait(because: Reason): Decision {
  return { kind: 'wait', until: 'change', because }
}

export const noTraffic: Verdict = {
  kind: 'no-data',
  because: { code: 'NoTraffic', side: 'canary' },
  findings: {
    ...findings,
    against: [channel('failures', 0, 5.3), channel('catastrophe', 0, 8)],
    inFavour: [channel('failures', 0, 3)],
    canary: side(counts(0, 0)),
    stable: side(counts(510, 1)),
    ratio: undefined,
    source: { kind: 'seen', canaryShare: undefined, undelivered: { canary: 0, stable: 0 } },
  },
}

export function undecided(requests: number, failures: number, logE: number): Verdict {
  return {
    kind: 'undecided',
    because: { code: 'TooLittleEvidence' },
    findings: {
      ...worse.findings,
      against: [channel('failures', logE, 5.3), channel('catastrophe', -1.2, 8)],
      inFavour: [channel('failures', -logE / 2, 3)],
      canary: side(counts(requests, failures), counts(80, 2)),
      stable: side(counts(requests * 10, requests / 100)),
      ratio: { estimate: undefined, low: 0, high: undefined },
    },
  }
}

const first: readonly News[] = [
  note(0, normal('RolloutUpdated', 'Rollout updated to revision 3')),
  note(0, normal('NewReplicaSetCreated', 'Created ReplicaSet checkout-7d4b9c6f58 (revision 3)')),
  pass(0, {
    decision: wait({ code: 'WaitingForPods', available: 0, needed: 1 }),
    asked: weight(20),
    carried: weight(0),
    pods: { canary: 0, stable: 4 },
  }),
  pass(2, {
    decision: wait({ code: 'WaitingForPods', available: 0, needed: 1 }),
    carried: weight(0),
    pods: { canary: 0, stable: 4 },
  }),
  note(4, normal('TrafficWeightUpdated', 'Traffic weight updated from 0 to 20')),
  note(6, normal('RolloutStepCompleted', 'Rollout step 1/4 completed (setWeight: 20)')),
  note(6, normal('RolloutPaused', 'Rollout is paused (CanaryPauseStep)')),
  pass(6, { step: 1, phase: 'Paused', message: 'CanaryPauseStep' }),
  evidence(15, noTraffic),
  evidence(45, undecided(100, 3, 1.1)),
  evidence(60, undecided(200, 6, 2.6)),
  evidence(75, undecided(300, 9, 4.2)),
]

/** Up to a minute and a quarter: the evidence grows. */
export const underWay: readonly News[] = first

export const rolledBack: readonly News[] = [
  ...first,
  evidence(90, worse),
  note(
    91,
    warning(
      'RolloutAborted',
      'Rollout aborted update to revision 3: Background analysis phase error/failed: canary fails 3.1 % of 420 requests',
    ),
  ),
  note(91, normal('TrafficWeightUpdated', 'Traffic weight updated from 20 to 0')),
  pass(91, {
    stage: 'aborted',
    step: 0,
    phase: 'Degraded',
    message: 'RolloutAborted: Rollout aborted update to revision 3',
    decision: wait({ code: 'RolloutAborted' }),
    asked: weight(0),
    carried: weight(0),
  }),
  note(96, normal('ReleaseReport', 'Release of revision 3 rolled-back http://grafana')),
  { kind: 'report', rollout, at: at(96), report: badReport },
]

export const promoted: readonly News[] = [
  note(0, normal('RolloutUpdated', 'Rollout updated to revision 3')),
  pass(252, {
    stage: 'promoting',
    step: 4,
    asked: weight(100),
    carried: weight(100),
    pods: { canary: 4, stable: 4 },
  }),
  evidence(270, noWorse),
  note(300, normal('RolloutCompleted', 'Rollout completed update to revision 3 (7d4b9c6f58)')),
  pass(300, {
    asked: weight(100),
    carried: weight(100),
    stage: 'settled',
    step: 4,
    message: undefined,
    phase: 'Healthy',
    decision: wait({ code: 'Completed' }),
  }),
  { kind: 'report', rollout, at: at(300), report: goodReport },
]

export type TestIo = Io & { readonly written: () => string; readonly interrupt: () => void }

/** A process that remembers what was written. */
export function testIo(rest: Partial<Io> = {}): TestIo {
  let text = ''
  const interested = new Set<() => void>()
  return {
    out: (more) => {
      text += more
    },
    err: (more) => {
      text += `! ${more}`
    },
    env: {},
    terminal: () => undefined,
    onInterrupt: (then) => {
      interested.add(then)
      return () => interested.delete(then)
    },
    written: () => text,
    interrupt: () => {
      for (const then of interested) then()
    },
    ...rest,
  }
}
