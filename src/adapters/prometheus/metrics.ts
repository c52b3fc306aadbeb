/** Raw samples from a real Prometheus, or what speaks like it. */
import type { Reading } from '../../core/judge/reading.ts'
import { type Duration, inSeconds } from '../../core/units.ts'
import type { Metrics, Window } from '../../ports.ts'
import { type Endpoint, endpointOf, type MetricsAddress } from './endpoint.ts'
import { readingOf } from './reading.ts'
import { send, unansweredText } from './transport.ts'

export type MetricsOptions = MetricsAddress & {
  /** For one whole answer; the store is told, so that it stops working as well. */
  readonly timeout: Duration
}

/** Throws PortError `invalid` with the remedy for an address or credentials that cannot work. Does not talk to the store yet. */
export function createMetrics(options: MetricsOptions): Metrics {
  const endpoint = endpointOf(options)
  return { range: (query, window) => range(endpoint, options.timeout, query, window) }
}

async function range(
  endpoint: Endpoint,
  timeout: Duration,
  query: string,
  window: Window,
): Promise<Reading> {
  const answer = await send({ endpoint, timeout, query, window })
  if (answer.kind === 'none')
    return { kind: 'failed', why: unansweredText(endpoint, answer.error, inSeconds(timeout)) }
  return readingOf(answer, endpoint.shown)
}
