/** What the judge says of series. Data only; `series-sentence.ts` has the words. */
import type { Duration, Instant, Nats } from '../units.ts'
import type { SeriesRule } from './series-settings.ts'
import type { Side, Trouble, TroubleReason } from './verdict.ts'

export type SeriesVerdict = SeriesRuling & {
  readonly subject: 'series'
  readonly findings: SeriesFindings
}

export type SeriesRuling =
  /** Proved worse than the margin allows. Final. */
  | { readonly kind: 'worse'; readonly because: SeriesWorse; readonly decidedAt: Instant }
  /** Every series is proved no worse, on all that has been seen until now. */
  | {
      readonly kind: 'no-worse'
      readonly because: { readonly code: 'ProvedNoWorse' }
      readonly decidedAt: Instant
    }
  | { readonly kind: 'undecided'; readonly because: SeriesUndecided }
  /** Never a pass, never a failure. */
  | { readonly kind: 'no-data'; readonly because: SeriesTrouble }

/** The numbers are those of the moment of decision. */
export type SeriesWorse = {
  readonly code: 'CanaryIsHigher' | 'CanaryIsLower'
  readonly found: FoundSeries
  readonly after: Duration
}

export type SeriesUndecided =
  | { readonly code: 'TooLittleEvidence' }
  /** Proved no worse, but not watched for long enough. */
  | { readonly code: 'Soaking'; readonly soak: Duration }

export type SeriesTrouble =
  | Extract<TroubleReason, { code: 'NotAskedYet' | 'NoAnswer' | 'IncompleteAnswer' }>
  /** One side of a series has no values, or none lately. */
  | { readonly code: 'NoValues'; readonly series: string; readonly side: Side }

export type SeriesFindings = {
  readonly series: readonly FoundSeries[]
  readonly trouble: Trouble<SeriesTrouble> | undefined
}

export type FoundSeries = Pick<SeriesRule, 'name' | 'harm' | 'test' | 'margin' | 'passMargin'> & {
  /** Undefined while it is not known how long a block must be. */
  readonly block: { readonly lasts: Duration; readonly from: BlockSource } | undefined
  readonly blocks: {
    readonly judged: number
    /** One side had no value that could be compared. */
    readonly leftOut: number
    /** Of the judged ones. */
    readonly time: Duration
  }
  /** Mean of the blocks' medians; undefined without any. */
  readonly canary: number | undefined
  readonly stable: number | undefined
  readonly against: SeriesEvidence
  readonly inFavour: SeriesEvidence
}

/** Where the length of a block comes from; `assumed` where the stable side was seen too shortly, or never moved. */
export type BlockSource = 'settings' | 'history' | 'assumed'

export type SeriesEvidence = { readonly logE: Nats; readonly threshold: Nats }
