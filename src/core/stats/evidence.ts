/**
 * Evidence about two sides, gathered block by block: a mixture of share (SE) and count (CE) bets about one boundary.
 *
 * What it promises: on a canary on the good side of the boundary (for bets below 1: on the bad side) the evidence ever reaches log(1/alpha)
 * with a probability of at most alpha, over the whole release and however often one looks, also while traffic moves from one side
 * to the other. Source: spec/statistics §3.
 */
import type { BlockCounts, Boundary, Tally } from './block.ts'
import { countIncrement } from './count-evidence.ts'
import { Mixture } from './mixture.ts'
import { shareIncrement } from './share-evidence.ts'

export type EvidencePlan = {
  readonly boundary: Boundary
  /** Parts of the wealth that the share bets put in. */
  readonly shares: readonly number[]
  /** How many times beyond the boundary the count bets expect the canary. */
  readonly times: readonly number[]
  /** Size of bursts that count as one piece of evidence, for the count bets. */
  readonly phi: number
  /** The most that one count bet gains in a block, in nats. */
  readonly cap: number
  /** The same of one share bet; as much as it can unless said. */
  readonly shareCap?: number
  /** Blocks that the guard leaves out. */
  readonly window: number
  readonly first: number
  readonly hazard: number
  /** Of the bets, shares first; together 1. Equal unless said. */
  readonly weights?: readonly number[] | undefined
  /** What the stable side is taken for before the first block; half a failure in 500 requests unless said. */
  readonly prior?: Tally
  /** How much of what is known of the stable side stays from one block to the next; all of it unless said. */
  readonly memory?: number
}

const longAgo: Tally = { requests: 500, failures: 0.5 }
const leastGuess = 1e-6

export class Evidence {
  readonly #plan: EvidencePlan
  readonly #test: { ratio: number; points: number; readonly phi: number }
  #mixture: Mixture
  readonly #gains: Float64Array
  readonly #memory: number
  #failures: number
  #requests: number

  constructor(plan: EvidencePlan) {
    this.#plan = plan
    this.#test = { ...plan.boundary, phi: plan.phi }
    const components = plan.shares.length + plan.times.length
    this.#mixture = new Mixture({ ...plan, components })
    this.#gains = new Float64Array(components)
    const { memory = 1, prior = longAgo } = plan
    this.#memory = memory
    this.#failures = prior.failures
    this.#requests = prior.requests
  }

  /** The same evidence, to go on apart from now on; without a guard. */
  copy(): Evidence {
    const copy = new Evidence({ ...this.#plan, window: 0 })
    copy.#mixture = this.#mixture.copy()
    copy.#failures = this.#failures
    copy.#requests = this.#requests
    return copy
  }

  /** The share of the stable side's requests that is expected to fail in the next block. */
  get guess(): number {
    return Math.min(1, Math.max(leastGuess, this.#failures / this.#requests))
  }

  /**
   * An empty block tells nothing and only lets time pass. The boundary may move from block to block, so long as it is fixed before the block's outcome:
   * `factor` times the plan's ratio, and `extra` points.
   */
  add(block: BlockCounts, factor = 1, extra = 0): void {
    const { shares, times, boundary, cap, shareCap = Infinity } = this.#plan
    this.#test.ratio = boundary.ratio * factor
    this.#test.points = boundary.points + extra
    const { guess } = this
    for (let j = 0; j < shares.length; j++) {
      this.#gains[j] = Math.min(shareCap, shareIncrement(block, this.#test, shares[j] ?? 0))
    }
    for (let j = 0; j < times.length; j++) {
      const gain = countIncrement(block, this.#test, times[j] ?? 1, guess)
      this.#gains[shares.length + j] = Math.min(cap, gain)
    }
    this.#mixture.add(this.#gains)
    this.#failures = this.#memory * this.#failures + block.stable.failures
    this.#requests = this.#memory * this.#requests + block.stable.requests
  }

  logE(): number {
    return this.#mixture.logE()
  }

  /** log E without its best window. */
  guarded(): number {
    return this.#mixture.guarded()
  }
}
