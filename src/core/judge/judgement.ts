/**
 * Blocks in, a ruling out. Evidence belongs to the revision: it goes on through all steps and is never started again, or the rate
 * of false rollbacks would be spent once a step. Worse is final.
 */

import { isEmpty } from '../stats/block.ts'
import { proportionBounds } from '../stats/proportion.ts'
import { RelativeRatio } from '../stats/relative-ratio.ts'
import { between, type Duration, type Instant, milliseconds, nats } from '../units.ts'
import type { Dispersion } from './dispersion.ts'
import { Line } from './line.ts'
import { type Block, nothing, sumOf } from './open-block.ts'
import { type AgainstPlan, burstSize, judgedOf, plansAgainst, plansInFavour } from './plans.ts'
import type { JudgeSettings } from './settings.ts'
import { stillNeeded } from './still-needed.ts'
import type { Counts, Findings, LeftOut, Ruling, SideFindings } from './verdict.ts'

/** What the blocks alone tell. */
export type BlockFindings = Pick<
  Findings,
  'against' | 'inFavour' | 'canary' | 'stable' | 'ratio' | 'blocks' | 'stillNeeded'
>

/** `verdict` keeps neither the evidence over time nor the interval of the ratio: cheap enough for ten thousand releases. */
export type Detail = 'everything' | 'verdict'

const fewestBlocks = 8

/** Of all intervals that are shown. */
const intervalAlpha = 0.05

export class Judgement {
  readonly #settings: JudgeSettings
  readonly #phi: number
  readonly #against: readonly Line<AgainstPlan>[]
  readonly #inFavour: readonly Line[]
  readonly #ratio: RelativeRatio | undefined
  readonly #leftOut = new Map<LeftOut, number>()
  #judged = 0
  #time = 0
  #from: Instant | undefined
  #to: Instant | undefined
  readonly #canary = { judged: nothing, all: nothing }
  readonly #stable = { judged: nothing, all: nothing }
  #worse: Extract<Ruling, { kind: 'worse' }> | undefined
  #noWorseSince: Instant | undefined

  constructor(settings: JudgeSettings, dispersion: Dispersion, detail: Detail = 'everything') {
    const isFull = detail === 'everything'
    this.#settings = settings
    this.#phi = burstSize(dispersion)
    this.#against = plansAgainst(settings, dispersion).map((plan) => new Line(plan, isFull))
    this.#inFavour = plansInFavour(settings, dispersion).map((plan) => new Line(plan, isFull))
    this.#ratio = isFull ? new RelativeRatio(intervalAlpha, this.#phi) : undefined
  }

