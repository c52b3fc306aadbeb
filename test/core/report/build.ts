/** Releases that are over, made by hand: healthy defaults, and a test names what it is about. */
import { queriesOf } from '../../../src/core/judge/queries.ts'
import type { JudgeSettings } from '../../../src/core/judge/settings.ts'
import type { Trial } from '../../../src/core/judge/trial.ts'
import type {
  Channel,
  Counts,
  Findings,
  SideFindings,
  Verdict,
} from '../../../src/core/judge/verdict.ts'
import type { ReportInput } from '../../../src/core/report/make-report.ts'
import type { Journal, Station } from '../../../src/core/rollout/journal.ts'
import type { Step } from '../../../src/core/rollout/spec.ts'
import {
  type Instant,
  instant,
  minutes,
  nats,
  plus,
  seconds,
  share,
  weight,
} from '../../../src/core/units.ts'

const start = instant(Date.UTC(2026, 2, 1, 12, 0, 0))

export function at(elapsedSeconds: number): Instant {
  return plus(start, seconds(elapsedSeconds))
}

export const settings: JudgeSettings = {
  prometheus: undefined,
  service: undefined,
  reporter: 'auto',
  preset: 'default',
  failures: {
    codes: ['5xx'],
    grpc: [13, 14],
    margin: { ratio: 1.2, points: share(0.0002) },
  },
  latency: { margin: 0.05, bounds: undefined },
  block: seconds(15),
  warmup: seconds(30),
  falseRollbackRate: share(0.005),
  falsePassRate: share(0.05),
  passMargin: { points: share(0.005), latency: 0.1 },
  soak: minutes(2),
  deadline: undefined,
  onDeadline: 'inconclusive',
}

export const steps: readonly Step[] = [
  { kind: 'setWeight', weight: weight(20) },
  { kind: 'pause', duration: minutes(2), text: '2m' },
  { kind: 'setWeight', weight: weight(50) },
  { kind: 'pause', duration: minutes(2), text: '2m' },
]

export function counts(requests: number, failures: number, excluded = 0): Counts {
  return { requests, failures, excluded }
}

export function side(judged: Counts, warmUp: Counts = counts(0, 0)): SideFindings {
  const { requests, failures } = judged
  const all = counts(
    requests + warmUp.requests,
    failures + warmUp.failures,
    judged.excluded + warmUp.excluded,
  )
  if (requests === 0) return { judged, all, failureRatio: undefined }
  const estimate = failures / requests
  return { judged, all, failureRatio: { estimate, low: estimate * 0.6, high: estimate * 1.7 } }
}

export function channel(
  name: Channel['name'],
  logE: number,
  threshold: number,
  rest: Partial<Channel> = {},
): Channel {
  return {
    name,
    logE: nats(logE),
    threshold: nats(threshold),
    guard: undefined,
    history: [
      { at: at(45), logE: nats(0) },
      { at: at(90), logE: nats(logE) },
    ],
    ...rest,
  }
}

export const findings: Findings = {
  against: [channel('failures', -0.8, 5.3), channel('catastrophe', -2.1, 8)],
  inFavour: [channel('failures', 3.2, 3)],
  canary: side(counts(1240, 1, 3), counts(60, 1)),
  stable: side(counts(12_408, 12, 9)),
  ratio: { estimate: 0.83, low: 0.02, high: 4.6 },
  excess: share(0.003),
  latency: {
    kind: 'compared',
    bounds: [
      {
        bound: 100,
        canary: { requests: 1239, failures: 61 },
        stable: { requests: 12_396, failures: 620 },
        logE: nats(-1.2),
      },
      {
        bound: 250,
        canary: { requests: 1239, failures: 9 },
        stable: { requests: 12_396, failures: 99 },
        logE: nats(-0.6),
      },
    ],
    quantiles: [
      { quantile: 0.5, canary: { low: 10, high: 50 }, stable: { low: 25, high: 50 } },
      { quantile: 0.99, canary: { low: 100, high: undefined }, stable: { low: 100, high: 250 } },
    ],
  },
  blocks: {
    judged: 18,
    leftOut: { 'canary-warming-up': 2, 'canary-not-there-yet': 1 },
    time: seconds(270),
    from: at(0),
    to: at(300),
  },
  source: { kind: 'seen', canaryShare: share(0.502), undelivered: { canary: 0, stable: 0 } },
  trouble: undefined,
  quality: { restarts: 0, stepsBack: 0, notNumbers: 0, gaps: 0 },
  stillNeeded: { atThisWeight: seconds(0), atTwiceTheWeight: seconds(0) },
}

