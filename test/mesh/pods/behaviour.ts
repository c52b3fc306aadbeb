/** How the containers of a pod answer, as annotations on its template say: the sandbox's own, so that one manifest serves both. */
import type { KubeObject } from '../../../src/core/object.ts'
import { parseDuration } from '../../../src/core/units.ts'
import { annotations } from '../../../src/sandbox/annotations.ts'

export type Behaviour = {
  /** Listens to nobody, yet counts as Ready. */
  readonly refuses: boolean
  /** Share of requests answered with 500. */
  readonly failures: number
  /** Of a log-normal distribution, in milliseconds. */
  readonly median: number
}

/** Of the logarithm: the 95th percentile is 2.7 times the median. */
const sigma = 0.6

export function behaviourOf({ metadata: { annotations: said } }: KubeObject): Behaviour {
  return {
    refuses: said[annotations.crash] === 'true',
    failures: Number(said[annotations.failureRatio] ?? 0),
    median: parseDuration(said[annotations.latency] ?? '') ?? 3,
  }
}

export function fails({ failures }: Behaviour): boolean {
  return Math.random() < failures
}

/** Milliseconds until the answer. */
export function delay({ median }: Behaviour): number {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
  return median * Math.exp(sigma * normal)
}
