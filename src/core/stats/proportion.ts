/**
 * An interval for one failure ratio that holds at all times at once.
 *
 * What it promises: however often one looks, the true ratio lies outside of any of the intervals shown with a probability of at most
 * alpha, if requests fail independently; with bursts, give it counts divided by the dispersion.
 *
 * Beta-binomial mixture (Robbins): log B(1/2 + x, 1/2 + n - x) / B(1/2, 1/2) - x log p - (n - x) log(1 - p) <= log(1/alpha).
 * Source: spec/statistics §4.4; vectors in fixtures/statistics.
 */

export type Bounds = { readonly low: number; readonly high: number }

const half = 0.5

/** `failures` of `requests`, which need not be whole. Without requests nothing is known: 0..1. */
export function proportionBounds(failures: number, requests: number, alpha: number): Bounds {
  if (!(requests > 0)) return { low: 0, high: 1 }
  const seen = Math.min(1, failures / requests)
  const excluded = (p: number): boolean =>
    betaBinomialLogBayes(failures, requests, p) > Math.log(1 / alpha)
  return {
    low: failures <= 0 ? 0 : edge(0, seen, excluded),
    high: failures >= requests ? 1 : edge(1, seen, excluded),
  }
}

/** How much more likely the counts are if the ratio were unknown than if it were `p`, in nats. */
export function betaBinomialLogBayes(failures: number, requests: number, p: number): number {
  const served = requests - failures
  return (
    logBeta(half + failures, half + served) -
    logBeta(half, half) -
    times(failures, Math.log(p)) -
    times(served, Math.log1p(-p))
  )
}

/** The border between excluded (towards `outer`) and not (towards `inner`), on the excluded side or there where floats end. */
function edge(outer: number, inner: number, excluded: (p: number) => boolean): number {
  let out = outer
  let inside = inner
  for (let i = 0; i < 200 && out !== inside; i++) {
    const middle = between(out, inside)
    if (middle === out || middle === inside) break
    if (excluded(middle)) out = middle
    else inside = middle
  }
  return out
}

/** The geometric middle where the numbers are of different size, else the plain one. */
function between(a: number, b: number): number {
  const low = Math.min(a, b)
  const high = Math.max(a, b)
  return low > 0 && high > 4 * low ? Math.sqrt(low * high) : (low + high) / 2
}

/** Nothing times -Infinity is nothing. */
function times(count: number, log: number): number {
  return count === 0 ? 0 : count * log
}

/** log B(a, b); Stirling's formula with the large terms put together, so that nothing cancels when a and b are large. */
function logBeta(a: number, b: number): number {
  const sum = a + b
  const small = Math.min(a, b)
  const large = Math.max(a, b)
  return (
    (small - half) * Math.log(small / sum) +
    (large - half) * Math.log1p(-small / sum) -
    half * Math.log(sum) +
    half * Math.log(2 * Math.PI) +
    stirlingRest(small) +
    stirlingRest(large) -
    stirlingRest(sum)
  )
}

/** log Gamma(z) - ((z - 1/2) log z - z + log(2 pi) / 2). */
function stirlingRest(z: number): number {
  if (z < 16) return stirlingRest(z + 1) + (z + half) * Math.log1p(1 / z) - 1
  const s = 1 / (z * z)
  return (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188)))) / z
}
