/**
 * Native histograms: each bucket is a counter of its own, told apart by its ends, and they lie closer or further apart from pod to pod and from hour to
 * hour. What is compared are requests within bounds, so they are added up at bounds that all of them have.
 *
 *   buckets     (22.6, 24.7] 3   (29.3, 32] 5   (32, 34.9] 2
 *   bounds              22.6 → 0          32 → 8          45.3 → 10
 *
 * Buckets that grow by a factor of 2^(1/2^n) have an end at each power of the square root of two, unless they are very coarse. What Prometheus made of
 * classic buckets has their bounds: Istio's, or those that the settings name.
 */
import type { Increment } from './counters.ts'
import type { Value } from './looks.ts'

/** What a native histogram counts: all of its requests, or those of one bucket. `of` tells the histograms of one proxy apart. */
export type NativePart =
  | { readonly kind: 'all'; readonly of: string }
  | { readonly kind: 'bucket'; readonly of: string; readonly above: number; readonly upTo: number }

type Tally = { readonly above: number; readonly upTo: number; count: number }

/** In milliseconds. */
const istioBounds: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000,
]
const halfPowers: readonly number[] = Array.from({ length: 29 }, (_, k) => 2 ** ((k - 1) / 2))

/** What native histograms counted on one side, or on one pod. */
export class NativeCounts {
  readonly #tallies = new Map<string, Tally>()
  #all = 0
  #isThere = false

  /** Whether there was any histogram, with or without requests. */
  get isThere(): boolean {
    return this.#isThere
  }

  add(part: NativePart, amount: number): void {
    this.#isThere = true
    if (part.kind === 'all') {
      this.#all += amount
      return
    }
    const key = `${part.above} ${part.upTo}`
    const tally = this.#tallies.get(key)
    if (tally === undefined) {
      const { above, upTo } = part
      this.#tallies.set(key, { above, upTo, count: amount })
      return
    }
    tally.count += amount
  }

  /** Requests within each bound, and all of them at `Infinity`. A bound that lies within a bucket is left out: nobody knows. */
  within(bounds: readonly number[]): Map<number, number> {
    const tallies = [...this.#tallies.values()].filter(({ count }) => count > 0)
    const known = bounds.filter(
      (bound) => !tallies.some(({ above, upTo }) => isBelow(above, bound) && isBelow(bound, upTo)),
    )
    const within = known.map((bound) => {
      const below = tallies.filter(({ upTo }) => !isBelow(bound, upTo))
      return [bound, below.reduce((sum, { count }) => sum + count, 0)] as const
    })
    return new Map([...within, [Infinity, this.#all]])
  }
}

/**
 * The bounds at which native histograms are added up, fixed by how their buckets lie and never by what they counted. Once one was seen whose ends are
 * no powers of two, they were made of classic buckets.
 */
export class NativeBounds {
  readonly #wanted: readonly number[]
  #isPowers = true

  constructor(wanted: readonly number[] | undefined) {
    this.#wanted = wanted ?? []
  }

  see(values: readonly Value[]): void {
    this.#isPowers &&= values.every(({ native }) => native === undefined || isOfPowers(native))
  }

  get bounds(): readonly number[] {
    return this.#isPowers ? halfPowers : [...new Set([...istioBounds, ...this.#wanted])]
  }
}

/**
 * Increments without those of native histograms whose buckets were laid out anew: the new ones seem to be born, with all that the old ones ever counted.
 * By the histogram's own total it shows.
 */
export function withoutRelaid(increments: readonly Increment[]): readonly Increment[] {
  if (!increments.some(({ of }) => of.native !== undefined)) return increments
  const sums = new Map<string, { all: number; buckets: number }>()
  for (const { of, amount } of increments) {
    if (of.native === undefined) continue
    const sum = sums.get(of.native.of) ?? { all: 0, buckets: 0 }
    sums.set(of.native.of, sum)
    if (of.native.kind === 'all') sum.all += amount
    else sum.buckets += amount
  }
  return increments.filter(({ of }) => {
    const sum = of.native && sums.get(of.native.of)
    return sum === undefined || sum.buckets <= sum.all + 0.5
  })
}

/** The nearest that there is to a bound that somebody asked for: native buckets do not lie at round numbers. */
export function nearestPower(wanted: number): number {
  return 2 ** (Math.round(2 * Math.log2(wanted)) / 2)
}

/** A bucket around 0 has no ends of its own. */
function isOfPowers(part: NativePart): boolean {
  if (part.kind === 'all') return true
  if (part.above === -Infinity) return false
  return [part.above, part.upTo].every((end) => end <= 0 || end < leastEnd || isPower(end))
}

const leastEnd = 1e-9

/** By more than a rounding: Prometheus' powers differ from ours in the last digit. */
function isBelow(a: number, b: number): boolean {
  return a < b * (1 - 1e-9)
}

/** Of 2^(1/256), the finest that there are. */
function isPower(end: number): boolean {
  const steps = 256 * Math.log2(end)
  return !Number.isFinite(steps) || Math.abs(steps - Math.round(steps)) < 1e-6
}
