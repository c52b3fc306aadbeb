import { expect, test } from 'vitest'
import { betaBinomialLogBayes, proportionBounds } from '../../../src/core/stats/proportion.ts'
import { near, vectors } from './vectors.ts'

test.for(vectors.bernoulli_cs)('$x of $n', (row) => {
  const { x, n, alpha } = row
  const [low = NaN, high = NaN] = row.expect
  const bounds = proportionBounds(x, n, alpha)
  expect(bounds.low).toSatisfy(near(low))
  expect(bounds.high).toSatisfy(near(high))
})

test.for(vectors.betabinomial_logBF)('$x of $n against $p', ({ x, n, p, logBF }) => {
  expect(betaBinomialLogBayes(x, n, p)).toSatisfy(near(logBF))
})

test.for([
  { it: 'knows nothing without requests', x: 0, n: 0, low: 0, high: 1 },
  { it: 'has 0 as its lower end without failures', x: 0, n: 10, low: 0, high: 0.38 },
  { it: 'has 1 as its upper end when all fail', x: 10, n: 10, low: 0.62, high: 1 },
])('$it', ({ x, n, low, high }) => {
  const bounds = proportionBounds(x, n, 0.05)
  expect(bounds.low).toBeCloseTo(low, 2)
  expect(bounds.high).toBeCloseTo(high, 2)
})

test('stays narrow and finite with a million million requests', () => {
  const { low, high } = proportionBounds(1e9, 1e12, 0.05)
  expect(low).toBeGreaterThan(0.000999)
  expect(low).toBeLessThan(0.001)
  expect(high).toBeGreaterThan(0.001)
  expect(high).toBeLessThan(0.001001)
})
