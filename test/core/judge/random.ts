/** Chance for tests, seeded: the same seed gives the same numbers. */
export type Random = () => number

/** Mulberry32. */
export function seeded(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** By inversion when the mean is small, else in two halves. */
export function poisson(mean: number, random: Random): number {
  if (mean > 60) return poisson(mean / 2, random) + poisson(mean / 2, random)
  let count = 0
  for (let product = random(); product > Math.exp(-mean); product *= random()) count += 1
  return count
}
