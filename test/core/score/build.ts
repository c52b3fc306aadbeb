/** A metric with a healthy default: a test names what it is about. */
import {
  type ScoredMetric,
  type ScoreQuestion,
  standardMethod,
} from '../../../src/core/score/settings.ts'

export function metric(given: Partial<ScoredMetric> = {}): ScoredMetric {
  return {
    name: 'm',
    groups: ['g'],
    direction: 'either',
    nanStrategy: 'remove',
    outlierFactor: undefined,
    critical: false,
    mustHaveData: false,
    muted: false,
    effectSize: {
      measure: 'meanRatio',
      allowedIncrease: 1,
      allowedDecrease: 1,
      criticalIncrease: 1,
      criticalDecrease: 1,
    },
    ...given,
  }
}

export function question(
  metrics: ScoreQuestion['metrics'],
  given: Partial<ScoreQuestion> = {},
): ScoreQuestion {
  const threshold = { pass: 95, marginal: 75 }
  return { metrics, weights: new Map(), threshold, method: standardMethod, ...given }
}

/** Values around `level`, no two alike, the same every time. */
export function around(level: number, count = 30): readonly number[] {
  return Array.from({ length: count }, (_, index) => level + Math.sin(index * 1.7))
}
