/**
 * Evidence that a canary's gauge lies above the stable one's, from the sign of one paired difference a block.
 *
 * What it promises: on a canary that is no worse than the margin, log E ever reaches log(1/alpha) with a probability of at most alpha, however
 * often one looks, whatever the values' distribution, and while both sides rise and fall together.
 * What it assumes: given all earlier blocks, a difference is at least as likely below the margin as above it. So a block must be longer than
 * the memory of either side's own values (`block-length.ts`); shorter blocks break the promise: 19 % false alarms instead of 1 % where the
 * memory is eight blocks (spec §8.6).
 *
 *   e = 1 + f sign(d)   for fractions f of the wealth
 *
 * It needs ten blocks at alpha 1 % at least, and cannot be fooled by one huge value. Source: spec/statistics §5.2; vectors in fixtures/kayenta.
 */
import { Mixture, type MixturePlan } from './mixture.ts'

/** Parts of the wealth that are put at stake. */
export const fractions: readonly number[] = [0.1, 0.2, 0.35, 0.5, 0.7, 0.9]

/** Bets that run from the first block on; a prior over later starts and a guard are the mixture's (`mixture.ts`). */
export type BettingPlan = Omit<MixturePlan, 'components'>

export const betFromTheStart: BettingPlan = { window: 0, first: 1, hazard: 0 }

export class SignBetting {
  readonly #mixture: Mixture
  readonly #gains = new Float64Array(fractions.length)

  constructor(plan: BettingPlan = betFromTheStart) {
    this.#mixture = new Mixture({ ...plan, components: fractions.length })
  }

  /** A paired difference of a block less its margin, as `pairedDifference` has it. None, and 0, tell nothing. */
  add(difference: number): void {
    const sign = Number.isNaN(difference) ? 0 : Math.sign(difference)
    for (const [j, fraction] of fractions.entries()) this.#gains[j] = Math.log1p(fraction * sign)
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
