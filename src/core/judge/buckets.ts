/**
 * How long requests took: blocks of bucket counts, made of raw counters as blocks of requests are.
 *
 * Only requests that did not fail are counted, or fast failures make a broken canary look quick. Bounds are compared as numbers: `100` is `100.0`.
 */
import type { Instant } from '../units.ts'
import { Ages } from './ages.ts'
import { presentIn, sideOf } from './blocks.ts'
import { Counters, type Increment } from './counters.ts'
import { Filling } from './filling.ts'
import type { Look } from './looks.ts'
import { NativeBounds, NativeCounts, type NativePart, withoutRelaid } from './native-buckets.ts'
import type { JudgeSettings } from './settings.ts'
import type { Trial } from './trial.ts'
import type { Side } from './verdict.ts'

/** Upper bound in milliseconds, `Infinity` included → requests that took no longer. */
export type Buckets = ReadonlyMap<number, number>

export type LatencyBlock = {
  readonly start: Instant
  readonly end: Instant
  readonly canary: Buckets
  readonly stable: Buckets
  /** Canary pods with judged requests; what one pod draws is not yet the version. */
  readonly serving: number
}

/** A block that is being filled. */
export class OpenBuckets {
  readonly #start: Instant
  readonly #sides: Readonly<Record<Side, SideBuckets>> = {
    canary: new SideBuckets(),
    stable: new SideBuckets(),
  }
  readonly #pods = new Set<string>()
  #unnamed = 0

  constructor(start: Instant) {
    this.#start = start
  }

  add(side: Side, le: number, amount: number): void {
    this.#sides[side].add(le, amount)
  }

  addNative(side: Side, part: NativePart, amount: number): void {
    this.#sides[side].native.add(part, amount)
  }

  /** A canary pod, or so many that are not told apart, had requests. */
  serves(pod: string | undefined, pods: number): void {
    if (pod === undefined) this.#unnamed = Math.max(this.#unnamed, pods)
    else this.#pods.add(pod)
  }

  /** `bounds` are those at which native histograms are added up. */
  closed(end: Instant, bounds: readonly number[] = []): LatencyBlock {
    const { canary, stable } = this.#sides
    return {
      start: this.#start,
      end,
      canary: canary.closed(bounds),
      stable: stable.closed(bounds),
      serving: this.#pods.size + this.#unnamed,
    }
  }
}

/** The buckets of one side: those of its pods, added up bound by bound. */
class SideBuckets {
  readonly native = new NativeCounts()
  readonly #within = new Map<number, number>()
  /** How many counters went into each. */
  readonly #counters = new Map<number, number>()

  add(le: number, amount: number): void {
    this.#within.set(le, (this.#within.get(le) ?? 0) + amount)
    this.#counters.set(le, (this.#counters.get(le) ?? 0) + 1)
  }

  /** A bound that some of the pods lack is left out: their requests were not all slower. */
  closed(bounds: readonly number[]): Buckets {
    const pods = this.#counters.get(Infinity)
    for (const [le, counters] of this.#counters) {
      if (counters !== pods) this.#within.delete(le)
    }
    if (!this.native.isThere) return this.#within
    const native = this.native.within(bounds)
    return this.#within.size === 0 ? native : together(this.#within, native)
  }
}

function together(some: Buckets, others: Buckets): Buckets {
  const both = [...some].filter(([bound]) => others.has(bound))
  return new Map(both.map(([bound, count]) => [bound, count + (others.get(bound) ?? 0)]))
}

export class BucketMaker {
  readonly #trial: Trial
  readonly #settings: JudgeSettings
  readonly #counters = new Counters()
  readonly #ages = new Ages()
  readonly #filling: Filling<OpenBuckets>
  readonly #bounds: NativeBounds

  constructor(trial: Trial, settings: JudgeSettings) {
    this.#trial = trial
    this.#settings = settings
    this.#bounds = new NativeBounds(settings.latency === false ? [] : settings.latency.bounds)
    this.#filling = new Filling(settings.block, (at) => new OpenBuckets(at))
  }

  /** The next look, in order of time. Undefined while the block stays open. */
  advance({ at, values }: Look): LatencyBlock | undefined {
    const ours = values.filter(({ labels }) => sideOf(labels, this.#trial, this.#settings))
    const open = this.#filling.at(at)
    this.#bounds.see(ours)
    for (const increment of withoutRelaid(this.#counters.advance(at, ours)))
      this.#add(open, increment)
    for (const { proxy } of ours) this.#ages.note(proxy, at)
    const present = presentIn(ours, this.#trial, this.#settings)
    return this.#filling.closedBy(at, present)?.closed(at, this.#bounds.bounds)
  }

  #add(open: OpenBuckets, { of, amount }: Increment): void {
    const side = sideOf(of.labels, this.#trial, this.#settings)
    if (side === undefined) return
    if (side === 'canary' && !this.#ages.isWarm(of.proxy, this.#settings.warmup)) return
    const le = boundOf(of.labels['le'])
    if (of.native !== undefined) open.addNative(side, of.native, amount)
    else if (le !== undefined) open.add(side, le, amount)
    else return
    if (side === 'canary' && amount > 0) open.serves(of.proxy, 1)
  }
}

/** Undefined where it is no bound. */
export function boundOf(le: string | undefined): number | undefined {
  if (le === undefined || le === '') return undefined
  const bound = /^\+?Inf$/i.test(le) ? Infinity : Number(le)
  return Number.isNaN(bound) ? undefined : bound
}

/** Requests that took longer than `bound`. The buckets of one look may be a flush apart, so never below zero. */
export function slowerThan(bound: number, buckets: Buckets): number {
  return Math.max(0, (buckets.get(Infinity) ?? 0) - (buckets.get(bound) ?? 0))
}
