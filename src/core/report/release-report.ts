/**
 * The report of a release that is over, as JSON. `docs/report.md` describes it for readers outside.
 *
 * Times are RFC 3339 in UTC, lengths of time are seconds, shares run from 0 to 1, weights are whole percent, evidence is in nats (the
 * natural logarithm of an e-value). A key whose value is not known is absent: never zero, never a guess.
 */
import type { Phase } from '../analysis/metric.ts'
import type { WorseReason } from '../judge/verdict.ts'

/** Superseded: another revision took its place before it was over. */
export type Outcome = 'promoted' | 'rolled-back' | 'superseded'

export type ReleaseReport = {
  /** Of this format. A reader refuses a version that it does not know; new keys alone are no new version. */
  readonly version: 1
  readonly rollout: { readonly namespace: string; readonly name: string }
  readonly revision: number
  readonly canary: ReportedRevision
  readonly stable: ReportedRevision
  readonly outcome: Outcome
  /** Why it ended so, in one sentence. */
  readonly because: string
  readonly startedAt: string
  readonly finishedAt: string
  /** Oldest first. */
  readonly timeline: readonly ReportedStation[]
  readonly verdict: ReportedVerdict
  /** The verdict in one sentence, with its numbers. */
  readonly sentence: string
  /** What was found; absent when nobody judged. */
  readonly judgement: ReportedJudgement | undefined
  /** What scores and series found, oldest first. */
  readonly measured: readonly ReportedMetric[]
  /** Pinned to this release's own time and to both sides. */
  readonly links: readonly Link[]
}

export type ReportedMetric = {
  /** Name of the AnalysisRun. */
  readonly run: string
  readonly metric: string
  readonly provider: 'haldane/score' | 'series'
  readonly phase: Phase
  /** What was found, in one sentence; absent while nothing was. */
  readonly text: string | undefined
}

export type ReportedVerdict = 'worse' | 'no worse' | 'undecided' | 'no data' | 'not judged'

export type Link = { readonly title: string; readonly url: string }

export type ReportedRevision = {
  /** The pod-template hash: pods are called `<rollout>-<hash>-<suffix>`. */
  readonly hash: string
  readonly images: readonly ReportedImage[]
}

export type ReportedImage = { readonly container: string; readonly image: string }

/** From `at` until `until` the release stood here. */
export type ReportedStation = {
  readonly at: string
  readonly until: string
  readonly stage: 'stepping' | 'promoting' | 'promoted' | 'aborted'
  /** Index of the step, from 0; the number of steps when all are done. */
  readonly step: number
  /** What the step says, such as `setWeight: 20`; for the other stages what went on. */
  readonly text: string
  /** The canary's weight that was asked for, in percent. */
  readonly askedWeight: number
  /** Share of the requests that was sent to the canary, as last seen at this station. */
  readonly observedShare: number | undefined
  /** Why the release ended here, where it did. */
  readonly because: string | undefined
}

export type ReportedJudgement = {
  /** The numbers of the moment of decision; absent while nothing is decided. */
  readonly decision: ReportedDecision | undefined
  readonly evidence: {
    /** That the canary is worse; any one channel at its threshold rolls back. */
    readonly against: readonly ReportedChannel[]
    /** That it is no worse; all of them must reach theirs for a pass. */
    readonly inFavour: readonly ReportedChannel[]
  }
  /** Of the whole release. */
  readonly canary: ReportedSide
  readonly stable: ReportedSide
  /** How many times as often the canary fails as the stable side. */
  readonly ratio: ReportedRatio | undefined
  /** No worse than this, proved; absent when nothing bounds it. */
  readonly excess: { readonly high: number } | undefined
  readonly latency: ReportedLatency
  /** One pod without which there is next to nothing against the canary: it, not the version. */
  readonly onePod: ReportedPod | undefined
  readonly blocks: ReportedBlocks
  /** Only where the proxies of both sides are of different versions. */
  readonly proxies: ReportedProxies | undefined
  readonly traffic: ReportedTraffic
  /** Why data was missing at the end, and since when. */
  readonly trouble:
    | { readonly code: string; readonly text: string; readonly since: string }
    | undefined
  /** Oddities of the data that were dealt with. */
  readonly quality: {
    readonly proxyRestarts: number
    readonly stepsBack: number
    readonly notNumbers: number
    readonly gaps: number
  }
  /** What Prometheus was asked, with every argument filled in. */
  readonly queries: readonly ReportedQuery[]
  readonly settings: ReportedSettings
  /** Roughly how much longer a healthy canary would have needed to be proved no worse. */
  readonly stillNeeded:
    | { readonly atThisWeightSeconds: number; readonly atTwiceTheWeightSeconds: number }
    | undefined
}

