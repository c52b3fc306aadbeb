/** What `haldane judge` was asked on the command line. */
import type { JsonObject } from '../../core/json.ts'
import type { Duration, Instant } from '../../core/units.ts'
import type { Telling } from './judge-stream.ts'

export type JudgeOptions = {
  readonly source: BlocksSource | SeriesSource | PrometheusSource
  readonly telling: Telling
  /** Settings in the names of the judge's provider body; in a stream they hold where a release is silent. */
  readonly body: JsonObject
  readonly interval: Duration
}

export type BlocksSource = {
  readonly kind: 'blocks'
  /** `-` is standard input. */
  readonly file: string
}

export type SeriesSource = {
  readonly kind: 'series'
  /** `-` is standard input. */
  readonly file: string
  /** Undefined where the file has values instead of queries. */
  readonly url: string | undefined
  readonly from: Moment | undefined
  readonly to: Moment | undefined
  readonly follow: boolean
}

export type PrometheusSource = {
  readonly kind: 'prometheus'
  readonly url: string
  readonly sides: SelectedSides | RolloutSides
  readonly from: Moment | undefined
  readonly to: Moment | undefined
  /** Goes on until it is decided, or until `to`. */
  readonly follow: boolean
  /** A page in Markdown instead of a table. */
  readonly report: boolean
}

export type SelectedSides = {
  readonly kind: 'selectors'
  /** Label selectors of PromQL, such as `{pod=~"reviews-abc-.*"}`. */
  readonly canary: string
  readonly stable: string
}

export type RolloutSides = {
  readonly kind: 'rollout'
  readonly name: string
  /** Undefined is the namespace of the current context. */
  readonly namespace: string | undefined
  readonly kubeconfig: string | undefined
}

export type Moment =
  | { readonly kind: 'at'; readonly at: Instant }
  | { readonly kind: 'ago'; readonly by: Duration }
