/** What a metrics store answered: raw samples, or why there are none. No data is an answer of its own. */
import type { Instant } from '../units.ts'

export type Sample = { readonly at: Instant; readonly value: number }

/** One series with its labels; samples in order of time, at the asked instants where it had a value. */
export type Series = {
  readonly labels: Readonly<Record<string, string>>
  readonly samples: readonly Sample[]
}

export type Reading =
  | { readonly kind: 'series'; readonly series: readonly Series[] }
  /** The store answered, but warned that something is missing: never to be judged. */
  | { readonly kind: 'incomplete'; readonly why: string }
  /** The store did not answer, or refused the query. */
  | { readonly kind: 'failed'; readonly why: string }
