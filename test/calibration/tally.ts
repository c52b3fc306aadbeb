/** What the releases of a cell amount to. */
import { type Cell } from './cell.ts'
import type { ContestantName } from './contestants.ts'
import type { Outcome } from './trial.ts'

export type Tally = {
  readonly contestant: ContestantName
  readonly runs: number
  /** Releases in which it spoke at all. */
  readonly spoke: number
  /** Of these, before the canary was any worse. */
  readonly early: number
  /** Seconds from the onset until it spoke, of all releases, sorted; Infinity where it never did. */
  readonly times: readonly number[]
  /** Medians of what the canary had served and failed by then. */
  readonly requests: number
  readonly failures: number
}

export type Measured = { readonly cell: Cell; readonly tallies: readonly Tally[] }

/** `played` is in the order of the runs. */
export function measure(cell: Cell, played: readonly (readonly Outcome[])[]): Measured {
  const { onset = 0 } = cell.scenario.regression
  const tallies = cell.contestants.map((contestant, k) => {
    const own = played.map((outcomes) => outcomes[k]).filter((each) => each !== undefined)
    const late = own.filter(({ at }) => at > onset)
    return {
      contestant,
      runs: own.length,
      spoke: own.filter(({ at }) => at < Infinity).length,
      early: own.length - late.length,
      times: late.map(({ at }) => at - onset).toSorted((a, b) => a - b),
      requests: median(late.map(({ requests }) => requests)),
      failures: median(late.map(({ failures }) => failures)),
    }
  })
  return { cell, tallies }
}

export function rateOf({ spoke, runs }: Tally): number {
  return spoke / runs
}

/** Of a share that was measured in so many releases. */
export function standardError(rate: number, runs: number): number {
  return Math.sqrt((rate * (1 - rate)) / runs)
}

/** The time by which so large a part had spoken; Infinity where fewer did. */
export function quantileTime({ times }: Pick<Tally, 'times'>, part: number): number {
  return times[Math.max(0, Math.ceil(part * times.length) - 1)] ?? Infinity
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? NaN
}
