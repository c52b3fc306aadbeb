/** Minutes of both sides: what rules that ask Prometheus once a minute see. */
import { istioBounds } from './latency-law.ts'
import type { PodStep } from './pod.ts'
import { type Step, sumOf } from './release.ts'

export type Minute = { readonly at: number; readonly canary: PodStep; readonly stable: PodStep }

export class Minutes {
  #steps: Step[] = []

  /** The minute that ends with this step, if one does. */
  endedBy(step: Step): Minute | undefined {
    this.#steps.push(step)
    if (step.at % 60 !== 0) return undefined
    const canary = sumOf(this.#steps.flatMap((each) => each.canary))
    const stable = sumOf(this.#steps.map((each) => each.stable))
    this.#steps = []
    return { at: step.at, canary, stable }
  }
}

/** In percent; NaN without requests. */
export function failurePercent({ requests, failures }: PodStep): number {
  return (100 * failures) / requests
}

/** As `histogram_quantile` has it: linear within a bucket, the highest bound beyond it, NaN without requests. */
export function interpolatedQuantile(durations: readonly number[], quantile: number): number {
  const rank = quantile * durations.reduce((sum, count) => sum + count, 0)
  let below = 0
  for (const [k, bound] of istioBounds.entries()) {
    const inside = durations[k] ?? 0
    if (below + inside >= rank && inside > 0) {
      const from = istioBounds[k - 1] ?? 0
      return from + ((bound - from) * (rank - below)) / inside
    }
    below += inside
  }
  return below > 0 ? (istioBounds.at(-1) ?? 0) : NaN
}
