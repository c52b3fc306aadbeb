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
import { Evidence } from './evidence.ts'

export type RatioBounds = {
  /** Mantel-Haenszel: weighs each block by what it can tell. Undefined while the stable side has not failed. */
  readonly estimate: number | undefined
  readonly low: number
  /** Undefined when no ratio of the grid is rejected from above. */
  readonly high: number | undefined
}

/** From 1/16 to about 1000 in steps of a fifth to a quarter. */
const ratios: readonly number[] = Array.from({ length: 44 }, (_, k) => 2 ** (k / 3.1) / 16)

const above: readonly number[] = [1.3, 2, 4, 20]
const below: readonly number[] = [0.1, 0.3, 0.6, 0.85]

export class RelativeRatio {
  readonly #threshold: number
  readonly #more: readonly Evidence[]
  readonly #less: readonly Evidence[]
  #canary = 0
  #stable = 0

  constructor(alpha: number, phi: number) {
    this.#threshold = Math.log(2 / alpha)
    this.#more = ratios.map((ratio) => evidenceAbout(ratio, above, phi))
    this.#less = ratios.map((ratio) => evidenceAbout(ratio, below, phi))
  }

  add(block: BlockCounts): void {
    if (isEmpty(block)) return
    for (const evidence of this.#more) evidence.add(block)
    for (const evidence of this.#less) evidence.add(block)
    const { canary, stable } = block
    const all = canary.requests + stable.requests
    this.#canary += (canary.failures * stable.requests) / all
    this.#stable += (stable.failures * canary.requests) / all
  }

  /** Undefined when nothing can be said. */
  bounds(): RatioBounds | undefined {
    const low = ratios[this.#more.findLastIndex((evidence) => this.#rejects(evidence))] ?? 0
    const high = ratios[this.#less.findIndex((evidence) => this.#rejects(evidence))]
    if (this.#canary === 0 && this.#stable === 0) return undefined
    const estimate = this.#stable > 0 ? this.#canary / this.#stable : undefined
    return { estimate, low, high }
  }

  #rejects(evidence: Evidence): boolean {
    return evidence.logE() >= this.#threshold
  }
}

function evidenceAbout(ratio: number, times: readonly number[], phi: number): Evidence {
  return new Evidence({
    boundary: { ratio, points: 0 },
    shares: [],
    times,
    phi,
    cap: Infinity,
    window: 0,
    first: 1,
    hazard: 0,
  })
}
