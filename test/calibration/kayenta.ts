/** Kayenta's judge on a value a minute: any metric that it calls High fails the canary. */
import { classify } from '../../src/core/score/classify.ts'
import { prepared } from '../../src/core/score/prepare.ts'
import { standardMethod } from '../../src/core/score/settings.ts'
import { metric } from '../core/score/build.ts'
import type { Contestant } from './contestant.ts'
import { failurePercent, interpolatedQuantile, type Minute, Minutes } from './minutes.ts'
import type { PodStep } from './pod.ts'
import type { Step } from './release.ts'

export type KayentaPlan = {
  readonly measures: readonly ((side: PodStep) => number)[]
  /** Whether it judges all it has seen, at this second. */
  readonly looksAt: (second: number) => boolean
}

export function failuresAlone(): KayentaPlan['measures'] {
  return [failurePercent]
}

export function latencyQuantiles(): KayentaPlan['measures'] {
  return [0.5, 0.95, 0.99].map(
    (quantile) =>
      ({ durations }) =>
        interpolatedQuantile(durations, quantile),
  )
}

export const onceAt30Minutes: KayentaPlan['looksAt'] = (second) => second === 1800
export const every5Minutes: KayentaPlan['looksAt'] = (second) => second % 300 === 0

export class Kayenta implements Contestant {
  readonly #plan: KayentaPlan
  readonly #collected = new Minutes()
  readonly #minutes: Minute[] = []

  constructor(plan: KayentaPlan) {
    this.#plan = plan
  }

  sees(step: Step): boolean {
    const minute = this.#collected.endedBy(step)
    if (minute === undefined) return false
    this.#minutes.push(minute)
    return this.#plan.looksAt(minute.at) && this.#plan.measures.some((of) => this.#isHigh(of))
  }

  #isHigh(measure: (side: PodStep) => number): boolean {
    const canary = sorted(this.#minutes.map((minute) => measure(minute.canary)))
    const stable = sorted(this.#minutes.map((minute) => measure(minute.stable)))
    return classify(measured, { canary, stable }, standardMethod).label === 'High'
  }
}

const measured = metric({ name: 'measure', groups: [], direction: 'increase' })

function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(prepared(values, measured)).toSorted()
}
