/** A block that is being filled. */
import type { Tally } from '../stats/block.ts'
import type { Instant } from '../units.ts'
import type { Counts } from './verdict.ts'

export type Block = {
  readonly start: Instant
  readonly end: Instant
  readonly canary: {
    /** Of pods past their warm-up. */
    readonly judged: Counts
    readonly all: Counts
    /** Judged, by name where names are known. */
    readonly byPod: ReadonlyMap<string, Tally>
    /** How many pods served judged requests. */
    readonly serving: number
  }
  readonly stable: Counts
}

export const nothing: Counts = { requests: 0, failures: 0, excluded: 0 }

/** Requests of some pods of the canary. */
export type CanaryPart = {
  /** Undefined where the pods are not told apart. */
  readonly pod: string | undefined
  readonly pods: number
  readonly isWarm: boolean
}

export class OpenBlock {
  readonly #start: Instant
  readonly #judged = { ...nothing }
  readonly #all = { ...nothing }
  readonly #stable = { ...nothing }
  readonly #byPod = new Map<string, { requests: number; failures: number }>()
  #unnamed = 0

  constructor(start: Instant) {
    this.#start = start
  }

  addStable(counts: Counts): void {
    increase(this.#stable, counts)
  }

  addCanary(counts: Counts, { pod, pods, isWarm }: CanaryPart): void {
    increase(this.#all, counts)
    if (!isWarm) return
    increase(this.#judged, counts)
    if (counts.requests === 0) return
    if (pod === undefined) this.#unnamed = Math.max(this.#unnamed, pods)
    else this.#increasePod(pod, counts)
  }

  closed(end: Instant): Block {
    const canary = {
      judged: this.#judged,
      all: this.#all,
      byPod: this.#byPod,
      serving: this.#byPod.size + this.#unnamed,
    }
    return { start: this.#start, end, canary, stable: this.#stable }
  }

  #increasePod(pod: string, { requests, failures }: Counts): void {
    const tally = this.#byPod.get(pod)
    if (tally === undefined) {
      this.#byPod.set(pod, { requests, failures })
      return
    }
    tally.requests += requests
    tally.failures += failures
  }
}

export function sumOf(a: Counts, b: Counts): Counts {
  const sum = { ...a }
  increase(sum, b)
  return sum
}

function increase(
  sum: { requests: number; failures: number; excluded: number },
  { requests, failures, excluded }: Counts,
): void {
  sum.requests += requests
  sum.failures += failures
  sum.excluded += excluded
}
