/** The rule that most people have: so many bad minutes and out. A minute without an answer counts for nothing. */
import type { Contestant } from './contestant.ts'
import { failurePercent, interpolatedQuantile, type Minute, Minutes } from './minutes.ts'
import type { Step } from './release.ts'

export type ThresholdPlan = {
  readonly isBad: (minute: Minute) => boolean
  /** Bad minutes that end the release, in a row or not. */
  readonly limit: number
}

/** Argo Rollouts with `failureLimit: 3` gives up at the fourth failure, Flagger with `threshold: 5` at the fifth failed check. */
export const argoLimit = 4
export const flaggerLimit = 5

export class Threshold implements Contestant {
  readonly #plan: ThresholdPlan
  readonly #minutes = new Minutes()
  #bad = 0

  constructor(plan: ThresholdPlan) {
    this.#plan = plan
  }

  sees(step: Step): boolean {
    const minute = this.#minutes.endedBy(step)
    if (minute !== undefined && this.#plan.isBad(minute)) this.#bad += 1
    return this.#bad >= this.#plan.limit
  }
}

/** `percent` of the canary's requests must succeed. */
export function succeedsBelow(percent: number): ThresholdPlan['isBad'] {
  return ({ canary }) => failurePercent(canary) > 100 - percent
}

/** The canary's p99 may be so many milliseconds. */
export function p99Above(milliseconds: number): ThresholdPlan['isBad'] {
  return ({ canary }) => interpolatedQuantile(canary.durations, 0.99) > milliseconds
}
