/**
 * Blocks in, a ruling out. Evidence belongs to the revision: it goes on through all steps and is never started again, or the rate
 * of false rollbacks would be spent once a step. Worse is final.
 */

import { RelativeRatio } from '../stats/relative-ratio.ts'
import { between, type Duration, type Instant, milliseconds, nats } from '../units.ts'
import type { LatencyBlock } from './buckets.ts'
import type { Dispersion } from './dispersion.ts'
import { Excess } from './excess.ts'
import { Latency } from './latency.ts'
import type { BucketHistory } from './latency-baseline.ts'
import { Line } from './line.ts'
import { OnePod } from './one-pod.ts'
import type { Block } from './open-block.ts'
import { type AgainstPlan, burstSize, judgedOf, plansAgainst, plansInFavour } from './plans.ts'
import type { JudgeSettings } from './settings.ts'
import { stillNeeded } from './still-needed.ts'
import { Tallies } from './tallies.ts'
import type { Channel, Counts, Findings, Outlier, Ruling, WorseReason } from './verdict.ts'

/** What the blocks alone tell. */
export type BlockFindings = Pick<
  Findings,
  | 'against'
  | 'inFavour'
  | 'latency'
  | 'outlier'
  | 'canary'
  | 'stable'
  | 'ratio'
  | 'excess'
  | 'blocks'
  | 'stillNeeded'
>

/** `verdict` keeps neither the evidence over time nor the intervals of ratio, excess and quantiles: cheap enough for ten thousand releases. */
export type Detail = 'everything' | 'verdict'

const fewestBlocks = 8

/** Of all intervals that are shown. */
const intervalAlpha = 0.05

export class Judgement {
  readonly #settings: JudgeSettings
  readonly #phi: number
  readonly #against: readonly Line<AgainstPlan>[]
  readonly #inFavour: readonly Line[]
  readonly #latency: Latency | undefined
  readonly #onePod: OnePod | undefined
  readonly #ratio: RelativeRatio | undefined
  readonly #excess: Excess | undefined
  readonly #tallies = new Tallies()
  #worse: Extract<Ruling, { kind: 'worse' }> | undefined
  #noWorseSince: Instant | undefined

  constructor(
    settings: JudgeSettings,
    dispersion: Dispersion,
    detail: Detail = 'everything',
    buckets?: BucketHistory,
  ) {
    const isFull = detail === 'everything'
    const against = plansAgainst(settings, dispersion)
    const [failures] = against
    this.#settings = settings
    this.#phi = burstSize(dispersion)
    this.#against = against.map((plan) => new Line(plan, isFull))
    const inFavour = plansInFavour(settings, dispersion)
    const [pass] = inFavour
    this.#inFavour = inFavour.map((plan) => new Line(plan, isFull))
    this.#excess = isFull && pass ? new Excess(pass) : undefined
    this.#onePod = isFull && failures ? new OnePod(failures) : undefined
    this.#latency = settings.latency
      ? new Latency(settings, settings.latency, buckets, isFull)
      : undefined
    this.#ratio = isFull ? new RelativeRatio(intervalAlpha, this.#phi) : undefined
  }

  add(block: Block): void {
    this.#tallies.add(block)
    for (const line of this.#against) line.add(block)
    for (const line of this.#inFavour) line.add(block)
    this.#onePod?.add(block)
    this.#ratio?.add(judgedOf(block))
    this.#excess?.add(block)
    const line = this.#against.find((candidate) => candidate.hasSpoken())
    if (line !== undefined) this.#decide(line.channel(), line.plan.code, block.end)
    this.#settle(block.end)
  }

  /** Latency comes apart from requests: where it cannot be read, failures are judged all the same. */
  addLatency(block: LatencyBlock): void {
    const latency = this.#latency
    latency?.add(block)
    const channel = latency?.hasSpoken('against') ? latency.channel('against') : undefined
    if (channel !== undefined) this.#decide(channel, 'CanaryIsSlower', block.end)
    this.#settle(block.end)
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
      against: this.#channels('against'),
      inFavour: this.#channels('inFavour'),
      outlier: this.#outlier(),
      latency: this.#latency?.findings() ?? { kind: 'not-compared', because: 'NotAsked' },
      canary: this.#tallies.sideFindings('canary', intervalAlpha, this.#phi),
      stable: this.#tallies.sideFindings('stable', intervalAlpha, this.#phi),
      ratio: this.#ratio?.bounds(),
      excess: this.#excess?.atMost(),
      blocks: this.#tallies.blockFindings(),
      stillNeeded: this.#stillNeeded(),
    }
  }

  #channels(direction: 'against' | 'inFavour'): readonly Channel[] {
    const lines = direction === 'against' ? this.#against : this.#inFavour
    const latency = this.#latency?.channel(direction)
    const channels = lines.map((line) => line.channel())
    return latency === undefined ? channels : [...channels, latency]
  }

