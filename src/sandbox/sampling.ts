/** Exact samplers whose cost does not grow with the number of requests. */
import type { Random } from './random.ts'

/** Below this mean, counting up from zero is fast; above it, Hörmann's rejection is. */
const countUpTo = 10

/** How many of independent rare events happen when `mean` are expected. */
export function poisson(random: Random, mean: number): number {
  if (mean <= 0) return 0
  return mean < countUpTo ? poissonByCounting(random, mean) : poissonByRejection(random, mean)
}

/** How many of `trials` succeed when each does with `chance`. */
export function binomial(random: Random, trials: number, chance: number): number {
  if (trials <= 0 || chance <= 0) return 0
  if (chance >= 1) return trials
  if (chance > 0.5) return trials - binomial(random, trials, 1 - chance)
  return trials * chance < countUpTo
    ? binomialByCounting(random, trials, chance)
    : binomialByRejection(random, trials, chance)
}

/** Shares out `trials` in proportion to `weights`; nobody gets any when all weights are zero. */
export function multinomial(
  random: Random,
  trials: number,
  weights: readonly number[],
): readonly number[] {
  let left = trials
  let weightLeft = weights.reduce((sum, weight) => sum + weight, 0)
  const last = weights.findLastIndex((weight) => weight > 0)
  return weights.map((weight, index) => {
    if (weight <= 0 || left === 0) return 0
    const share = index === last ? left : binomial(random, left, weight / weightLeft)
    left -= share
    weightLeft -= weight
    return share
  })
}

function poissonByCounting(random: Random, mean: number): number {
  let [rest, chance, count] = [random(), Math.exp(-mean), 0]
  while (rest > chance && count < 1000) {
    rest -= chance
    count += 1
    chance *= mean / count
  }
  return count
}

/** PTRS, W. Hörmann, "The transformed rejection method for generating Poisson random variables", 1993. */
function poissonByRejection(random: Random, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean)
  const a = -0.059 + 0.02483 * b
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
  const easy = 0.9277 - 3.6224 / (b - 2)
  for (;;) {
    const [u, v] = [random() - 0.5, random()]
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43)
    if (us >= 0.07 && v <= easy) return k
    if (k < 0 || (us < 0.013 && v > us)) continue
    const bound = k * Math.log(mean) - mean - logFactorial(k)
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= bound) return k
  }
}

function binomialByCounting(random: Random, trials: number, chance: number): number {
  const odds = chance / (1 - chance)
  let [rest, at, count] = [random(), (1 - chance) ** trials, 0]
  while (rest > at && count < trials) {
    rest -= at
    count += 1
    at *= (odds * (trials + 1 - count)) / count
  }
  return count
}

/** BTRS, W. Hörmann, "The generation of binomial random variates", 1993. */
function binomialByRejection(random: Random, trials: number, chance: number): number {
  const spread = Math.sqrt(trials * chance * (1 - chance))
  const b = 1.15 + 2.53 * spread
  const a = -0.0873 + 0.0248 * b + 0.01 * chance
  const alpha = (2.83 + 5.1 / b) * spread
  const mode = Math.floor((trials + 1) * chance)
  const atMode = logFactorial(mode) + logFactorial(trials - mode)
  for (;;) {
    const [u, v] = [random() - 0.5, random()]
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + trials * chance + 0.5)
    if (k < 0 || k > trials) continue
    if (us >= 0.07 && v <= 0.92 - 4.2 / b) return k
    const bound =
      atMode -
      logFactorial(k) -
      logFactorial(trials - k) +
      (k - mode) * Math.log(chance / (1 - chance))
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k
  }
}

/** Stirling's series from 10 on: better than 1e-10. */
function logFactorial(k: number): number {
  if (k < 10) return Math.log([1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880][k] ?? 1)
  const x = k + 1
  const correction = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5)
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + correction
}
