/** What the judge says of a canary: a ruling with its reason, and everything that was found. Data only; `sentence.ts` has the words. */
import type { Tally } from '../stats/block.ts'
import type { QuantileInterval } from '../stats/quantile-interval.ts'
import type { Duration, Instant, Nats, Share } from '../units.ts'

export type Verdict = Ruling & { readonly findings: Findings }

export type Ruling =
  /** Proved worse than the margin allows. Final for the revision. */
  | { readonly kind: 'worse'; readonly because: WorseReason; readonly decidedAt: Instant }
  /** Proved no worse than the pass margin, on all that has been seen until now; later evidence may still turn it. */
  | { readonly kind: 'no-worse'; readonly because: NoWorseReason; readonly decidedAt: Instant }
  /** There is data and it proves nothing yet. */
  | { readonly kind: 'undecided'; readonly because: UndecidedReason }
  /** Nothing can be said now. Never a pass, never a failure. */
  | { readonly kind: 'no-data'; readonly because: TroubleReason }

export type ChannelName = 'failures' | 'catastrophe' | 'latency'

/** The numbers are those of the moment of decision. */
export type WorseReason = {
  readonly code: 'CanaryFailsMore' | 'CanaryFailsOutright' | 'CanaryIsSlower'
  readonly channel: ChannelName
  readonly logE: Nats
  readonly threshold: Nats
  readonly canary: Counts
  readonly stable: Counts
  /** At the decision; undefined when nothing can be said. */
  readonly ratio: Ratio | undefined
  /** From the first judged block to the decision. */
  readonly after: Duration
  /** The bound that carried it, where the canary is slower. */
  readonly slower?: SlowerAt | undefined
  /** The one pod that carried it, where it is not the version. */
  readonly outlier?: Outlier | undefined
}

/** A canary pod without which there is next to no evidence against the canary. */
export type Outlier = {
  readonly pod: string
  readonly counts: Tally
  readonly logEWithout: Nats
}

/** Requests, and those of them (`failures`) that took longer than a bound. */
export type SlowerAt = {
  /** In milliseconds. */
  readonly bound: number
  readonly canary: Tally
  readonly stable: Tally
  readonly logE: Nats
}

export type NoWorseReason = {
  readonly code: 'ProvedNoWorse'
  readonly logE: Nats
  readonly threshold: Nats
  readonly canary: Counts
  readonly stable: Counts
  /** The canary's failure ratio exceeds the stable one's by less than this. */
  readonly margin: Share
}

export type UndecidedReason =
  | { readonly code: 'TooLittleEvidence' }
  /** Proved no worse, but not watched for long enough. */
  | { readonly code: 'Soaking'; readonly soak: Duration; readonly blocks: number }
  /** More than half of the requests count as failures on both sides: the failure rule is wrong, or everything is down. */
  | { readonly code: 'BothSidesFail'; readonly canary: Counts; readonly stable: Counts }

/** Why there is nothing to judge. */
export type TroubleReason =
  /** Nobody has asked yet. */
  | { readonly code: 'NotAskedYet' }
  /** The store did not answer, or refused the query. */
  | { readonly code: 'NoAnswer'; readonly why: string }
  /** The store warned that something is missing. */
  | { readonly code: 'IncompleteAnswer'; readonly why: string }
  /** Nothing named istio_requests_total about this service. */
  | { readonly code: 'NoSuchMetric' }
  /** The series do not say which pod they came from. */
  | { readonly code: 'NoPodLabel' }
  /** The service's own proxies do not report; only these do. */
  | { readonly code: 'ReporterMissing'; readonly seen: readonly string[] }
  /** The store knows the service, but none of the pods of either side. */
  | { readonly code: 'NoPodsSeen' }
  /** No new sample of any pod for several blocks. */
  | { readonly code: 'Stale' }
  /** Pods of one side are not in the answers. */
  | { readonly code: 'SideMissing'; readonly side: Side }
  /** Callers send requests to the canary, and none of its pods has counted any. */
  | { readonly code: 'NothingArrives' }
  /** Both sides are there and one has had no judged request yet. */
  | { readonly code: 'NoTraffic'; readonly side: Side }

export type Side = 'canary' | 'stable'

export type Trouble<Reason = TroubleReason> = {
  readonly because: Reason
  readonly since: Instant
}

/** Requests that ended; `requests` = served + failed, `excluded` ones (client gone, injected fault…) are not among them. */
export type Counts = {
  readonly requests: number
  readonly failures: number
  readonly excluded: number
}

