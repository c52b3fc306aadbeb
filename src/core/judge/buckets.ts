/**
 * How long requests took: blocks of bucket counts, made of raw counters as blocks of requests are.
 *
 * Only requests that did not fail are counted, or fast failures make a broken canary look quick. Bounds are compared as numbers: `100` is `100.0`.
 */
import type { Instant } from '../units.ts'
import { Ages } from './ages.ts'
import { BlockClock } from './block-clock.ts'
import { presentIn, sideOf } from './blocks.ts'
import { Counters, type Increment } from './counters.ts'
import type { Look, Value } from './looks.ts'
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
  readonly #sides: Readonly<Record<Side, Map<number, number>>> = {
    canary: new Map(),
    stable: new Map(),
  }
  readonly #pods = new Set<string>()
  #unnamed = 0

  constructor(start: Instant) {
    this.#start = start
  }

  add(side: Side, le: number, amount: number): void {
    const buckets = this.#sides[side]
    buckets.set(le, (buckets.get(le) ?? 0) + amount)
  }

  /** A canary pod, or so many that are not told apart, had requests. */
  serves(pod: string | undefined, pods: number): void {
    if (pod === undefined) this.#unnamed = Math.max(this.#unnamed, pods)
    else this.#pods.add(pod)
  }

  closed(end: Instant): LatencyBlock {
    const { canary, stable } = this.#sides
    return { start: this.#start, end, canary, stable, serving: this.#pods.size + this.#unnamed }
  }
}

export class BucketMaker {
  readonly #trial: Trial
  readonly #settings: JudgeSettings
  readonly #counters = new Counters()
  readonly #ages = new Ages()
  readonly #clock: BlockClock
  #open: OpenBuckets | undefined

  constructor(trial: Trial, settings: JudgeSettings) {
    this.#trial = trial
    this.#settings = settings
    this.#clock = new BlockClock(settings.block)
  }

  /** The next look, in order of time. Undefined while the block stays open. */
  advance({ at, values }: Look): LatencyBlock | undefined {
    const ours = values.filter(({ labels }) => sideOf(labels, this.#trial, this.#settings))
    const open = (this.#open ??= new OpenBuckets(at))
    for (const increment of this.#counters.advance(at, ours)) this.#add(open, increment)
    for (const { proxy } of ours) this.#ages.note(proxy, at)
    return this.#turn(open, at, ours)
  }

  #turn(open: OpenBuckets, at: Instant, ours: readonly Value[]): LatencyBlock | undefined {
    const turn = this.#clock.advance(at, presentIn(ours, this.#trial, this.#settings))
    if (turn.kind === 'open') return undefined
    this.#open = turn.kind === 'idle' ? undefined : new OpenBuckets(at)
    return turn.kind === 'closed' ? open.closed(at) : undefined
  }

  #add(open: OpenBuckets, { of, amount }: Increment): void {
    const side = sideOf(of.labels, this.#trial, this.#settings)
    const le = boundOf(of.labels['le'])
    if (side === undefined || le === undefined) return
    if (side === 'canary' && !this.#ages.isWarm(of.proxy, this.#settings.warmup)) return
    open.add(side, le, amount)
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
