/**
 * Raw counters in, blocks of traffic out: what both sides served between two instants.
 *
 * What it promises: blocks depend on the samples alone and never on how they were read. One long range query after a restart gives the blocks that
 * were seen live, to the last count. Which block is left out is decided by who is there, never by how the requests ended.
 *
 *   canary            ·  ·  ●──●──●  ·  ●──●         ● a pod of the side has a sample
 *   stable            ●──●──●──●──●──●──●──●
 *   blocks                  └1─┴2─┴──3──┴4─┘         3 stays open until both are there
 */
import { between, type Duration, type Instant, milliseconds } from '../units.ts'
import { Counters, type Increment } from './counters.ts'
import { outcomeOf } from './failures.ts'
import type { Labels, Look, Value } from './looks.ts'
import { judgedReporter } from './queries.ts'
import type { FailureRule, JudgeSettings } from './settings.ts'
import { sideOfPod, sideOfService, type Trial } from './trial.ts'
import type { Counts, LeftOut, Side } from './verdict.ts'

export type Block = {
  readonly start: Instant
  readonly end: Instant
  readonly canary: {
    /** Of pods past their warm-up. */
    readonly judged: Counts
    readonly all: Counts
  }
  readonly stable: Counts
}

/** After so many blocks without one side its other half is too old to compare with. */
export const longestInBlocks = 10

export const nothing: Counts = { requests: 0, failures: 0, excluded: 0 }

export class BlockMaker {
  readonly #trial: Trial
  readonly #settings: JudgeSettings
  readonly #counters = new Counters()
  readonly #lives = new Map<string, { readonly born: Instant; seen: Instant }>()
  readonly #leftOut = new Map<LeftOut, number>()
  readonly #missingSince: Record<Side, Instant | undefined> = {
    canary: undefined,
    stable: undefined,
  }
  #open: Block | undefined
  #canaryWasSeen = false
  #gaps = 0

  constructor(trial: Trial, settings: JudgeSettings) {
    this.#trial = trial
    this.#settings = settings
  }

  get leftOut(): ReadonlyMap<LeftOut, number> {
    return this.#leftOut
  }

  get quality(): { readonly restarts: number; readonly stepsBack: number; readonly gaps: number } {
    const { restarts, stepsBack } = this.#counters
    return { restarts, stepsBack, gaps: this.#gaps }
  }

  /** Since which look a side has had no sample; undefined when it has. */
  missingSince(side: Side): Instant | undefined {
    return this.#missingSince[side]
  }

  /** The next look, in order of time. Undefined while the block stays open. */
  advance({ at, values }: Look): Block | undefined {
    const ours = values.filter(({ labels }) => this.#sideOf(labels) !== undefined)
    const present = this.#sidesIn(ours)
    this.#notePresence(at, present)
    if (this.#open === undefined && present.size === 0) return undefined
    const increments = this.#counters.advance(at, ours)
    const block = { ...(this.#open ?? emptyBlock(at)), end: at }
    this.#open = increments.reduce((sum, increment) => this.#plus(sum, increment), block)
    for (const value of ours) this.#note(value, at)
    return this.#close(at, present)
  }

  #close(at: Instant, present: ReadonlySet<Side>): Block | undefined {
    const open = this.#open
    if (open === undefined || open.start === at) return undefined
    if (present.size === 2) {
      this.#open = emptyBlock(at)
      return open
    }
    if (!this.#canaryWasSeen) return this.#drop(at, 'canary-not-there-yet')
    if (between(open.start, at) >= longestInBlocks * this.#settings.block)
      return this.#drop(at, 'side-missing-too-long')
    this.#gaps += 1
    return undefined
  }

  #drop(at: Instant, why: LeftOut): undefined {
    this.#leftOut.set(why, (this.#leftOut.get(why) ?? 0) + 1)
    this.#open = emptyBlock(at)
  }

  #plus(block: Block, { of, amount }: Increment): Block {
    const counts = countsOf(of.labels, amount, this.#settings.failures)
    if (this.#sideOf(of.labels) === 'stable')
      return { ...block, stable: sumOf(block.stable, counts) }
    const { judged, all } = block.canary
    const canary = {
      judged: this.#isWarm(of) ? sumOf(judged, counts) : judged,
      all: sumOf(all, counts),
    }
    return { ...block, canary }
  }

  /** Judged by the age at the look before, where the increment begins. */
  #isWarm(value: Value): boolean {
    const life = this.#lives.get(this.#nameOf(value))
    const age: Duration = life === undefined ? milliseconds(0) : between(life.born, life.seen)
    return age >= this.#settings.warmup
  }

  #note(value: Value, at: Instant): void {
    const name = this.#nameOf(value)
    const life = this.#lives.get(name)
    if (life === undefined) this.#lives.set(name, { born: at, seen: at })
    else life.seen = at
  }

  #notePresence(at: Instant, present: ReadonlySet<Side>): void {
    this.#canaryWasSeen ||= present.has('canary')
    for (const side of ['canary', 'stable'] as const) {
      this.#missingSince[side] = present.has(side) ? undefined : (this.#missingSince[side] ?? at)
    }
  }

  #sidesIn(values: readonly Value[]): ReadonlySet<Side> {
    return new Set(
      values.map(({ labels }) => this.#sideOf(labels)).filter((side) => side !== undefined),
    )
  }

  /** By its pod where the service's own proxies report, else by the Service that was asked for. */
  #sideOf(labels: Labels): Side | undefined {
    return judgedReporter(this.#settings.reporter) === 'destination'
      ? sideOfPod(this.#trial, labels['pod'] ?? '')
      : sideOfService(this.#trial, labels['destination_service_name'] ?? '')
  }

  #nameOf({ proxy, labels }: Value): string {
    return `${proxy} ${this.#sideOf(labels) ?? ''}`
  }
}

/** One ending, counted. */
export function countsOf(labels: Labels, amount: number, rule: FailureRule): Counts {
  const ending = {
    code: labels['response_code'] ?? '',
    grpc: labels['grpc_response_status'] ?? '',
    flags: labels['response_flags'] ?? '-',
  }
  const { kind } = outcomeOf(ending, rule)
  if (kind === 'excluded') return { ...nothing, excluded: amount }
  return { requests: amount, failures: kind === 'failed' ? amount : 0, excluded: 0 }
}

export function sumOf(a: Counts, b: Counts): Counts {
  return {
    requests: a.requests + b.requests,
    failures: a.failures + b.failures,
    excluded: a.excluded + b.excluded,
  }
}

export function emptyBlock(at: Instant): Block {
  return { start: at, end: at, canary: { judged: nothing, all: nothing }, stable: nothing }
}