/** An estimate of a share, with bounds that hold at all times at once, 95 %. */
export type Interval = {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/** How many times as often the canary fails as the stable side; bounds that hold at all times at once, 95 %, while traffic moves, too. */
export type Ratio = {
  /** Undefined while the stable side has not failed. */
  readonly estimate: number | undefined
  readonly low: number
  /** Undefined when nothing bounds it. */
  readonly high: number | undefined
}

export type SideFindings = {
  /** What the main channels judged: canary pods past their warm-up. For the stable side the same as `all`. */
  readonly judged: Counts
  /** Everything in the blocks. */
  readonly all: Counts
  /** Share of the judged requests that failed; undefined without requests. */
  readonly failureRatio: Interval | undefined
}

/** One line of evidence. It has spoken when `logE` has reached `threshold` and the guard, if any, has reached its own. */
export type Channel = {
  readonly name: ChannelName
  readonly logE: Nats
  readonly threshold: Nats
  /** The evidence without its best stretch of `window`: what one burst cannot fake. */
  readonly guard:
    | { readonly logE: Nats; readonly threshold: Nats; readonly window: Duration }
    | undefined
  /** Evidence over time, oldest first, thinned to at most 240 points. */
  readonly history: readonly EvidencePoint[]
}

export type EvidencePoint = { readonly at: Instant; readonly logE: Nats }

export type LeftOut =
  /** The whole canary was still warming up: only the catastrophe channel saw the block. */
  | 'canary-warming-up'
  | 'canary-without-requests'
  | 'stable-without-requests'
  /** No canary pod had been seen yet. */
  | 'canary-not-there-yet'
  /** One side was missing for so long that the two can no longer be compared. */
  | 'side-missing-too-long'

export type Findings = {
  /** Evidence that the canary is worse; any one of them rolls back. */
  readonly against: readonly Channel[]
  /** Evidence that it is no worse; all of them must speak for a pass. */
  readonly inFavour: readonly Channel[]
  readonly canary: SideFindings
  readonly stable: SideFindings
  /** How many times as often the canary fails as the stable side; undefined when nothing can be said. */
  readonly ratio: Ratio | undefined
  /**
   * "No worse than this, proved": the canary's failure ratio exceeds the stable one's by at most this share of the requests, at all times at once, but for
   * the false pass rate. Undefined when nothing bounds it.
   */
  readonly excess: Share | undefined
  readonly latency: LatencyFindings
  /** Only where the proxies of the two sides are of different versions. */
  readonly proxies?: ProxySkew | undefined
  /** Only while there is evidence that the canary fails more. */
  readonly outlier?: Outlier | undefined
  readonly blocks: {
    readonly judged: number
    readonly leftOut: Readonly<Partial<Record<LeftOut, number>>>
    /** Sum of the lengths of the judged blocks. */
    readonly time: Duration
    /** Start of the first and end of the newest block; undefined without blocks. */
    readonly from: Instant | undefined
    readonly to: Instant | undefined
  }
  /** What the callers' proxies saw. */
  readonly source: SourceFindings
  /** Why data is missing now, and since when. */
  readonly trouble: Trouble | undefined
  readonly quality: Quality
  /** Roughly how much longer a healthy canary needs to be proved no worse; undefined when nothing can be said. */
  readonly stillNeeded:
    | { readonly atThisWeight: Duration; readonly atTwiceTheWeight: Duration }
    | undefined
}

/** Istio's tags, sorted. */
export type ProxySkew = {
  readonly canary: readonly string[]
  readonly stable: readonly string[]
  /** Whether their buckets hold other times: then latency is not compared. */
  readonly countDifferently: boolean
}

export type LatencyFindings =
  | {
      readonly kind: 'not-compared'
      readonly because: 'NotAsked' | 'NoBuckets' | 'NoCommonBounds' | 'NoAnswer' | 'ProxySkew'
    }
  | {
      readonly kind: 'compared'
      readonly bounds: readonly SlowerAt[]
      /** In milliseconds, between bounds; all of them hold together at all times, 95 %. */
      readonly quantiles: readonly {
        readonly quantile: number
        readonly canary: QuantileInterval
        readonly stable: QuantileInterval
      }[]
    }

export type SourceFindings =
  | {
      readonly kind: 'seen'
      /** Share of the requests of the newest blocks that was sent to the canary's Service. */
      readonly canaryShare: Share | undefined
      /** Failures that reached no pod (no healthy endpoint, connect failure, no cluster, no route), by the Service asked for. */
      readonly undelivered: { readonly canary: number; readonly stable: number }
    }
  | { readonly kind: 'unseen'; readonly because: TroubleReason }

/** Oddities of the data that were dealt with. */
export type Quality = {
  /** Proxies that restarted and counted from zero again. */
  readonly restarts: number
  /** Values a little lower than before: the store's doing; the highest value was held. */
  readonly stepsBack: number
  /** Samples that were no finite count. */
  readonly notNumbers: number
  /** Instants at which a side had no sample; the block went on. */
  readonly gaps: number
}
