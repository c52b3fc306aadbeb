/** How large a difference is, whether or not it is significant. Source: spec/kayenta §1.7. */
import { mean } from 'simple-statistics'
import { pooledRanks, type SortedSamples } from '../stats/rank-score.ts'
import type { EffectSize } from './settings.ts'

/** NaN when it cannot be said; then no threshold holds anything back. */
export function effectOf(samples: SortedSamples, measure: EffectSize['measure']): number {
  return measure === 'cles' ? greaterShare(samples) : meanRatio(samples)
}

/** Mean of the canary over mean of the stable side; NaN when one of them is exactly 0. */
export function meanRatio({ canary, stable }: SortedSamples): number {
  const [mine, other] = [mean([...canary]), mean([...stable])]
  return mine === 0 || other === 0 ? NaN : mine / other
}

/** Probability that a value of the canary exceeds one of the stable side, equal ones counted half (common language effect size). */
function greaterShare(samples: SortedSamples): number {
  const [n, m] = [samples.canary.length, samples.stable.length]
  return (2 * pooledRanks(samples, 0).rankSum - n * (n + 1)) / (2 * n * m)
}
