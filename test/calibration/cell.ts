/** One question to the calibration: a kind of release, how often it is played, and who watches. */
import type { ContestantName } from './contestants.ts'
import type { Scenario } from './release.ts'

export type Cell = {
  readonly id: string
  readonly group: Group
  readonly scenario: Scenario
  readonly routeName: string
  readonly runs: number
  readonly contestants: readonly ContestantName[]
  /** Seconds of each canary pod's life that our judge leaves out. */
  readonly warmup: number
}

export type Group =
  | 'false rollback'
  | 'false rollback, latency'
  /** Good canaries that no judge of this kind can know for good; shown, without a bar. */
  | 'beyond reach'
  | 'detection'
  | 'detection, latency'
  | 'late onset'
  | 'pass'
  | 'false pass'
