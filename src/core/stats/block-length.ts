/**
 * How many values a block needs so that the next block owes nothing to it: the first lag at which the stable history no longer resembles itself.
 *
 * Why: the sequential tests of `sign-betting.ts` and `rank-betting.ts` hold between blocks that are independent. A series that forgets at a rate
 * of 1/e in t values resembles itself by less than 5 % after 3 t, which is beyond the 2 t that spec §5.2 asks for.
 * What of all pods together rises and falls is taken off first where there are several: pairing removes it, so it needs no longer blocks.
 */
import { mean } from 'simple-statistics'

/** How much of itself a series may keep from one block to the next. */
const resemblance = 0.05

/** Part of the history that a lag may take: beyond it too few pairs are left to tell. */
const longestPart = 1 / 3

/**
 * `history`: one series for each stable pod, of equal spacing and length; one series alone will do. At least 1; undefined when the history is too
 * short to see the series forget, or does not move at all.
 */
export function blockLength(history: readonly (readonly number[])[]): number | undefined {
  const own = history.length > 1 ? withoutShared(history) : history
  const centred = own.map((series) => withoutMean(series))
  const spread = likeness(centred, 0)
  const values = Math.max(0, ...history.map((series) => series.length))
  for (let lag = 1; lag <= values * longestPart; lag += 1) {
    if (likeness(centred, lag) < resemblance * spread) return lag
  }
  return undefined
}

function withoutShared(history: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return history.map((series) =>
    series.map((value, k) => value - average(history.map((other) => other[k] ?? NaN))),
  )
}

function withoutMean(series: readonly number[]): readonly number[] {
  const centre = average(series)
  return series.map((value) => value - centre)
}

/** Mean product of values that lie `lag` apart; those with a missing one are left out. */
function likeness(history: readonly (readonly number[])[], lag: number): number {
  const products = history.flatMap((series) =>
    series.slice(lag).map((value, k) => value * (series[k] ?? NaN)),
  )
  return average(products)
}

/** Of what is known; NaN when nothing is. */
function average(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value))
  return known.length === 0 ? NaN : mean(known)
}
