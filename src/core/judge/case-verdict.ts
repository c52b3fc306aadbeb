/** What a case amounts to now: a ruling, and everything that was found. */
import { silentSide } from './block-case.ts'
import type { Case } from './case.ts'
import { areDifferent, countDifferently, type Versions } from './proxies.ts'
import type {
  Findings,
  LatencyFindings,
  ProxySkew,
  Ruling,
  Side,
  TroubleReason,
} from './verdict.ts'

/** The order is the policy: what was proved stays, then what is wrong with the data, then the evidence. */
export function rulingOf({ judgement, state }: Case, findings: Findings): Ruling {
  if (judgement.worse !== undefined) return judgement.worse
  if (state.heardUntil === undefined && state.trouble === undefined)
    return { kind: 'no-data', because: { code: 'NotAskedYet' } }
  if (findings.trouble !== undefined) return { kind: 'no-data', because: findings.trouble.because }
  const silent = silentSide(findings)
  if (silent !== undefined) return { kind: 'no-data', because: silence(findings, silent) }
  const ruling = judgement.ruling()
  const isUnread = ruling.kind === 'no-worse' && state.bucketTrouble !== undefined
  return isUnread ? { kind: 'undecided', because: { code: 'TooLittleEvidence' } } : ruling
}

/** Callers that send requests to a canary which counts none are a finding of its own. */
function silence({ source }: Pick<Findings, 'source'>, side: Side): TroubleReason {
  const isSent = source.kind === 'seen' && (source.canaryShare ?? 0) > 0
  return side === 'canary' && isSent ? { code: 'NothingArrives' } : { code: 'NoTraffic', side }
}

export function findingsOf({ blocks, callers, judgement, state }: Case): Findings {
  const found = judgement.findings()
  const skew = skewIn(state.versions)
  const leftOut = { ...found.blocks.leftOut, ...Object.fromEntries(blocks.leftOut) }
  return {
    ...found,
    blocks: { ...found.blocks, leftOut },
    source:
      state.sourceTrouble === undefined
        ? { kind: 'seen', canaryShare: callers.canaryShare(), undelivered: callers.undelivered }
        : { kind: 'unseen', because: state.sourceTrouble },
    latency: latencyOf(found.latency, state.bucketTrouble, skew),
    proxies: skew,
    trouble: state.trouble,
    quality: { ...blocks.quality, notNumbers: state.notNumbers },
  }
}

function skewIn(versions: Versions): ProxySkew | undefined {
  return areDifferent(versions)
    ? { ...versions, countDifferently: countDifferently(versions) }
    : undefined
}

/** What was compared before the proxies differed stays. */
function latencyOf(
  found: LatencyFindings,
  trouble: TroubleReason | undefined,
  skew: ProxySkew | undefined,
): LatencyFindings {
  if (trouble !== undefined) return { kind: 'not-compared', because: 'NoAnswer' }
  const isSkewed = found.kind === 'not-compared' && skew?.countDifferently === true
  return isSkewed ? { kind: 'not-compared', because: 'ProxySkew' } : found
}
