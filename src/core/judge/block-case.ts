/**
 * A release judged on blocks of one's own: no metrics store, no counters. The same evidence, the same rulings.
 *
 * A pod's age counts from the first block that names it, that of pods without a name from the first block of their side. Time is the sum of the blocks,
 * from instant 0. A block that lacks a side is held open until both are there, and dropped when that takes longer than ten of the settings' blocks.
 */
import type { History, Table } from '../stats/dispersion.ts'
import { type Duration, type Instant, instant, plus, seconds } from '../units.ts'
import { Ages } from './ages.ts'
import { BlockClock } from './block-clock.ts'
import { type Buckets, boundOf, OpenBuckets } from './buckets.ts'
import { type Dispersion, learn } from './dispersion.ts'
import { type Detail, Judgement } from './judgement.ts'
import type { BucketHistory } from './latency-baseline.ts'
import { OpenBlock } from './open-block.ts'
import type { JudgeSettings } from './settings.ts'
import type { Counts, Findings, Ruling, Side, Verdict } from './verdict.ts'

/** What some pods of one side served during a block. */
export type PodCounts = {
  readonly pod?: string
  /** How many pods this entry stands for; 1 unless said. */
  readonly pods?: number
  readonly requests: number
  readonly failures: number
  /** Of the requests that did not fail. */
  readonly buckets?: Buckets
}

/** An empty list is a side that is missing. */
export type GivenBlock = {
  readonly seconds: number
  readonly canary: readonly PodCounts[]
  readonly stable: readonly PodCounts[]
}

/** The stable pods before the release: one number a block of `seconds`. */
export type GivenHistory = {
  readonly seconds: number
  readonly pods: readonly GivenPodHistory[]
}

export type GivenPodHistory = {
  readonly pod?: string
  readonly requests: readonly number[]
  readonly failures: readonly number[]
  /** By the names of their bounds. */
  readonly buckets?: Readonly<Record<string, readonly number[]>>
}

export class BlockCase {
  readonly #judgement: Judgement
  readonly #clock: BlockClock
  readonly #ages = new Ages()
  readonly #warmup: Duration
  #open = new OpenBlock(instant(0))
  #buckets = new OpenBuckets(instant(0))
  #now: Instant = instant(0)

  constructor(settings: JudgeSettings, history?: GivenHistory, detail: Detail = 'everything') {
    this.#judgement = new Judgement(
      settings,
      taughtBy(history),
      detail,
      history && bucketHistoryOf(history),
    )
    this.#clock = new BlockClock(settings.block, this.#now)
    this.#warmup = settings.warmup
  }

  add(given: GivenBlock): void {
    for (const part of given.stable) this.#addStable(part)
    for (const part of given.canary) this.#addCanary(part)
    this.#now = plus(this.#now, seconds(given.seconds))
    const present = { canary: given.canary.length > 0, stable: given.stable.length > 0 }
    const { kind } = this.#clock.advance(this.#now, present)
    if (kind === 'open') return
    if (kind === 'closed') {
      this.#judgement.add(this.#open.closed(this.#now))
      this.#judgement.addLatency(this.#buckets.closed(this.#now))
    }
    this.#open = new OpenBlock(this.#now)
    this.#buckets = new OpenBuckets(this.#now)
  }

  /** Whether it was found worse, which is final; cheap enough to ask after every block. */
  get isWorse(): boolean {
    return this.#judgement.worse !== undefined
  }

  verdict(): Verdict {
    const findings = this.#findings()
    return { ...this.#ruling(findings), findings }
  }

  #addStable(part: PodCounts): void {
    this.#open.addStable(countsOf(part))
    this.#addBuckets('stable', part)
  }

  #addCanary(part: PodCounts): void {
    const { pod, pods = 1 } = part
    this.#ages.note(pod ?? '', this.#now)
    const isWarm = this.#ages.isWarm(pod ?? '', this.#warmup)
    this.#open.addCanary(countsOf(part), { pod, pods, isWarm })
    if (!isWarm) return
    if (part.requests > 0) this.#buckets.serves(pod, pods)
    this.#addBuckets('canary', part)
  }

  #addBuckets(side: Side, { buckets }: PodCounts): void {
    for (const [bound, count] of buckets ?? []) this.#buckets.add(side, bound, count)
  }

  #ruling(findings: Findings): Ruling {
    const silent = silentSide(findings)
    return (
      this.#judgement.worse ??
      (silent === undefined
        ? this.#judgement.ruling()
        : { kind: 'no-data', because: { code: 'NoTraffic', side: silent } })
    )
  }

  #findings(): Findings {
    const found = this.#judgement.findings()
    const leftOut = { ...found.blocks.leftOut, ...Object.fromEntries(this.#clock.leftOut) }
    return {
      ...found,
      blocks: { ...found.blocks, leftOut },
      source: { kind: 'unseen', because: { code: 'NotAskedYet' } },
      trouble: undefined,
      quality: { restarts: 0, stepsBack: 0, notNumbers: 0, gaps: this.#clock.gaps },
    }
  }
}

/** The first side without any request. */
export function silentSide({ canary, stable }: Pick<Findings, Side>): Side | undefined {
  if (canary.all.requests === 0) return 'canary'
  return stable.all.requests === 0 ? 'stable' : undefined
}

function countsOf({ requests, failures }: PodCounts): Counts {
  return { requests, failures, excluded: 0 }
}

function taughtBy(history: GivenHistory | undefined): Dispersion {
  if (history === undefined) return { kind: 'unknown' }
  return learn(tableOf(history), seconds(history.seconds))
}

function tableOf({ pods }: GivenHistory): History {
  const length = rowsIn(pods.map(({ requests }) => requests))
  return {
    requests: rows(
      length,
      pods.map(({ requests }) => requests),
    ),
    failures: rows(
      length,
      pods.map(({ failures }) => failures),
    ),
  }
}

/** Only of bounds that all pods have. */
function bucketHistoryOf({ pods }: GivenHistory): BucketHistory | undefined {
  const [first, ...rest] = pods.map(({ buckets }) => buckets ?? {})
  const shared = Object.keys(first ?? {}).filter((le) => rest.every((other) => le in other))
  const tables = shared.flatMap((le) => {
    const bound = boundOf(le)
    const columns = pods.map(({ buckets }) => buckets?.[le] ?? [])
    return bound === undefined ? [] : [[bound, rows(rowsIn(columns), columns)] as const]
  })
  return tables.length === 0 ? undefined : new Map(tables)
}

function rowsIn(columns: readonly (readonly number[])[]): number {
  return columns.length === 0 ? 0 : Math.min(...columns.map((column) => column.length))
}

function rows(length: number, columns: readonly (readonly number[])[]): Table {
  return Array.from({ length }, (_, k) => columns.map((column) => column[k] ?? 0))
}
