/** How a pod answers, as its annotations say. */
import type { KubeObject } from '../../core/object.ts'
import { milliseconds, parseDuration, type Share, share } from '../../core/units.ts'
import { annotations } from '../annotations.ts'
import { type LatencyShape, latencyShape } from './latency.ts'

export type Behaviour = {
  /** Refuses every connection. */
  readonly crash: boolean
  readonly failures: Share
  readonly latency: LatencyShape
}

const healthyFailures = share(0.001)
const healthyLatency = milliseconds(40)

/** An annotation that makes no sense counts as absent. */
export function behaviourOf({ metadata: { annotations: said } }: KubeObject): Behaviour {
  const failures = Number(said[annotations.failureRatio] ?? Number.NaN)
  const latency = parseDuration(said[annotations.latency] ?? '') ?? healthyLatency
  return {
    crash: said[annotations.crash] === 'true',
    failures: failures >= 0 && failures <= 1 ? share(failures) : healthyFailures,
    latency: latencyShape(latency),
  }
}
