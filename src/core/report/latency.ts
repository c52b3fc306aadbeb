/** What was found of latency → its part of a report. */
import type { LatencyFindings } from '../judge/verdict.ts'
import type { QuantileInterval } from '../stats/quantile-interval.ts'
import type { ReportedLatency, ReportedSpan } from './release-report.ts'

type NotCompared = Extract<LatencyFindings, { kind: 'not-compared' }>['because']

const words: Readonly<Record<NotCompared, string>> = {
  NotAsked: 'latency was not judged',
  NoBuckets: 'too few requests were seen in the buckets of a histogram to say what is normal',
  NoCommonBounds: 'the histograms of both sides have no bound in common',
  NoAnswer: 'the buckets could not be read',
  ProxySkew: 'the proxies of the two sides count times differently',
}

export function latencyOf(latency: LatencyFindings): ReportedLatency {
  if (latency.kind === 'not-compared') {
    const { because } = latency
    return { kind: 'not-compared', code: because, text: words[because] }
  }
  return {
    kind: 'compared',
    quantiles: latency.quantiles.map(({ quantile, canary, stable }) => ({
      quantile,
      canary: spanOf(canary),
      stable: spanOf(stable),
    })),
    bounds: latency.bounds.map(({ bound, canary, stable, logE }) => ({
      boundMs: bound,
      canary: { requests: canary.requests, slower: canary.failures },
      stable: { requests: stable.requests, slower: stable.failures },
      evidenceNats: logE,
    })),
  }
}

function spanOf({ low, high }: QuantileInterval): ReportedSpan {
  return { lowMs: low, highMs: high }
}
