/** A question about two sets of series → the score, with everything that led to it. */
import { max, mean, min, sampleStandardDeviation } from 'simple-statistics'
import { type Classification, classify } from './classify.ts'
import { prepared } from './prepare.ts'
import { type Score, scoreOf } from './score.ts'
import type { Samples, ScoredMetric, ScoreQuestion } from './settings.ts'

/** Of the values that were compared; all 0 when there are none. */
export type Summary = {
  readonly count: number
  readonly mean: number
  readonly std: number
  readonly min: number
  readonly max: number
}

export type MetricScore = Classification & {
  readonly name: string
  readonly groups: readonly string[]
  readonly muted: boolean
  /** The user wants it judged: it is critical, or must have data. */
  readonly isRequired: boolean
  /** Neither side had a single value, whatever was put in its place. */
  readonly isSilent: boolean
  readonly canary: Summary
  readonly stable: Summary
}

/** What the score amounts to. Nothing that was left uncompared ever makes a pass or a failure. */
export type Outcome = 'pass' | 'marginal' | 'fail' | 'not-judged'

export type Scorecard = Score & {
  readonly outcome: Outcome
  readonly metrics: readonly MetricScore[]
}

export function scorecardOf({ metrics, weights, threshold, method }: ScoreQuestion): Scorecard {
  const scored = metrics.map((metric) => scoreMetric(metric, metric, method))
  const counted = scored.filter(({ muted }) => !muted)
  const score = scoreOf(counted, weights, threshold)
  return { ...score, outcome: outcomeOf(score, counted), metrics: scored }
}

function scoreMetric(
  metric: ScoredMetric,
  samples: Samples,
  method: ScoreQuestion['method'],
): MetricScore {
  const [canary, stable] = [prepared(samples.canary, metric), prepared(samples.stable, metric)]
  const sorted = {
    canary: Float64Array.from(canary).toSorted(),
    stable: Float64Array.from(stable).toSorted(),
  }
  return {
    name: metric.name,
    groups: metric.groups,
    muted: metric.muted,
    isRequired: metric.critical || metric.mustHaveData,
    isSilent: [...samples.canary, ...samples.stable].every((value) => Number.isNaN(value)),
    ...classify(metric, sorted, method),
    canary: summaryOf(canary),
    stable: summaryOf(stable),
  }
}

/**
 * Kayenta lets a canary pass of which nothing could be compared, and fails one for a lack of data. Both are no judgement. A metric that must have
 * data (`mustHaveData`) counts as failed without it: that is asked for by name.
 */
function outcomeOf({ label, override }: Score, counted: readonly MetricScore[]): Outcome {
  if (counted.some((metric) => metric.critical && isOff(metric))) return 'fail'
  if (override !== undefined || counted.every(tellsNothing)) return 'not-judged'
  const isBlind = counted.some((metric) => metric.isRequired && metric.label === 'Error')
  return isBlind && label !== 'Fail' ? 'not-judged' : outcomes[label]
}

function isOff({ label }: MetricScore): boolean {
  return label === 'High' || label === 'Low'
}

function tellsNothing({ label, isSilent, canary, stable }: MetricScore): boolean {
  if (label === 'NodataFailMetric') return false
  return isSilent || label === 'Error' || canary.count === 0 || stable.count === 0
}

const outcomes = { Pass: 'pass', Marginal: 'marginal', Fail: 'fail' } as const

function summaryOf(values: readonly number[]): Summary {
  if (values.length === 0) return { count: 0, mean: 0, std: 0, min: 0, max: 0 }
  return {
    count: values.length,
    mean: mean([...values]),
    std: values.length === 1 ? 0 : sampleStandardDeviation([...values]),
    min: min([...values]),
    max: max([...values]),
  }
}
