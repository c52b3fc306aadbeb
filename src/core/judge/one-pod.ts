/**
 * One bad pod told apart from a bad version: the evidence of failures once more, each time without one of the canary's pods.
 *
 * With three pods and more, a version that is bad shows on those that are left. A single pod on a bad node cannot be told from a bad version by any statistic.
 * Source: spec/statistics §3.8.
 */
import { Evidence, type EvidencePlan } from '../stats/evidence.ts'
import { nats } from '../units.ts'
import type { Block } from './open-block.ts'
import { type AgainstPlan, guardThreshold, judgedOf } from './plans.ts'
import type { Outlier } from './verdict.ts'

const fewestPods = 3
/** Pods that are watched apart; with more than that one of them weighs little. */
const mostPods = 8

type Watched = { readonly without: Evidence; requests: number; failures: number }

export class OnePod {
  readonly #plan: EvidencePlan
  readonly #factor: AgainstPlan['factor']
  readonly #whole: Evidence
  readonly #pods = new Map<string, Watched>()
  #isCrowd = false

  constructor({ evidence, factor }: AgainstPlan) {
    this.#plan = { ...evidence, window: 0 }
    this.#factor = factor
    this.#whole = new Evidence(this.#plan)
  }

  add(block: Block): void {
    for (const pod of block.canary.byPod.keys()) this.#watch(pod)
    const factor = this.#factor(block)
    for (const [pod, watched] of this.#pods) addWithout(watched, pod, block, factor)
    this.#whole.add(judgedOf(block), factor)
  }

  /** The pod that alone makes the canary look worse; undefined where it is the version, or cannot be told. */
  outlier(): Outlier | undefined {
    if (this.#isCrowd || this.#pods.size < fewestPods) return undefined
    const [worst] = [...this.#pods].toSorted(([, a], [, b]) => b.failures - a.failures)
    if (worst === undefined) return undefined
    const [pod, { without, requests, failures }] = worst
    const logE = without.logE()
    return logE < guardThreshold && this.#whole.logE() > logE
      ? { pod, counts: { requests, failures }, logEWithout: nats(logE) }
      : undefined
  }

  /** Until now nothing came from it, so that the evidence without it is all there is. */
  #watch(pod: string): void {
    if (this.#pods.has(pod)) return
    this.#isCrowd ||= this.#pods.size === mostPods
    if (this.#isCrowd) this.#pods.clear()
    else this.#pods.set(pod, { without: this.#whole.copy(), requests: 0, failures: 0 })
  }
}

function addWithout(watched: Watched, pod: string, block: Block, factor: number): void {
  const { requests = 0, failures = 0 } = block.canary.byPod.get(pod) ?? {}
  watched.requests += requests
  watched.failures += failures
  const { judged } = block.canary
  const canary = { requests: judged.requests - requests, failures: judged.failures - failures }
  watched.without.add({ canary, stable: block.stable }, factor)
}