  /** The first that speaks decides. */
  #decide({ name, logE, threshold }: Channel, code: WorseReason['code'], at: Instant): void {
    if (this.#worse !== undefined) return
    const seen = name === 'catastrophe' ? 'all' : 'judged'
    const because = {
      code,
      channel: name,
      logE,
      threshold,
      canary: this.#tallies.of('canary', seen),
      stable: this.#tallies.of('stable', seen),
      ratio: this.#ratio?.bounds(),
      outlier: name === 'failures' ? this.#outlier() : undefined,
      slower: name === 'latency' ? this.#latency?.slowerAt() : undefined,
      after: between(this.#tallies.from ?? at, at),
    }
    this.#worse = { kind: 'worse', because, decidedAt: at }
  }

  #outlier(): Outlier | undefined {
    const [failures] = this.#against
    return failures?.isStrong() === true ? this.#onePod?.outlier() : undefined
  }

  #settle(at: Instant): void {
    this.#noWorseSince = this.#isNoWorse() ? (this.#noWorseSince ?? at) : undefined
  }

  #isNoWorse(): boolean {
    return this.#isProved() && this.#soakLeft() === 0
  }

  #isProved(): boolean {
    return (
      this.#inFavour.every((line) => line.hasSpoken()) &&
      !this.#against.some((line) => line.isStrong()) &&
      this.#isNoSlower() &&
      this.#bothSidesFail() === undefined
    )
  }

  /** Where latency cannot be compared nothing is asked of it. */
  #isNoSlower(): boolean {
    const latency = this.#latency
    if (latency === undefined || !latency.isComparable) return true
    return latency.hasSpoken('inFavour') && !latency.isStrong()
  }

  #soakLeft(): Duration {
    const { soak, block } = this.#settings
    const blocksLeft = Math.max(0, fewestBlocks - this.#tallies.blocks)
    return milliseconds(Math.max(0, soak - this.#tallies.time, blocksLeft * block))
  }

  #noWorse(): Ruling | undefined {
    const [line] = this.#inFavour
    if (this.#noWorseSince === undefined || line === undefined) return undefined
    const { logE, threshold } = line.channel()
    const because = {
      code: 'ProvedNoWorse' as const,
      logE,
      threshold,
      canary: this.#tallies.of('canary'),
      stable: this.#tallies.of('stable'),
      margin: this.#settings.passMargin.points,
    }
    return { kind: 'no-worse', because, decidedAt: this.#noWorseSince }
  }

  /** Equality proves nothing where everything counts as failed. */
  #bothSidesFail(): Ruling | undefined {
    const canary = this.#tallies.of('canary')
    const stable = this.#tallies.of('stable')
    if (!isMostlyFailing(canary) || !isMostlyFailing(stable)) return undefined
    return { kind: 'undecided', because: { code: 'BothSidesFail', canary, stable } }
  }

  #untilNow(): Ruling {
    if (!this.#isProved()) return { kind: 'undecided', because: { code: 'TooLittleEvidence' } }
    const because = { code: 'Soaking' as const, soak: this.#settings.soak, blocks: fewestBlocks }
    return { kind: 'undecided', because }
  }

  #stillNeeded(): Findings['stillNeeded'] {
    const [line] = this.#inFavour
    if (line === undefined || this.#tallies.blocks === 0) return undefined
    const { logE, threshold } = line.channel()
    const pace = {
      canary: this.#tallies.of('canary'),
      stable: this.#tallies.of('stable'),
      time: this.#tallies.time,
    }
    return stillNeeded(line.plan, pace, {
      nats: nats(threshold - logE),
      soak: this.#soakLeft(),
    })
  }
}

function isMostlyFailing({ requests, failures }: Counts): boolean {
  return requests > 0 && failures > requests / 2
}
