/** How much the pods of a Rollout serve now: a rough measure for planning, not evidence. */
import { outcomeOf } from '../judge/failures.ts'
import type { Reading, Series } from '../judge/reading.ts'
import type { FailureRule } from '../judge/settings.ts'
import type { KubeObject } from '../object.ts'
import { type Duration, inSeconds, share } from '../units.ts'
import type { Traffic } from './traffic.ts'

export function trafficQuery({ metadata }: KubeObject): string {
  const { namespace, name } = metadata
  return `sum by (pod, response_code, grpc_response_status, response_flags) (istio_requests_total{reporter="destination",namespace="${namespace}",pod=~"${name}-[a-z0-9]+-[a-z0-9]+"})`
}

/** `over` is the length of the window that was asked for. Undefined where there was no answer. */
export function trafficIn(
  reading: Reading,
  over: Duration,
  rule: FailureRule,
): Traffic | undefined {
  if (reading.kind !== 'series') return undefined
  let requests = 0
  let failures = 0
  for (const series of reading.series) {
    const { kind } = outcomeOf(endingOf(series), rule)
    if (kind === 'excluded') continue
    const count = increase(series)
    requests += count
    if (kind === 'failed') failures += count
  }
  return {
    requestsPerSecond: requests / inSeconds(over),
    failing: share(requests === 0 ? 0 : failures / requests),
  }
}

function endingOf({ labels }: Series): Parameters<typeof outcomeOf>[0] {
  return {
    code: labels['response_code'] ?? '',
    grpc: labels['grpc_response_status'] ?? '',
    flags: labels['response_flags'] ?? '',
  }
}

/** What a counter grew by; a fall is a restart. */
function increase({ samples }: Series): number {
  return samples.slice(1).reduce((total, { value }, index) => {
    const before = samples[index]?.value ?? value
    return total + (value >= before ? value - before : value)
  }, 0)
}
