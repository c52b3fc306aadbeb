/**
 * Evidence that a canary's gauge lies above the stable one's, from the ranks within each block: a Mann-Whitney test that may be looked at at any
 * time.
 *
 * What it promises: on a canary that is no worse than the margin, log E ever reaches log(1/alpha) with a probability of at most alpha, however
 * often one looks and whatever the values' distribution.
 * What it assumes: within a block, and given all earlier ones, the values of both sides could be exchanged once the margin is taken off the
 * canary's, or the canary's are the smaller ones. So blocks must be long enough (`block-length.ts`), and both sides must have been measured
 * throughout each.
 *
 *   e = 1 + f G,   G = 2 U / (n m) - 1,   U = pairs that the canary wins, ties by half
 *
 * Under exchange E[G] = 0; G is never below -1, so e stays positive. Source: spec/statistics §5.2; vectors in fixtures/kayenta.
 */
import { Mixture } from './mixture.ts'
import { pooledRanks } from './rank-score.ts'
import { type BettingPlan, betFromTheStart, fractions } from './sign-betting.ts'

/** Values of one block, in any order; NaN counts as absent. */
export type BlockValues = {
  readonly canary: readonly number[]
  readonly stable: readonly number[]
}

export class RankBetting {
  readonly #margin: number
  readonly #mixture: Mixture
  readonly #gains = new Float64Array(fractions.length)

  /** `margin` is by how much the canary's values may lie above the stable ones, in their unit. */
  constructor(margin: number, plan: BettingPlan = betFromTheStart) {
    this.#margin = margin
    this.#mixture = new Mixture({ ...plan, components: fractions.length })
  }

  /** A block in which one side has no value tells nothing. */
  add(block: BlockValues): void {
    const excess = rankExcess(block, this.#margin)
    for (const [j, fraction] of fractions.entries()) this.#gains[j] = Math.log1p(fraction * excess)
    this.#mixture.add(this.#gains)
  }

  logE(): number {
    return this.#mixture.logE()
  }

  /** log E without its best window. */
  guarded(): number {
    return this.#mixture.guarded()
  }
}

/** From -1, every canary value is the smaller one, to 1; 0 when there is nothing to compare. */
function rankExcess({ canary, stable }: BlockValues, margin: number): number {
  const samples = { canary: known(canary), stable: known(stable) }
  const [n, m] = [samples.canary.length, samples.stable.length]
  if (n === 0 || m === 0) return 0
  const wins = pooledRanks(samples, margin).rankSum - (n * (n + 1)) / 2
  return (2 * wins) / (n * m) - 1
}

function known(values: readonly number[]): Float64Array {
  return Float64Array.from(values.filter((value) => !Number.isNaN(value))).toSorted()
}
