/**
 * A release judged on blocks of one's own: no metrics store, no counters. The same evidence, the same rulings.
 *
 * What is given is judged: ages of pods are unknown here, so no warm-up applies. Time is the sum of the blocks, from instant 0. A block that lacks
 * a side is held open until both are there, and dropped when that takes longer than ten of the settings' blocks.
 */
import type { History } from '../stats/dispersion.ts'
import { type Instant, instant, plus, seconds } from '../units.ts'
import { BlockClock } from './block-clock.ts'
import { type Dispersion, learn } from './dispersion.ts'
import { type Detail, Judgement } from './judgement.ts'
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
  /** Upper bound in milliseconds, `+Inf` included → requests that did not fail and took no longer. */
  readonly buckets?: Readonly<Record<string, number>>
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
  readonly buckets?: Readonly<Record<string, readonly number[]>>
}

export class BlockCase {
  readonly #judgement: Judgement
  readonly #clock: BlockClock
  #open = new OpenBlock(instant(0))
  #now: Instant = instant(0)

  constructor(settings: JudgeSettings, history?: GivenHistory, detail: Detail = 'everything') {
    this.#judgement = new Judgement(settings, taughtBy(history), detail)
    this.#clock = new BlockClock(settings.block, this.#now)
  }

  add(given: GivenBlock): void {
    this.#now = plus(this.#now, seconds(given.seconds))
    for (const part of given.stable) this.#open.addStable(countsOf(part))
    for (const part of given.canary) {
      const { pod, pods = 1 } = part
      this.#open.addCanary(countsOf(part), { pod, pods, isWarm: true })
    }
    const present = { canary: given.canary.length > 0, stable: given.stable.length > 0 }
    const { kind } = this.#clock.advance(this.#now, present)
    if (kind === 'open') return
    if (kind === 'closed') this.#judgement.add(this.#open.closed(this.#now))
    this.#open = new OpenBlock(this.#now)
  }

  /** Whether it was found worse, which is final; cheap enough to ask after every block. */
  get isWorse(): boolean {
    return this.#judgement.worse !== undefined
  }

  verdict(): Verdict {
    const findings = this.#findings()
    return { ...this.#ruling(findings), findings }
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
  const length = Math.min(...pods.map(({ requests }) => requests.length))
  const rows = Array.from({ length: Number.isFinite(length) ? length : 0 }, (_, k) => k)
  return {
    requests: rows.map((k) => pods.map(({ requests }) => requests[k] ?? 0)),
    failures: rows.map((k) => pods.map(({ failures }) => failures[k] ?? 0)),
  }
}
