/**
 * A release judged on blocks of one's own: no metrics store, no counters. The same evidence, the same rulings.
 *
 * What is given is judged: ages of pods are unknown here, so no warm-up applies. Time is the sum of the blocks, from instant 0. A block that lacks
 * a side is held open until both are there, and dropped when that takes longer than ten of the settings' blocks.
 */
import { type Instant, instant, plus, seconds } from '../units.ts'
import { type Block, emptyBlock, longestInBlocks, sumOf } from './blocks.ts'
import { Judgement } from './judgement.ts'
import type { JudgeSettings } from './settings.ts'
import type { Counts, Findings, LeftOut, Ruling, Side, Verdict } from './verdict.ts'

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
  readonly #settings: JudgeSettings
  readonly #judgement: Judgement
  readonly #leftOut = new Map<LeftOut, number>()
  #open: Block = emptyBlock(instant(0))
  #canaryWasSeen = false
  #gaps = 0

  constructor(settings: JudgeSettings, _history?: GivenHistory) {
    this.#settings = settings
    this.#judgement = new Judgement(settings, { kind: 'unknown' })
  }

  add(given: GivenBlock): void {
    const canary = countsOf(given.canary)
    const open = this.#open
    this.#open = {
      start: open.start,
      end: plus(open.end, seconds(given.seconds)),
      canary: {
        judged: sumOf(open.canary.judged, canary),
        all: sumOf(open.canary.all, canary),
      },
      stable: sumOf(open.stable, countsOf(given.stable)),
    }
    this.#canaryWasSeen ||= given.canary.length > 0
    this.#close(given)
  }

  /** Whether it was found worse, which is final; cheap enough to ask after every block. */
  get isWorse(): boolean {
    return this.#judgement.worse !== undefined
  }

  verdict(): Verdict {
    const findings = this.#findings()
    return { ...this.#ruling(findings), findings }
  }

  #close({ canary, stable }: GivenBlock): void {
    if (canary.length > 0 && stable.length > 0) {
      this.#judgement.add(this.#open)
      this.#next(this.#open.end)
    } else if (!this.#canaryWasSeen) this.#drop('canary-not-there-yet')
    else if (this.#isTooLong()) this.#drop('side-missing-too-long')
    else this.#gaps += 1
  }

  #isTooLong(): boolean {
    return this.#open.end - this.#open.start >= longestInBlocks * this.#settings.block
  }

  #drop(why: LeftOut): void {
    this.#leftOut.set(why, (this.#leftOut.get(why) ?? 0) + 1)
    this.#next(this.#open.end)
  }

  #next(start: Instant): void {
    this.#open = emptyBlock(start)
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
    const leftOut = { ...found.blocks.leftOut, ...Object.fromEntries(this.#leftOut) }
    return {
      ...found,
      blocks: { ...found.blocks, leftOut },
      source: { kind: 'unseen', because: { code: 'NotAskedYet' } },
      trouble: undefined,
      quality: { restarts: 0, stepsBack: 0, notNumbers: 0, gaps: this.#gaps },
    }
  }
}

/** The first side without any request. */
export function silentSide({ canary, stable }: Pick<Findings, Side>): Side | undefined {
  if (canary.all.requests === 0) return 'canary'
  return stable.all.requests === 0 ? 'stable' : undefined
}

function countsOf(pods: readonly PodCounts[]): Counts {
  let requests = 0
  let failures = 0
  for (const pod of pods) {
    requests += pod.requests
    failures += pod.failures
  }
  return { requests, failures, excluded: 0 }
}
