/** What a metrics store answered: raw samples, or why there are none. No data is an answer of its own. */
import type { Instant } from '../units.ts'

export type Sample = { readonly at: Instant; readonly value: number }

/** What took more than `above` and no more than `upTo`. */
export type NativeBucket = {
  readonly above: number
  readonly upTo: number
  readonly count: number
}

/** A native histogram at one instant. Buckets that have counted nothing are left out, as Prometheus leaves them out. */
export type NativeSample = {
  readonly at: Instant
  /** Of all buckets together. */
  readonly count: number
  readonly buckets: readonly NativeBucket[]
}

/** One series with its labels; samples in order of time, at the asked instants where it had a value. */
export type Series = {
  readonly labels: Readonly<Record<string, string>>
  readonly samples: readonly Sample[]
  /** Where it is a series of native histograms: these, and no other samples. */
  readonly histograms?: readonly NativeSample[]
}

export type Reading =
  | { readonly kind: 'series'; readonly series: readonly Series[] }
  /** The store answered, but warned that something is missing: never to be judged. */
  | { readonly kind: 'incomplete'; readonly why: string }
  /** The store did not answer, or refused the query. */
  | { readonly kind: 'failed'; readonly why: string }
