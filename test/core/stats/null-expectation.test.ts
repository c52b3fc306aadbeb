/** The proof of validity: on the boundary the expectation of e over all outcomes is at most 1. */
import { expect, test } from 'vitest'
import { countIncrement } from '../../../src/core/stats/count-evidence.ts'
import { shareIncrement } from '../../../src/core/stats/share-evidence.ts'
import { blockOf, vectors } from './vectors.ts'

const rows = vectors.exact_null_expectation

test.for(rows.filter((row) => row.kind.startsWith('CE binomial')))(
  '$kind: $pC against $pS, r = $r',
  (row) => {
    const { nC = 0, nS = 0, pS = 0, pC = 0 } = row
    const mean = sum(nC, (xC) =>
      sum(nS, (xS) => binomial(xC, nC, pC) * binomial(xS, nS, pS) * bet(row, xC, xS)),
    )
    expect(mean).toBeLessThanOrEqual(1 + 1e-9)
    expect(mean).toBeCloseTo(row.E, 9)
  },
)

test.for(rows.filter((row) => row.kind.startsWith('SE Poisson')))(
  '$kind: $nC and $nS, f = $f',
  (row) => {
    const { nC = 0, nS = 0, pS = 0, rho0 = 1, delta = 0, f = 0 } = row
    const mean = sum(80, (xC) =>
      sum(
        80,
        (xS) =>
          poisson(xC, nC * (rho0 * pS + delta)) *
          poisson(xS, nS * pS) *
          Math.exp(shareIncrement(blockOf([xC, nC, xS, nS]), { ratio: rho0, points: delta }, f)),
      ),
    )
    expect(mean).toBeLessThanOrEqual(1 + 1e-9)
    expect(mean).toBeCloseTo(row.E, 9)
  },
)

test('bursts of 1 or 10 failures leave the share bet fair', () => {
  expect(
    underBursts((xC, xS) => shareIncrement(burstBlock(xC, xS), { ratio: 1, points: 0 }, 0.35)),
  ).toBeCloseTo(1, 6)
})

test('bursts make the count bet unfair when it takes them for independent', () => {
  const independent = { ratio: 1, points: 0, phi: 1 }
  expect(
    underBursts((xC, xS) => countIncrement(burstBlock(xC, xS), independent, 5, 0.01)),
  ).toBeGreaterThan(2)
})

test('bursts leave the count bet fair when it knows their size', () => {
  const tempered = { ratio: 1, points: 0, phi: 10 }
  expect(
    underBursts((xC, xS) => countIncrement(burstBlock(xC, xS), tempered, 5, 0.01)),
  ).toBeLessThanOrEqual(1 + 1e-9)
})

function bet(row: (typeof rows)[number], xC: number, xS: number): number {
  const { rho0 = 1, delta = 0, r = 1, nC = 0, nS = 0 } = row
  const boundary = { ratio: rho0, points: delta, phi: 1 }
  return Math.exp(countIncrement(blockOf([xC, nC, xS, nS]), boundary, r, row.pS_guess ?? 0))
}

function burstBlock(xC: number, xS: number): ReturnType<typeof blockOf> {
  return blockOf([xC, 100, xS, 900])
}

/** Single failures (Poisson, mean 2) and bursts of ten (Poisson, mean 1), each falling on the canary with its share, 10 %. */
function underBursts(logE: (xC: number, xS: number) => number): number {
  return sum(14, (singleC) =>
    sum(18, (singleS) =>
      sum(8, (burstC) =>
        sum(
          12,
          (burstS) =>
            poisson(singleC, 0.2) *
            poisson(singleS, 1.8) *
            poisson(burstC, 0.1) *
            poisson(burstS, 0.9) *
            Math.exp(logE(singleC + 10 * burstC, singleS + 10 * burstS)),
        ),
      ),
    ),
  )
}

function sum(last: number, term: (k: number) => number): number {
  let total = 0
  for (let k = 0; k <= last; k++) total += term(k)
  return total
}

function binomial(k: number, n: number, p: number): number {
  return Math.exp(
    logFactorial(n) -
      logFactorial(k) -
      logFactorial(n - k) +
      k * Math.log(p) +
      (n - k) * Math.log1p(-p),
  )
}

function poisson(k: number, mean: number): number {
  return Math.exp(k * Math.log(mean) - mean - logFactorial(k))
}

function logFactorial(n: number): number {
  return sum(n, (k) => Math.log(Math.max(1, k)))
}
