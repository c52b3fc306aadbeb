/**
 * How many times as often the canary fails as the stable side, with bounds.
 *
 * What it promises: however often one looks, and while traffic moves from one side to the other, the true ratio lies outside of any of the
 * bounds shown with a probability of at most `alpha`, if failures come in bursts of at most `phi`.
 *
 * For each ratio of a grid two count e-processes run, one against "not more often than this" and one against "not less often". The bounds are
 * the grid's ratios that are rejected now, so they are on the safe side by up to one step. Source: spec/statistics §3.2, §3.7.
 */
import { type BlockCounts, isEmpty } from './block.ts'
import { countIncrement } from './count-evidence.ts'
import { logMeanExp } from './log-space.ts'

export type RatioBounds = {
  /** Mantel-Haenszel: weighs each block by what it can tell. Undefined while the stable side has not failed. */
  readonly estimate: number | undefined
  readonly low: number
  /** Undefined when no ratio of the grid is rejected from above. */
  readonly high: number | undefined
}

/** From 1/16 to about 1000 in steps of a fifth to a quarter. */
const ratios: readonly number[] = Array.from({ length: 44 }, (_, k) => 2 ** (k / 3.1) / 16)

/** How many times beyond a ratio the bets expect the canary: first those above it, then those below. */
const bets: readonly number[] = [1.3, 2, 4, 20, 0.1, 0.3, 0.6, 0.85]
const perDirection = 4

export class RelativeRatio {
  readonly #threshold: number
  readonly #test: { ratio: number; readonly points: 0; readonly phi: number }
  /** log e of each bet about each ratio. */
  readonly #sums = new Float64Array(ratios.length * bets.length)
  #canary = 0
  #stable = 0

  constructor(alpha: number, phi: number) {
    this.#threshold = Math.log(2 / alpha)
    this.#test = { ratio: 1, points: 0, phi }
  }

  add(block: BlockCounts): void {
    if (isEmpty(block)) return
    for (let k = 0; k < ratios.length; k++) this.#weigh(block, k)
    const { canary, stable } = block
    const all = canary.requests + stable.requests
    this.#canary += (canary.failures * stable.requests) / all
    this.#stable += (stable.failures * canary.requests) / all
  }

  /** Undefined when nothing can be said. */
  bounds(): RatioBounds | undefined {
    const low = ratios[ratios.findLastIndex((_, k) => this.#rejects(k, 0))] ?? 0
    const high = ratios[ratios.findIndex((_, k) => this.#rejects(k, perDirection))]
    if (this.#canary === 0 && this.#stable === 0) return undefined
    const estimate = this.#stable > 0 ? this.#canary / this.#stable : undefined
    return { estimate, low, high }
  }

  #weigh(block: BlockCounts, k: number): void {
    this.#test.ratio = ratios[k] ?? 1
    for (let j = 0; j < bets.length; j++) {
      const place = k * bets.length + j
      const gain = countIncrement(block, this.#test, bets[j] ?? 1, 1)
      this.#sums[place] = (this.#sums[place] ?? 0) + gain
    }
  }

  /** By the bets of one direction, which begin at `first`. */
  #rejects(k: number, first: number): boolean {
    const start = k * bets.length + first
    return logMeanExp(this.#sums.subarray(start, start + perDirection)) >= this.#threshold
  }
}
