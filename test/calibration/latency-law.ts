/** How long requests take: lognormal around 40 ms, and what a worse version makes of it. */

/** Istio's default bounds of `istio_request_duration_milliseconds`, without +Inf. */
export const istioBounds: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000,
  1_800_000, 3_600_000,
]

/** The share of requests that take longer than so many milliseconds. */
export type Tail = (milliseconds: number) => number

const median = 40
const sigma = 0.6

/** p50 40 ms, p95 107 ms, p99 161 ms. */
export const healthy: Tail = (milliseconds) => upperTail(Math.log(milliseconds / median) / sigma)

export function slowed(factor: number): Tail {
  return (milliseconds) => healthy(milliseconds / factor)
}

const quantile98 = median * Math.exp(sigma * 2.053_748_910_631_823)

/** The slowest 2 % take twice as long. */
export const tailDoubled: Tail = (milliseconds) =>
  healthy(Math.max(quantile98, milliseconds / 2)) +
  Math.max(0, healthy(milliseconds) - healthy(quantile98))

/** 2 % of the requests take a second longer. */
export const slowMode: Tail = (milliseconds) =>
  0.98 * healthy(milliseconds) + 0.02 * (milliseconds <= 1000 ? 1 : healthy(milliseconds - 1000))

/** Of the standard normal distribution; relative error below 1.2e-7 (Chebyshev fit of erfc, Numerical Recipes 6.2). */
export function upperTail(z: number): number {
  const x = Math.abs(z) * Math.SQRT1_2
  const t = 1 / (1 + x / 2)
  let sum = 0
  for (const coefficient of erfcFit) sum = sum * t + coefficient
  const tail = (t * Math.exp(-x * x + sum)) / 2
  return z >= 0 ? tail : 1 - tail
}

const erfcFit: readonly number[] = [
  0.170_872_77, -0.822_152_23, 1.488_515_87, -1.135_203_98, 0.278_868_07, -0.186_288_06,
  0.096_784_18, 0.374_091_96, 1.000_023_68, -1.265_512_23,
]
