/** One line of evidence as it grows: what has been weighed so far, and whether it has spoken. */
import { Evidence } from '../stats/evidence.ts'
import { nats } from '../units.ts'
import type { Block } from './open-block.ts'
import { guardThreshold, type LinePlan } from './plans.ts'
import { Trace } from './trace.ts'
import type { Channel } from './verdict.ts'

export class Line<Plan extends LinePlan = LinePlan> {
  readonly plan: Plan
  readonly #evidence: Evidence
  readonly #trace: Trace | undefined

  constructor(plan: Plan, isTraced: boolean) {
    this.plan = plan
    this.#trace = isTraced ? new Trace() : undefined
    this.#evidence = new Evidence(plan.evidence)
  }

  add(block: Block): void {
    this.#evidence.add(this.plan.sees(block), this.plan.factor(block))
    this.#trace?.add(block.end, nats(this.#evidence.logE()))
  }

  /** Whether the evidence is at its threshold, guard or not. */
  isStrong(): boolean {
    return this.#evidence.logE() >= this.plan.threshold
  }

  /** Whether it decides: strong, and still so without its best stretch. */
  hasSpoken(): boolean {
    const isGuarded = this.plan.guard !== undefined
    return this.isStrong() && (!isGuarded || this.#evidence.guarded() >= guardThreshold)
  }

  channel(): Channel {
    const { name, threshold, guard } = this.plan
    return {
      name,
      logE: nats(this.#evidence.logE()),
      threshold,
      guard:
        guard === undefined
          ? undefined
          : { logE: nats(this.#evidence.guarded()), threshold: guardThreshold, window: guard },
      history: this.#trace?.points() ?? [],
    }
  }
}
