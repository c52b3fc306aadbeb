/** The reference values of fixtures/statistics; its README says where they come from. */
import file from '../../../fixtures/statistics/vectors.json' with { type: 'json' }
import type { BlockCounts } from '../../../src/core/stats/block.ts'

export const vectors: typeof file = file

/** Equal to 1e-9 relative. For `expect(…).toSatisfy(…)`. */
export function near(expected: number): (actual: number) => boolean {
  return (actual) => Math.abs(actual - expected) <= 1e-9 * Math.max(1e-3, Math.abs(expected))
}

/** A block as the vectors write it: `[xC, nC, xS, nS]`. */
export function blockOf([xC = NaN, nC = NaN, xS = NaN, nS = NaN]: readonly number[]): BlockCounts {
  return { canary: { requests: nC, failures: xC }, stable: { requests: nS, failures: xS } }
}
