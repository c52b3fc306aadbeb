/** A verdict with what it was judged by → the judgement of a report. */
import { asksProxies, type Queries } from '../judge/queries.ts'
import { skewSentence, troubleSentence } from '../judge/sentence.ts'
import type { JudgeSettings } from '../judge/settings.ts'
import type {
  Channel,
  Counts,
  Findings,
  Outlier,
  ProxySkew,
  SideFindings,
  SourceFindings,
  Verdict,
} from '../judge/verdict.ts'
import { type Instant, inSeconds, timestamp } from '../units.ts'
import { latencyOf } from './latency.ts'
import { leftOutBlocks } from './left-out.ts'
import type {
  ReportedBlocks,
  ReportedChannel,
  ReportedCounts,
  ReportedDecision,
  ReportedJudgement,
  ReportedQuery,
  ReportedSettings,
  ReportedSide,
  ReportedTraffic,
  ReportedVerdict,
} from './release-report.ts'

/** What the judge said, and on which question. */
export type Judged = {
  readonly verdict: Verdict
  readonly settings: JudgeSettings
  readonly queries: Queries
}

export function verdictWord(verdict: Verdict | undefined): ReportedVerdict {
  switch (verdict?.kind) {
    case undefined:
      return 'not judged'
    case 'worse':
    case 'undecided':
      return verdict.kind
    case 'no-worse':
      return 'no worse'
    case 'no-data':
      return 'no data'
  }
}

export function judgementOf({ verdict, settings, queries }: Judged): ReportedJudgement {
  const { findings } = verdict
  return {
    decision: decisionOf(verdict),
    evidence: {
      against: findings.against.map(channelOf),
      inFavour: findings.inFavour.map(channelOf),
    },
    canary: sideOf(findings.canary),
    stable: sideOf(findings.stable),
    ratio: findings.ratio,
    excess: findings.excess === undefined ? undefined : { high: findings.excess },
    latency: latencyOf(findings.latency),
    onePod: onePodOf(findings.outlier),
    blocks: blocksOf(findings.blocks),
    proxies: proxiesOf(findings.proxies),
    traffic: trafficOf(findings.source),
    trouble: troubleOf(findings.trouble),
    quality: {
      proxyRestarts: findings.quality.restarts,
      stepsBack: findings.quality.stepsBack,
      notNumbers: findings.quality.notNumbers,
      gaps: findings.quality.gaps,
    },
    queries: queriesOf(queries, settings),
    settings: settingsOf(settings),
    stillNeeded: stillNeededOf(findings),
  }
}

function decisionOf(verdict: Verdict): ReportedDecision | undefined {
  if (verdict.kind !== 'worse' && verdict.kind !== 'no-worse') return undefined
  const { code, logE, threshold, canary, stable } = verdict.because
  return {
    code,
    at: timestamp(verdict.decidedAt),
    evidenceNats: logE,
    thresholdNats: threshold,
    canary: countsOf(canary),
    stable: countsOf(stable),
  }
}

function channelOf({ name, logE, threshold, guard, history }: Channel): ReportedChannel {
  return {
    name,
    evidenceNats: logE,
    thresholdNats: threshold,
    guard: guard && {
      evidenceNats: guard.logE,
      thresholdNats: guard.threshold,
      windowSeconds: inSeconds(guard.window),
    },
    history: history.map((point) => ({ at: timestamp(point.at), nats: point.logE })),
  }
}

function sideOf({ judged, all, failureRatio }: SideFindings): ReportedSide {
  return {
    judged: countsOf(judged),
    warmUp: {
      requests: all.requests - judged.requests,
      failures: all.failures - judged.failures,
      excluded: all.excluded - judged.excluded,
    },
    failureRatio,
  }
}

function countsOf({ requests, failures, excluded }: Counts): ReportedCounts {
  return { requests, failures, excluded }
}

function onePodOf(outlier: Outlier | undefined): ReportedJudgement['onePod'] {
  if (outlier === undefined) return undefined
  const { pod, counts, logEWithout } = outlier
  return { pod, ...counts, evidenceNatsWithout: logEWithout }
}

function blocksOf({ judged, leftOut, time, from, to }: Findings['blocks']): ReportedBlocks {
  return {
    judged,
    judgedSeconds: inSeconds(time),
    leftOut: leftOutBlocks(leftOut),
    from: timeOf(from),
    to: timeOf(to),
  }
}

function proxiesOf(proxies: ProxySkew | undefined): ReportedJudgement['proxies'] {
  if (proxies === undefined) return undefined
  const { canary, stable } = proxies
  return { canary, stable, text: skewSentence(proxies) }
}

function trafficOf(source: SourceFindings): ReportedTraffic {
  if (source.kind === 'seen') return source
  const { because } = source
  return { kind: 'unseen', code: because.code, text: troubleSentence(because) }
}

function troubleOf(trouble: Findings['trouble']): ReportedJudgement['trouble'] {
  return (
    trouble && {
      code: trouble.because.code,
      text: troubleSentence(trouble.because),
      since: timestamp(trouble.since),
    }
  )
}

function queriesOf(queries: Queries, settings: JudgeSettings): readonly ReportedQuery[] {
  const { requests, source, buckets, proxies, diagnosis } = queries
  return [
    {
      name: 'requests',
      title: 'Every outcome of both sides, by pod: the evidence',
      promql: requests,
    },
    ...(settings.latency === false
      ? []
      : [
          {
            name: 'buckets' as const,
            title: 'How long the requests took that did not fail, by pod and upper bound',
            promql: buckets,
          },
        ]),
    ...(asksProxies(settings)
      ? [
          {
            name: 'proxies' as const,
            title: 'Versions of the proxies: buckets of different ones cannot be compared',
            promql: proxies,
          },
        ]
      : []),
    {
      name: 'source',
      title: 'What the callers saw: the share of traffic, and what reached no pod',
      promql: source,
    },
    {
      name: 'diagnosis',
      title: 'Asked only when the first answers nothing: what is missing',
      promql: diagnosis,
    },
  ]
}

function settingsOf(settings: JudgeSettings): ReportedSettings {
  const { failures } = settings
  return {
    preset: settings.preset,
    reporter: settings.reporter,
    failureCodes: failures.codes,
    failureGrpcStatuses: failures.grpc,
    margin: { ratio: failures.margin.ratio, points: failures.margin.points },
    passMarginPoints: settings.passMargin.points,
    latencyMargin: settings.latency === false ? undefined : settings.latency.margin,
    falseRollbackRate: settings.falseRollbackRate,
    falsePassRate: settings.falsePassRate,
    blockSeconds: inSeconds(settings.block),
    warmupSeconds: inSeconds(settings.warmup),
    soakSeconds: inSeconds(settings.soak),
  }
}

function stillNeededOf({ stillNeeded }: Findings): ReportedJudgement['stillNeeded'] {
  return (
    stillNeeded && {
      atThisWeightSeconds: inSeconds(stillNeeded.atThisWeight),
      atTwiceTheWeightSeconds: inSeconds(stillNeeded.atTwiceTheWeight),
    }
  )
}

function timeOf(at: Instant | undefined): string | undefined {
  return at === undefined ? undefined : timestamp(at)
}
