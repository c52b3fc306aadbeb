/**
 * A mixture of e-processes of equal weight, each of them again a mixture over the time at which a change began.
 *
 * What it promises: an average of e-processes is one, so the guarantee of the components holds for the mixture at any time. A harm that
 * begins late is found nearly as fast as one that is there from the start.
 *
 * The guard is the evidence without the best stretch of `window` blocks, for each component the one that hurts it most. A burst that is
 * shorter than the window, however big, leaves it near to nothing. It only withholds, so it can cause no false alarm.
 *
 *   W <- e^l (W + w_k),   S = W + (1 - sum of w so far),   w_1 = first,  w_k = (1 - first) h (1 - h)^(k-2)
 *
 * Source: spec/statistics §3.4, §3.5, §7.
 */
import { logAddExp, logMeanExp } from './log-space.ts'

export type MixturePlan = {
  readonly components: number
  /** Blocks that the guard leaves out; 0 is no guard. */
  readonly window: number
  /** Part of the weight that bets on a change at the start; 1 is no prior over starting times. */
  readonly first: number
  /** Probability of a change from one block to the next, given none so far. */
  readonly hazard: number
}

/** The weights unspent never fall below this, so that the logarithm stays finite. */
const leastCash = 1e-12

export class Mixture {
  readonly #plan: MixturePlan
  /** log W and log S of each component, and its best gain within a window. */
  readonly #started: Float64Array
  readonly #worth: Float64Array
  readonly #best: Float64Array
  readonly #without: Float64Array
  /** The worth after each of the last `window` blocks, as a ring. */
  readonly #ring: Float64Array
  #blocks = 0
  #spent = 0

  constructor(plan: MixturePlan) {
    this.#plan = plan
    this.#started = new Float64Array(plan.components).fill(-Infinity)
    this.#worth = new Float64Array(plan.components)
    this.#best = new Float64Array(plan.components)
    this.#without = new Float64Array(plan.components)
    this.#ring = new Float64Array(plan.components * plan.window)
  }

  /** One more block: log e of every component. */
  add(increments: Float64Array): void {
    const start = Math.log(this.#spend())
    const cash = this.#plan.first < 1 ? Math.log(Math.max(1 - this.#spent, leastCash)) : -Infinity
    for (let j = 0; j < this.#plan.components; j++) {
      const started = logAddExp(this.#started[j] ?? -Infinity, start) + (increments[j] ?? 0)
      this.#started[j] = started
      this.#worth[j] = logAddExp(started, cash)
    }
    if (this.#plan.window > 0) this.#remember()
    this.#blocks += 1
  }

  /** log E now; 0 before the first block. */
  logE(): number {
    return logMeanExp(this.#worth)
  }

  /** log E without its best window; log E itself where there is no guard. */
  guarded(): number {
    for (let j = 0; j < this.#without.length; j++) {
      this.#without[j] = (this.#worth[j] ?? 0) - (this.#best[j] ?? 0)
    }
    return logMeanExp(this.#without)
  }

  #spend(): number {
    const { first, hazard } = this.#plan
    const weight =
      this.#blocks === 0 ? first : (1 - first) * hazard * (1 - hazard) ** (this.#blocks - 1)
    this.#spent += weight
    return weight
  }

  #remember(): void {
    const offset = (this.#blocks % this.#plan.window) * this.#plan.components
    for (let j = 0; j < this.#plan.components; j++) {
      const worth = this.#worth[j] ?? 0
      this.#best[j] = Math.max(this.#best[j] ?? 0, worth - (this.#ring[offset + j] ?? 0))
      this.#ring[offset + j] = worth
    }
  }
}
