/** How long answers take: log-normal, seen through Istio's default buckets. */
import type { Duration } from '../../core/units.ts'

/** Upper bounds in milliseconds as Istio prints them; `+Inf` comes after them. */
export const bounds: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000,
  1_800_000, 3_600_000,
]

/** Of the logarithm: the 95th percentile is 2.7 times the median. */
const sigma = 0.6

export type LatencyShape = {
  /** Share of answers in each bucket (not cumulative), `+Inf` last. */
  readonly shares: readonly number[]
  /** Mean of the answers in each bucket, in milliseconds. */
  readonly means: readonly number[]
}

/**
 * Durations are cut to whole milliseconds before they are counted, so a bucket with bound 10 takes everything below 11 ms.
 * This is Envoy's rule up to 50 ms; above, its two-digit bins reach a little further, which is not modelled.
 */
export function latencyShape(median: Duration): LatencyShape {
  const mu = Math.log(Math.max(median, 0.1))
  const edges = [0, ...bounds.map((bound) => Math.floor(bound) + 1), Number.POSITIVE_INFINITY]
  const below = edges.map((edge) => normal((Math.log(edge) - mu) / sigma))
  const weighted = edges.map((edge) => normal((Math.log(edge) - mu) / sigma - sigma))
  const shares = differences(below)
  const whole = Math.exp(mu + sigma ** 2 / 2)
  const means = differences(weighted).map((part, bucket) => {
    const share = shares[bucket] ?? 0
    return share > 0 ? Math.max(0, (whole * part) / share - 0.5) : 0
  })
  return { shares, means }
}

function differences(values: readonly number[]): readonly number[] {
  return values.slice(1).map((value, index) => Math.max(0, value - (values[index] ?? 0)))
}

/** The standard normal distribution, by Abramowitz and Stegun 7.1.26: off by less than 1e-7. */
function normal(z: number): number {
  if (!Number.isFinite(z)) return z > 0 ? 1 : 0
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const series =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  const tail = (series * Math.exp(-x * x)) / 2
  return z > 0 ? 1 - tail : tail
}
