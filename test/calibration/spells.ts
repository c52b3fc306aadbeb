/** Stretches of time that come by chance: bursts, pauses, rests. */
import type { Random } from '../../src/sandbox/random.ts'

export type SpellPlan = {
  /** Mean seconds from the end of one to the start of the next. */
  readonly every: number
  /** Mean seconds that one lasts. */
  readonly lasting: number
}

/** Gaps and lengths are exponential. Asked in order of time. */
export class Spells {
  readonly #random: Random
  readonly #plan: SpellPlan
  #start: number
  #end: number

  constructor(random: Random, plan: SpellPlan, from: number) {
    this.#random = random
    this.#plan = plan
    this.#start = from + exponential(random, plan.every)
    this.#end = this.#start + exponential(random, plan.lasting)
  }

  /** The part of the time from `from` to `to` that lies in spells, from 0 to 1. */
  during(from: number, to: number): number {
    let inside = 0
    while (this.#start < to) {
      inside += Math.max(0, Math.min(this.#end, to) - Math.max(this.#start, from))
      if (this.#end > to) break
      this.#start = this.#end + exponential(this.#random, this.#plan.every)
      this.#end = this.#start + exponential(this.#random, this.#plan.lasting)
    }
    return inside / (to - from)
  }
}

export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random())
}

/** A draw from the standard normal distribution (Box and Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
