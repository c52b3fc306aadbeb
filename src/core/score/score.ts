/** Labels of metrics → the score of the canary, as Kayenta counts. Source: spec/kayenta §1.8. */
import type { Label } from './classify.ts'
import type { Threshold } from './settings.ts'

/** A metric as it counts. */
export type Counted = {
  readonly name: string
  readonly groups: readonly string[]
  readonly label: Label
  readonly reason: string | undefined
  readonly critical: boolean
}

export type GroupScore = {
  readonly name: string
  /** Percent of the metrics with data that pass; 0 when none has any. */
  readonly score: number
  /** Percent of the summary. Not made to add up to 100. */
  readonly weight: number
  /** None of its metrics has data; it counts as if all had passed. */
  readonly isEmpty: boolean
}

export type Score = {
  readonly score: number
  readonly label: 'Pass' | 'Marginal' | 'Fail'
  /** Why the score is 0 whatever the groups say. */
  readonly override: Override | undefined
  readonly groups: readonly GroupScore[]
}

export type Override = {
  readonly code: 'CriticalMetric' | 'TooLittleData'
  readonly reason: string
}

/** `counted` without the muted ones. */
export function scoreOf(
  counted: readonly Counted[],
  weights: ReadonlyMap<string, number>,
  threshold: Threshold,
): Score {
  const groups = groupScores(counted, weights)
  const override = overrideOf(counted)
  const score = override === undefined ? summary(groups) : 0
  return { score, label: labelOf(score, threshold), override, groups }
}

function labelOf(score: number, { pass, marginal }: Threshold): Score['label'] {
  if (score >= pass) return 'Pass'
  return score >= marginal ? 'Marginal' : 'Fail'
}

function overrideOf(counted: readonly Counted[]): Override | undefined {
  const critical = counted.find((metric) => metric.critical && metric.label !== 'Pass')
  if (critical !== undefined)
    return { code: 'CriticalMetric', reason: `Canary Failed: ${critical.reason ?? critical.name}` }
  const missing = counted.filter(({ label }) => label === 'Nodata').length
  return counted.length > 0 && missing / counted.length >= 0.5
    ? { code: 'TooLittleData', reason: 'Canary Failed: 50% or more metrics returned NODATA' }
    : undefined
}

function groupScores(
  counted: readonly Counted[],
  weights: ReadonlyMap<string, number>,
): readonly GroupScore[] {
  const names = [...new Set(counted.flatMap(({ groups }) => groups))]
  const given = [...weights.values()].reduce((sum, weight) => sum + weight, 0)
  const rest = (100 - given) / names.filter((name) => !weights.has(name)).length
  return names.map((name) => {
    const labels = counted.filter(({ groups }) => groups.includes(name)).map(({ label }) => label)
    return { name, weight: weights.get(name) ?? rest, ...passShare(labels) }
  })
}

function passShare(labels: readonly Label[]): Pick<GroupScore, 'score' | 'isEmpty'> {
  const judged = labels.filter((label) => label !== 'Nodata' && label !== 'Error').length
  const passed = labels.filter((label) => label === 'Pass').length
  return judged === 0
    ? { score: 0, isEmpty: true }
    : { score: (passed / judged) * 100, isEmpty: false }
}

function summary(groups: readonly GroupScore[]): number {
  return roundedHalfUp(
    groups.reduce(
      (sum, { score, weight, isEmpty }) => sum + (isEmpty ? 100 : score) * (weight / 100),
      0,
    ),
  )
}

/** To two decimals, by the digits that are printed: 1.005 is 1.01. */
function roundedHalfUp(value: number): number {
  return Math.sign(value) * shifted(Math.round(shifted(Math.abs(value), 2)), -2)
}

function shifted(value: number, places: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e')
  return Number(`${digits}e${Number(exponent) + places}`)
}
