/**
 * A plain sequential likelihood ratio, as the literature has it for independent requests: no margin, no dispersion, no guard, no
 * change-point prior; 1 % for the whole release. Blocks of 15 s.
 */
import { Evidence } from '../../src/core/stats/evidence.ts'
import { logMeanExp } from '../../src/core/stats/log-space.ts'
import type { Contestant } from './contestant.ts'
import { istioBounds } from './latency-law.ts'
import type { PodStep } from './pod.ts'
import { type Step, sumOf } from './release.ts'

const threshold = Math.log(100)
const blockSteps = 3
const failureBets: readonly number[] = [1.25, 1.5, 2, 3, 5, 10, 25, 100]
const latencyBets: readonly number[] = [1.05, 1.12, 1.25, 1.5, 2, 3, 6, 20]

/** Requests that count as bad, of a side. */
type Measure = (side: PodStep) => { readonly requests: number; readonly failures: number }

export class PlainRatio implements Contestant {
  readonly #lines: readonly { readonly measure: Measure; readonly evidence: Evidence }[]
  #open: Step[] = []

  constructor(measures: readonly Measure[], bets: readonly number[]) {
    this.#lines = measures.map((measure) => ({ measure, evidence: plain(bets) }))
  }

  sees(step: Step): boolean {
    this.#open.push(step)
    if (this.#open.length < blockSteps) return false
    const canary = sumOf(this.#open.flatMap((each) => each.canary))
    const stable = sumOf(this.#open.map((each) => each.stable))
    this.#open = []
    for (const { measure, evidence } of this.#lines) {
      evidence.add({ canary: measure(canary), stable: measure(stable) })
    }
    return logMeanExp(this.#lines.map(({ evidence }) => evidence.logE())) >= threshold
  }
}

export function plainOnFailures(): PlainRatio {
  return new PlainRatio([(side) => side], failureBets)
}

/** Averaged over the bounds from 50 ms to 10 s. */
export function plainOnLatency(): PlainRatio {
  const measures = istioBounds
    .map((bound, k) => ({ bound, k }))
    .filter(({ bound }) => bound >= 50 && bound <= 10_000)
    .map(({ k }) => slowerThan(k))
  return new PlainRatio(measures, latencyBets)
}

function slowerThan(k: number): Measure {
  return ({ durations }) => ({
    requests: durations.reduce((sum, count) => sum + count, 0),
    failures: durations.slice(k + 1).reduce((sum, count) => sum + count, 0),
  })
}

function plain(times: readonly number[]): Evidence {
  return new Evidence({
    boundary: { ratio: 1, points: 0 },
    shares: [],
    times,
    phi: 1,
    cap: Infinity,
    window: 0,
    first: 1,
    hazard: 0,
  })
}
