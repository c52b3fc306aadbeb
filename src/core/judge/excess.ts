/**
 * How much more the canary may still fail: the upper end of an interval for its excess over the stable side's failure ratio.
 *
 * What it promises: however often one looks, the true excess lies above any bound shown with a probability of at most the false pass rate. It is the
 * proof of a pass, asked for a range of margins: the bound shown is at most the pass margin exactly where the pass is proved.
 * Source: spec/statistics §3.7.
 */
import { Evidence } from '../stats/evidence.ts'
import { type Share, share } from '../units.ts'
import type { Block } from './open-block.ts'
import { guardThreshold, type LinePlan } from './plans.ts'

/** As shares. The bound is the next of them, so it is on the safe side by up to a half. */
const grid: readonly number[] = [1e-4, 1e-3, 1e-2, 1e-1].flatMap((decade) =>
  [1, 1.5, 2, 3, 5, 7].map((step) => Number((decade * step).toPrecision(2))),
)

type Candidate = { readonly points: number; readonly evidence: Evidence }

export class Excess {
  readonly #plan: LinePlan
  readonly #candidates: readonly Candidate[]

  /** `plan` is that of the pass. */
  constructor(plan: LinePlan) {
    const { boundary } = plan.evidence
    const all = [...grid, boundary.points]
    this.#plan = plan
    this.#candidates = [...new Set(all)]
      .toSorted((a, b) => a - b)
      .map((points) => ({
        points,
        evidence: new Evidence({ ...plan.evidence, boundary: { ...boundary, points } }),
      }))
  }

  add(block: Block): void {
    const seen = this.#plan.sees(block)
    const factor = this.#plan.factor(block)
    for (const { evidence } of this.#candidates) evidence.add(seen, factor)
  }

  /** The smallest excess from which on all are ruled out; undefined where not even the largest is. */
  atMost(): Share | undefined {
    const last = this.#candidates.findLastIndex(({ evidence }) => !this.#isRuledOut(evidence))
    const bound = this.#candidates[last + 1]
    return bound && share(bound.points)
  }

  #isRuledOut(evidence: Evidence): boolean {
    const { threshold, guard } = this.#plan
    return (
      evidence.logE() >= threshold && (guard === undefined || evidence.guarded() >= guardThreshold)
    )
  }
}
