/** What one proxy counts, as a scrape sees it. */
import { bounds } from './latency.ts'

export type Labels = Readonly<Record<string, string>>

/** One series. The object lives as long as the series does; its value grows. */
export type Counted = {
  readonly name: string
  readonly labels: Labels
  readonly value: number
}

export const requestsTotal = 'istio_requests_total'
export const durations = 'istio_request_duration_milliseconds'

/** Labels with a short text that stands for them. */
export type LabelSet = { readonly key: string; readonly labels: Labels }

/** How many answers fell into each bucket, and how long they took together, in whole milliseconds. */
export type Times = { readonly buckets: readonly number[]; readonly sum: number }

type Growing = { readonly name: string; readonly labels: Labels; value: number }
type Histogram = {
  readonly buckets: readonly Growing[]
  readonly sum: Growing
  readonly count: Growing
}

/** Counters start with the proxy and die with it. A series is born at its first event. */
export class Counters {
  readonly #requests = new Map<string, Growing>()
  readonly #histograms = new Map<string, Histogram>()

  requests({ key, labels }: LabelSet, count: number): void {
    if (count <= 0) return
    const series = this.#requests.get(key) ?? born(requestsTotal, labels)
    this.#requests.set(key, series)
    series.value += count
  }

  times({ key, labels }: LabelSet, { buckets, sum }: Times): void {
    const histogram = this.#histograms.get(key) ?? bornHistogram(labels)
    this.#histograms.set(key, histogram)
    let below = 0
    for (const [index, series] of histogram.buckets.entries()) {
      below += buckets[index] ?? 0
      series.value += below
    }
    histogram.count.value += below
    histogram.sum.value += sum
  }

  /** Metric by metric, as an exposition must be ordered. */
  series(): readonly Counted[] {
    const histograms = [...this.#histograms.values()]
    return [
      ...this.#requests.values(),
      ...histograms.flatMap(({ buckets, sum, count }) => [...buckets, sum, count]),
    ]
  }
}

function bornHistogram(labels: Labels): Histogram {
  const limits = [...bounds.map(String), '+Inf']
  return {
    buckets: limits.map((le) => born(`${durations}_bucket`, { ...labels, le })),
    sum: born(`${durations}_sum`, labels),
    count: born(`${durations}_count`, labels),
  }
}

function born(name: string, labels: Labels): Growing {
  return { name, labels, value: 0 }
}
