/**
 * The evidence of one series: values of both sides, gathered into blocks that are long enough to owe nothing to each other, and a bet on each.
 *
 * Values are turned so that more is worse: logarithms where the margin is a part of the value, the opposite where a decrease is harm.
 * Source: spec/statistics §5.2.
 */
import { pairedDifference, type SeriesMargin, typical } from '../stats/paired-difference.ts'
import { type BlockValues, RankBetting } from '../stats/rank-betting.ts'
import { type BettingPlan, betFromTheStart, SignBetting } from '../stats/sign-betting.ts'
import { type Duration, milliseconds, minutes, type Nats, nats } from '../units.ts'
import type { SeriesRule } from './series-settings.ts'
import type { BlockSource, FoundSeries } from './series-verdict.ts'

export type SeriesThresholds = { readonly against: Nats; readonly inFavour: Nats }

/** How long a block is: in values, as time, and who says so. */
export type BlockPlan = {
  readonly values: number
  readonly lasts: Duration
  readonly from: BlockSource
}

/** Expected time between two moments at which a canary may turn bad. */
const changeTime = minutes(30)

export class SeriesLine {
  readonly #rule: SeriesRule
  readonly #block: BlockPlan
  readonly #thresholds: SeriesThresholds
  readonly #against: Bets
  readonly #inFavour: Bets
  #canary: number[] = []
  #stable: number[] = []
  #instants = 0
  #judged = 0
  #leftOut = 0
  readonly #sums = { canary: 0, stable: 0 }

  constructor(rule: SeriesRule, block: BlockPlan, thresholds: SeriesThresholds) {
    const lateStart = { window: 0, first: 0.5, hazard: Math.min(1, block.lasts / changeTime) }
    const [tolerated, unproved] = [amountOf(rule.margin), amountOf(rule.passMargin)]
    this.#rule = rule
    this.#block = block
    this.#thresholds = thresholds
    this.#against = betsOn(rule, tolerated, lateStart)
    // What is to be shown is that the canary, moved down by the pass margin, is the smaller one.
    this.#inFavour = betsOn(rule, -unproved, betFromTheStart)
  }

  /** All values of one instant. True when a block is over with it. */
  add({ canary, stable }: BlockValues): boolean {
    this.#canary.push(...canary)
    this.#stable.push(...stable)
    this.#instants += 1
    if (this.#instants < this.#block.values) return false
    this.#close()
    this.#canary = []
    this.#stable = []
    this.#instants = 0
    return true
  }

  isStrong(direction: keyof SeriesThresholds): boolean {
    const bets = direction === 'against' ? this.#against : this.#inFavour
    return bets.logE() >= this.#thresholds[direction]
  }

  /** Length of what was judged. */
  get time(): Duration {
    return milliseconds(this.#judged * this.#block.lasts)
  }

  found(): FoundSeries {
    const { name, harm, test, margin, passMargin } = this.#rule
    const { lasts, from } = this.#block
    const meanOf = (side: keyof BlockValues): number | undefined =>
      this.#judged === 0 ? undefined : this.#sums[side] / this.#judged
    return {
      name,
      harm,
      test,
      margin,
      passMargin,
      block: { lasts, from },
      blocks: { judged: this.#judged, leftOut: this.#leftOut, time: this.time },
      canary: meanOf('canary'),
      stable: meanOf('stable'),
      against: { logE: nats(this.#against.logE()), threshold: this.#thresholds.against },
      inFavour: { logE: nats(this.#inFavour.logE()), threshold: this.#thresholds.inFavour },
    }
  }

  #close(): void {
    const block = {
      canary: this.#canary.map((value) => asHarm(this.#rule, value)),
      stable: this.#stable.map((value) => asHarm(this.#rule, value)),
    }
    if (!hasValues(block.canary) || !hasValues(block.stable)) {
      this.#leftOut += 1
      return
    }
    this.#judged += 1
    this.#sums.canary += typical(this.#canary)
    this.#sums.stable += typical(this.#stable)
    this.#against.add(block)
    this.#inFavour.add({ canary: block.stable, stable: block.canary })
  }
}

/** Before it is known how long a block must be. */
export function nothingFound({ name, harm, test, margin, passMargin }: SeriesRule): FoundSeries {
  const nothing = { logE: nats(0), threshold: nats(0) }
  return {
    name,
    harm,
    test,
    margin,
    passMargin,
    block: undefined,
    blocks: { judged: 0, leftOut: 0, time: milliseconds(0) },
    canary: undefined,
    stable: undefined,
    against: nothing,
    inFavour: nothing,
  }
}

type Bets = { readonly add: (block: BlockValues) => void; readonly logE: () => number }

/** That the first side's values lie above the other's by more than `amount`. */
function betsOn({ test }: SeriesRule, amount: number, plan: BettingPlan): Bets {
  if (test === 'rank') {
    const ranks = new RankBetting(amount, plan)
    return { add: (block) => ranks.add(block), logE: () => ranks.logE() }
  }
  const signs = new SignBetting(plan)
  const margin = { kind: 'absolute', amount } as const
  return { add: (block) => signs.add(pairedDifference(block, margin)), logE: () => signs.logE() }
}

/** In the unit of `asHarm`. */
function amountOf(margin: SeriesMargin): number {
  return margin.kind === 'relative' ? Math.log1p(margin.share) : margin.amount
}

/** More is worse. NaN where the value cannot be compared: a part of nothing is nothing. */
export function asHarm({ harm, margin }: SeriesRule, value: number): number {
  const size = margin.kind === 'absolute' ? value : value > 0 ? Math.log(value) : NaN
  return harm === 'increase' ? size : -size
}

function hasValues(values: readonly number[]): boolean {
  return values.some((value) => !Number.isNaN(value))
}
