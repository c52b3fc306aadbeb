/** What a judge is asked: the margins, rates and times of one measurement. Domain form of provider `haldane/judge`. */
import type { Duration, Share } from '../units.ts'

export type Preset = 'strict' | 'default' | 'lenient'

/** How much worse still counts as no worse: `p_canary <= ratio * p_stable + points`, points as a share (0.0002 = 0.02 points). */
export type Margin = { readonly ratio: number; readonly points: Share }

/** Which answers count as failures. */
export type FailureRule = {
  /** HTTP code patterns, `5xx` or `429`. */
  readonly codes: readonly string[]
  /** gRPC status numbers that count as failures. */
  readonly grpc: readonly number[]
  readonly margin: Margin
}

/** How much slower still counts as no slower, and by which bounds it is measured. */
export type LatencyRule = {
  /** As a part of the stable side's latency: 0.05 is 5 % slower. */
  readonly margin: number
  /** In milliseconds; undefined are those that the stable side's latency suggests. */
  readonly bounds: readonly number[] | undefined
}

export type Reporter = 'auto' | 'destination' | 'source' | 'waypoint'

export type JudgeSettings = {
  /** Address of the metrics store; undefined is the controller's. */
  readonly prometheus: { readonly address: string } | undefined
  /** Host of the judged service; undefined is what the Rollout's VirtualService routes to. */
  readonly service: string | undefined
  readonly reporter: Reporter
  readonly preset: Preset
  readonly failures: FailureRule
  /** False where latency is not judged. */
  readonly latency: LatencyRule | false
  /** Length of one block of evidence: the scrape interval, as a rule. */
  readonly block: Duration
  /** Of each canary pod's life, not judged by the main channel. */
  readonly warmup: Duration
  /** Probability of rolling back a good canary, over the whole release. */
  readonly falseRollbackRate: Share
  /** Probability of passing a canary that is worse than the pass margin. */
  readonly falsePassRate: Share
  /** What 'no worse' proves: the canary's failure ratio exceeds the stable one's by less than `points`, and it is slower by less than `latency`. */
  readonly passMargin: { readonly points: Share; readonly latency: number }
  /** Judged time before which nothing passes. */
  readonly soak: Duration
  readonly deadline: Duration | undefined
  readonly onDeadline: 'inconclusive' | 'pass' | 'fail'
}