  add(block: Block): void {
    this.#count(block)
    for (const line of this.#against) line.add(block)
    for (const line of this.#inFavour) line.add(block)
    this.#ratio?.add(judgedOf(block))
    this.#worse ??= this.#findWorse(block.end)
    this.#noWorseSince = this.#isNoWorse() ? (this.#noWorseSince ?? block.end) : undefined
  }

  get worse(): Ruling | undefined {
    return this.#worse
  }

  /** What the evidence amounts to, when nothing is wrong with the data. The order is the policy. */
  ruling(): Ruling {
    return this.#worse ?? this.#bothSidesFail() ?? this.#noWorse() ?? this.#untilNow()
  }

  findings(): BlockFindings {
    return {
      against: this.#against.map((line) => line.channel()),
      inFavour: this.#inFavour.map((line) => line.channel()),
      canary: this.#sideFindings(this.#canary),
      stable: this.#sideFindings(this.#stable),
      ratio: this.#ratio?.bounds(),
      blocks: {
        judged: this.#judged,
        leftOut: Object.fromEntries(this.#leftOut),
        time: milliseconds(this.#time),
        from: this.#from,
        to: this.#to,
      },
      stillNeeded: this.#stillNeeded(),
    }
  }

  #count(block: Block): void {
    const { canary, stable } = block
    this.#from ??= block.start
    this.#to = block.end
    this.#canary.all = sumOf(this.#canary.all, canary.all)
    this.#stable.all = sumOf(this.#stable.all, stable)
    const why = whyEmpty(block)
    if (why !== undefined) {
      this.#leftOut.set(why, (this.#leftOut.get(why) ?? 0) + 1)
      return
    }
    this.#canary.judged = sumOf(this.#canary.judged, canary.judged)
    this.#stable.judged = sumOf(this.#stable.judged, stable)
    this.#judged += 1
    this.#time += between(block.start, block.end)
  }

  #findWorse(at: Instant): Extract<Ruling, { kind: 'worse' }> | undefined {
    const line = this.#against.find((candidate) => candidate.hasSpoken())
    if (line === undefined) return undefined
    const { name, logE, threshold } = line.channel()
    const seen = name === 'catastrophe' ? 'all' : 'judged'
    const because = {
      code: line.plan.code,
      channel: name,
      logE,
      threshold,
      canary: this.#canary[seen],
      stable: this.#stable[seen],
      ratio: this.#ratio?.bounds(),
      after: between(this.#from ?? at, at),
    }
    return { kind: 'worse', because, decidedAt: at }
  }

  #isNoWorse(): boolean {
    return this.#isProved() && this.#soakLeft() === 0
  }

  #isProved(): boolean {
    return (
      this.#inFavour.every((line) => line.hasSpoken()) &&
      !this.#against.some((line) => line.isStrong()) &&
      this.#bothSidesFail() === undefined
    )
  }

  #soakLeft(): Duration {
    const { soak, block } = this.#settings
    const blocksLeft = Math.max(0, fewestBlocks - this.#judged)
    return milliseconds(Math.max(0, soak - this.#time, blocksLeft * block))
  }

  #noWorse(): Ruling | undefined {
    const [line] = this.#inFavour
    if (this.#noWorseSince === undefined || line === undefined) return undefined
    const { logE, threshold } = line.channel()
    const because = {
      code: 'ProvedNoWorse' as const,
      logE,
      threshold,
      canary: this.#canary.judged,
      stable: this.#stable.judged,
      margin: this.#settings.passMargin.points,
    }
    return { kind: 'no-worse', because, decidedAt: this.#noWorseSince }
  }

  /** Equality proves nothing where everything counts as failed. */
  #bothSidesFail(): Ruling | undefined {
    const canary = this.#canary.judged
    const stable = this.#stable.judged
    if (!isMostlyFailing(canary) || !isMostlyFailing(stable)) return undefined
    return { kind: 'undecided', because: { code: 'BothSidesFail', canary, stable } }
  }

  #untilNow(): Ruling {
    if (!this.#isProved()) return { kind: 'undecided', because: { code: 'TooLittleEvidence' } }
    const because = { code: 'Soaking' as const, soak: this.#settings.soak, blocks: fewestBlocks }
    return { kind: 'undecided', because }
  }

  #sideFindings({ judged, all }: { judged: Counts; all: Counts }): SideFindings {
    const { requests, failures } = judged
    if (requests === 0) return { judged, all, failureRatio: undefined }
    const bounds = proportionBounds(failures / this.#phi, requests / this.#phi, intervalAlpha)
    return { judged, all, failureRatio: { estimate: failures / requests, ...bounds } }
  }

  #stillNeeded(): Findings['stillNeeded'] {
    const [line] = this.#inFavour
    if (line === undefined || this.#judged === 0) return undefined
    const { logE, threshold } = line.channel()
    const pace = {
      canary: this.#canary.judged,
      stable: this.#stable.judged,
      time: milliseconds(this.#time),
    }
    return stillNeeded(line.plan, pace, {
      nats: nats(threshold - logE),
      soak: this.#soakLeft(),
    })
  }
}

/** Why the main line learns nothing from a block. Decided by who was there, not by how requests ended. */
function whyEmpty(block: Block): LeftOut | undefined {
  if (!isEmpty(judgedOf(block))) return undefined
  if (block.stable.requests === 0) return 'stable-without-requests'
  return block.canary.all.requests > 0 ? 'canary-warming-up' : 'canary-without-requests'
}

function isMostlyFailing({ requests, failures }: Counts): boolean {
  return requests > 0 && failures > requests / 2
}
