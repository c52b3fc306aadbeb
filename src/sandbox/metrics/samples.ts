/** Samples by series, as a time series database keeps them for a while. */
import type { Duration, Instant } from '../../core/units.ts'
import { minutes } from '../../core/units.ts'
import type { Labels } from '../mesh/counters.ts'

/** How old a sample may be and still count, unless the series has ended. */
export const lookback: Duration = minutes(5)

/** Ends a series: from here on it has no value. */
const stale = Number.NEGATIVE_INFINITY

/** One series with its name as label `__name__`. */
export class StoredSeries {
  readonly labels: Labels
  readonly #times: Instant[] = []
  readonly #values: number[] = []

  constructor(labels: Labels) {
    this.labels = labels
  }

  add(at: Instant, value: number): void {
    this.#times.push(at)
    this.#values.push(value)
  }

  end(at: Instant): void {
    this.add(at, stale)
  }

  /** The newest value at `at`, at most five minutes old; undefined when there is none or the series has ended. */
  valueAt(at: Instant): number | undefined {
    const index = this.#newestAt(at)
    const [time, value] = [this.#times[index], this.#values[index]]
    if (time === undefined || value === undefined || value === stale) return undefined
    return time > at - lookback ? value : undefined
  }

  /** Drops what is older; tells whether anything is left. */
  keepFrom(oldest: Instant): boolean {
    const kept = this.#newestAt(oldest)
    if (kept > 0) {
      this.#times.splice(0, kept)
      this.#values.splice(0, kept)
    }
    return (this.#times.at(-1) ?? Number.NEGATIVE_INFINITY) >= oldest
  }

  /** Index of the last sample that is not after `at`; -1 when all are. */
  #newestAt(at: Instant): number {
    let [low, high] = [0, this.#times.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#times[middle] ?? Number.POSITIVE_INFINITY) <= at) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
