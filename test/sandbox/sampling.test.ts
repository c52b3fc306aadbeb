import { expect, test } from 'vitest'
import { createRandom, type Random } from '../../src/sandbox/random.ts'
import { binomial, multinomial, poisson } from '../../src/sandbox/sampling.ts'

const draws = 20_000
const take = (seed: string) => Array.from({ length: 5 }, createRandom(seed))

function moments(sample: (random: Random) => number): { mean: number; variance: number } {
  const random = createRandom('moments')
  const values = Array.from({ length: draws }, () => sample(random))
  const mean = values.reduce((sum, value) => sum + value, 0) / draws
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, variance: squares / draws }
}

test('the same seed gives the same numbers, another seed others', () => {
  expect(take('7/mesh')).toEqual(take('7/mesh'))
  expect(take('7/mesh')).not.toEqual(take('8/mesh'))
})

test('numbers are even over 0 to 1', () => {
  const { mean, variance } = moments((random) => random())
  expect(mean).toBeCloseTo(0.5, 2)
  expect(variance).toBeCloseTo(1 / 12, 2)
})

/** Five standard errors of the mean; the variance within 6 %. */
test.for([0.3, 4, 9.9, 10, 37, 2500])('poisson of mean %d', (expected) => {
  const { mean, variance } = moments((random) => poisson(random, expected))
  expect(Math.abs(mean - expected)).toBeLessThan(5 * Math.sqrt(expected / draws))
  expect(variance / expected).toBeGreaterThan(0.94)
  expect(variance / expected).toBeLessThan(1.06)
})

test.for([
  [1, 0.3],
  [12, 0.5],
  [1000, 0.001],
  [1000, 0.03],
  [1000, 0.97],
  [40, 0.5],
  [5000, 0.2],
] as const)('binomial of %d trials at %d', ([trials, chance]) => {
  const { mean, variance } = moments((random) => binomial(random, trials, chance))
  const expected = trials * chance * (1 - chance)
  expect(Math.abs(mean - trials * chance)).toBeLessThan(5 * Math.sqrt(expected / draws))
  expect(variance / expected).toBeGreaterThan(0.94)
  expect(variance / expected).toBeLessThan(1.06)
})

/** Against the exact probabilities, where rejection begins. */
test('binomial of 30 at one half has the right shape', () => {
  const random = createRandom('shape')
  const counts = Array.from({ length: 31 }, () => 0)
  for (let draw = 0; draw < draws; draw++) {
    const value = binomial(random, 30, 0.5)
    counts[value] = (counts[value] ?? 0) + 1
  }
  let [probability, chiSquare] = [0.5 ** 30, 0]
  for (let k = 0; k <= 30; k++) {
    const expected = probability * draws
    if (expected > 5) chiSquare += ((counts[k] ?? 0) - expected) ** 2 / expected
    probability *= (30 - k) / (k + 1)
  }
  // 17 classes expect more than 5; 40.8 is the 0.1 % point of chi-square with 17 degrees of freedom.
  expect(chiSquare).toBeLessThan(40.8)
})

test('a share-out loses nothing and gives nothing to a weight of zero', () => {
  const random = createRandom('share')
  for (let round = 0; round < 200; round++) {
    const [a = 0, b = 0, none = 0] = multinomial(random, 1000, [80, 20, 0])
    expect(a + b).toBe(1000)
    expect(none).toBe(0)
    expect(Math.abs(b - 200)).toBeLessThan(80)
  }
  expect(multinomial(random, 10, [0, 0])).toEqual([0, 0])
})
