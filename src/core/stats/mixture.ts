/**
 * A mixture of e-processes, each of them again a mixture over the time at which a change began.
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
import { logAddExp } from './log-space.ts'

export type MixturePlan = {
  readonly components: number
  /** Blocks that the guard leaves out; 0 is no guard. */
  readonly window: number
  /** Part of the weight that bets on a change at the start; 1 is no prior over starting times. */
  readonly first: number
  /** Probability of a change from one block to the next, given none so far. */
  readonly hazard: number
  /** Of the components, fixed before the first block; together 1. Equal unless said. */
  readonly weights?: readonly number[] | undefined
}

/** The weights unspent never fall below this, so that the logarithm stays finite. */
const leastCash = 1e-12
/** log W, log S, the best gain and the weight; the ring comes after them. */
const sections = 4

export class Mixture {
  readonly #plan: MixturePlan
  /**
   * Of each component, one section after the other: log W, log S, the best gain within a window, log of its weight times their number, and as a ring the
   * worth after each of the last `window` blocks.
   */
  readonly #memory: Float64Array
  #blocks = 0
  #spent = 0
  /** log E, once somebody asked. */
  #known: number | undefined

  constructor(plan: MixturePlan) {
    this.#plan = plan
    this.#memory = new Float64Array(plan.components * (sections + plan.window))
    this.#memory.fill(-Infinity, 0, plan.components)
    for (const [j, weight] of (plan.weights ?? []).entries()) {
      this.#memory[3 * plan.components + j] = Math.log(weight * plan.components)
    }
  }

  /** The same evidence, to go on apart from now on; without a guard. */
  copy(): Mixture {
    const copy = new Mixture({ ...this.#plan, window: 0 })
    copy.#memory.set(this.#memory.subarray(0, copy.#memory.length))
    copy.#blocks = this.#blocks
    copy.#spent = this.#spent
    return copy
  }

  /** One more block: log e of every component. */
  add(increments: Float64Array): void {
    const { components, first, window } = this.#plan
    const memory = this.#memory
    const start = Math.log(this.#spend())
    const cash = first < 1 ? Math.log(Math.max(1 - this.#spent, leastCash)) : -Infinity
    for (let j = 0; j < components; j++) {
      const started = logAddExp(memory[j] ?? -Infinity, start) + (increments[j] ?? 0)
      memory[j] = started
      memory[components + j] = logAddExp(started, cash)
    }
    if (window > 0) this.#remember()
    this.#blocks += 1
    this.#known = undefined
  }

  /** log E now; 0 before the first block. */
  logE(): number {
    this.#known ??= this.#mean(0)
    return this.#known
  }

  /** log E without its best window; log E itself where there is no guard. */
  guarded(): number {
    return this.#mean(1)
  }

  /** log of the average worth, less `part` of the best gain. */
  #mean(part: number): number {
    const { components } = this.#plan
    let high = -Infinity
    for (let j = 0; j < components; j++) high = Math.max(high, this.#worthOf(j, part))
    if (high === -Infinity) return high
    let sum = 0
    for (let j = 0; j < components; j++) sum += Math.exp(this.#worthOf(j, part) - high)
    return high + Math.log(sum / components)
  }

  #worthOf(j: number, part: number): number {
    const { components } = this.#plan
    const memory = this.#memory
    const weight = memory[3 * components + j] ?? 0
    return weight + (memory[components + j] ?? 0) - part * (memory[2 * components + j] ?? 0)
  }

  #spend(): number {
    const { first, hazard } = this.#plan
    const weight =
      this.#blocks === 0 ? first : (1 - first) * hazard * (1 - hazard) ** (this.#blocks - 1)
    this.#spent += weight
    return weight
  }

  #remember(): void {
    const { components, window } = this.#plan
    const memory = this.#memory
    const ring = (sections + (this.#blocks % window)) * components
    for (let j = 0; j < components; j++) {
      const worth = memory[components + j] ?? 0
      const best = memory[2 * components + j] ?? 0
      memory[2 * components + j] = Math.max(best, worth - (memory[ring + j] ?? 0))
      memory[ring + j] = worth
    }
  }
}