export const noWorse: Verdict = {
  kind: 'no-worse',
  because: {
    code: 'ProvedNoWorse',
    logE: nats(3.1),
    threshold: nats(3),
    canary: counts(1100, 1),
    stable: counts(11_020, 10),
    margin: share(0.005),
  },
  decidedAt: at(270),
  findings,
}

const badFindings: Findings = {
  ...findings,
  against: [
    channel('failures', 6.4, 5.3, {
      guard: { logE: nats(4.1), threshold: nats(3), window: seconds(30) },
    }),
    channel('catastrophe', -1.2, 8),
  ],
  inFavour: [channel('failures', -4.4, 3)],
  canary: side(counts(420, 13), counts(80, 2)),
  stable: side(counts(4180, 4)),
  ratio: { estimate: 32.3, low: 7.4, high: undefined },
  excess: undefined,
  latency: { kind: 'not-compared', because: 'NoBuckets' },
  outlier: {
    pod: 'checkout-7d4b9c6f58-abcde',
    counts: { requests: 140, failures: 12 },
    logEWithout: nats(0.4),
  },
  blocks: { ...findings.blocks, judged: 4, time: seconds(60), to: at(90) },
  source: { kind: 'seen', canaryShare: share(0.197), undelivered: { canary: 0, stable: 0 } },
  quality: { restarts: 1, stepsBack: 0, notNumbers: 0, gaps: 2 },
  stillNeeded: { atThisWeight: seconds(760), atTwiceTheWeight: seconds(410) },
}

export const worse: Verdict = {
  kind: 'worse',
  because: {
    code: 'CanaryFailsMore',
    channel: 'failures',
    logE: nats(6.4),
    threshold: nats(5.3),
    canary: counts(420, 13),
    stable: counts(4180, 4),
    ratio: badFindings.ratio,
    after: seconds(90),
  },
  decidedAt: at(90),
  findings: badFindings,
}

export const trial: Trial = {
  namespace: 'shop',
  rollout: 'checkout',
  canaryHash: '7d4b9c6f58',
  stableHash: '5f6d8b7c94',
  canaryService: 'checkout-canary',
  stableService: 'checkout-stable',
  since: at(0),
}

function station(second: number, step: number, asked: number, stage: Station['stage']): Station {
  return { at: at(second), step, asked: weight(asked), stage, because: undefined }
}

const goodJournal: Journal = {
  revision: 2,
  startedAt: at(0),
  stations: [
    station(0, 0, 20, 'stepping'),
    station(6, 1, 20, 'stepping'),
    station(126, 2, 50, 'stepping'),
    station(132, 3, 50, 'stepping'),
    station(252, 4, 100, 'promoting'),
    station(300, 4, 100, 'promoted'),
  ],
}

export const promotedInput: ReportInput = {
  rollout: { namespace: 'shop', name: 'checkout' },
  canary: {
    hash: trial.canaryHash,
    images: [{ container: 'app', image: 'registry.example/checkout:2.4.0' }],
  },
  stable: {
    hash: trial.stableHash,
    images: [{ container: 'app', image: 'registry.example/checkout:2.3.1' }],
  },
  steps,
  journal: goodJournal,
  outcome: 'promoted',
  because: 'Completed all 4 canary steps',
  finishedAt: at(300),
  judged: { verdict: noWorse, settings, queries: queriesOf(trial, settings) },
  links: {
    grafana: { url: 'https://grafana.example/team/', datasource: 'prom' },
    prometheus: 'http://prometheus.example:9090',
  },
  observed: [
    { at: at(60), share: share(0.171) },
    { at: at(120), share: share(0.203) },
    { at: at(240), share: share(0.502) },
  ],
}

export const rolledBackInput: ReportInput = {
  ...promotedInput,
  journal: {
    revision: 3,
    startedAt: at(0),
    stations: [
      station(0, 0, 20, 'stepping'),
      station(6, 1, 20, 'stepping'),
      station(96, 1, 0, 'aborted'),
    ],
  },
  outcome: 'rolled-back',
  because: 'Background analysis phase error/failed: the canary is worse',
  finishedAt: at(96),
  judged: { verdict: worse, settings, queries: queriesOf(trial, settings) },
  links: { prometheus: 'http://prometheus.example:9090/prom' },
  observed: [{ at: at(90), share: share(0.197) }],
}