export type ReportedProxies = {
  /** Istio's tags. */
  readonly canary: readonly string[]
  readonly stable: readonly string[]
  /** What it means for the comparison. */
  readonly text: string
}

export type ReportedDecision = {
  readonly code: WorseReason['code'] | 'ProvedNoWorse'
  readonly at: string
  readonly evidenceNats: number
  readonly thresholdNats: number
  readonly canary: ReportedCounts
  readonly stable: ReportedCounts
}

export type ReportedChannel = {
  readonly name: 'failures' | 'catastrophe' | 'latency'
  readonly evidenceNats: number
  readonly thresholdNats: number
  /** The evidence without its best stretch of this length must have reached a threshold of its own: one burst is no proof. */
  readonly guard:
    | {
        readonly evidenceNats: number
        readonly thresholdNats: number
        readonly windowSeconds: number
      }
    | undefined
  /** Oldest first, thinned to at most 240 points. */
  readonly history: readonly { readonly at: string; readonly nats: number }[]
}

/** Requests that ended; the excluded ones (client gone, injected fault) are not among `requests`. */
export type ReportedCounts = {
  readonly requests: number
  readonly failures: number
  readonly excluded: number
}

export type ReportedSide = {
  readonly judged: ReportedCounts
  /** Seen while a canary pod was warming up; not judged, except for outright failure. */
  readonly warmUp: ReportedCounts
  /** Share of the judged requests that failed, with bounds that hold at all times at once, 95 %. */
  readonly failureRatio:
    | { readonly estimate: number; readonly low: number; readonly high: number }
    | undefined
}

/** Bounds that hold at all times at once, 95 %, while traffic moves, too. */
export type ReportedRatio = {
  /** Absent while the stable side has not failed. */
  readonly estimate: number | undefined
  readonly low: number
  /** Absent when nothing bounds it. */
  readonly high: number | undefined
}

export type ReportedPod = {
  readonly pod: string
  readonly requests: number
  readonly failures: number
  /** That the canary fails more, without this pod. */
  readonly evidenceNatsWithout: number
}

export type ReportedLatency =
  | { readonly kind: 'not-compared'; readonly code: string; readonly text: string }
  | {
      readonly kind: 'compared'
      /** Each lies between two bounds of the histogram; all of them hold together at all times, 95 %. */
      readonly quantiles: readonly {
        readonly quantile: number
        readonly canary: ReportedSpan
        readonly stable: ReportedSpan
      }[]
      /** Rising. */
      readonly bounds: readonly {
        readonly boundMs: number
        readonly canary: { readonly requests: number; readonly slower: number }
        readonly stable: { readonly requests: number; readonly slower: number }
        /** That the canary's share of slower requests is greater than the margin allows. */
        readonly evidenceNats: number
      }[]
    }

/** `highMs` is absent where nothing bounds it. */
export type ReportedSpan = { readonly lowMs: number; readonly highMs: number | undefined }

export type ReportedBlocks = {
  readonly judged: number
  readonly judgedSeconds: number
  /** Decided by who was there, never by how requests ended. */
  readonly leftOut: readonly {
    readonly code: string
    readonly text: string
    readonly blocks: number
  }[]
  readonly from: string | undefined
  readonly to: string | undefined
}

/** What the callers' proxies saw. */
export type ReportedTraffic =
  | {
      readonly kind: 'seen'
      /** Share of the newest requests that was sent to the canary's Service. */
      readonly canaryShare: number | undefined
      /** Failures that reached no pod, by the Service asked for. */
      readonly undelivered: { readonly canary: number; readonly stable: number }
    }
  | { readonly kind: 'unseen'; readonly code: string; readonly text: string }

export type ReportedQuery = {
  readonly name: 'requests' | 'buckets' | 'proxies' | 'source' | 'diagnosis'
  /** What it is for. */
  readonly title: string
  readonly promql: string
}

export type ReportedSettings = {
  readonly preset: 'strict' | 'default' | 'lenient'
  readonly reporter: 'auto' | 'destination' | 'source' | 'waypoint'
  readonly failureCodes: readonly string[]
  readonly failureGrpcStatuses: readonly number[]
  /** Worse means: `canary > ratio * stable + points`, all of them failure ratios. */
  readonly margin: { readonly ratio: number; readonly points: number }
  /** No worse means: the canary's failure ratio exceeds the stable one's by less than this. */
  readonly passMarginPoints: number
  /** How much slower is fine, as a part of the stable side's latency; absent where latency is not judged. */
  readonly latencyMargin: number | undefined
  readonly falseRollbackRate: number
  readonly falsePassRate: number
  readonly blockSeconds: number
  readonly warmupSeconds: number
  readonly soakSeconds: number
}
