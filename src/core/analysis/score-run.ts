/** A score within an AnalysisRun: one measurement, in flight until its window has passed, then made from both sides' answers. */
import type { Reading } from '../judge/reading.ts'
import { asNumbers } from '../judge/trouble.ts'
import type { ScorePlan } from '../score/plan.ts'
import { type MetricScore, type Outcome, type Scorecard, scorecardOf } from '../score/scorecard.ts'
import { standardMethod } from '../score/settings.ts'
import { type Duration, type Instant, minutes, plus, seconds } from '../units.ts'
import type { Measurement, MetricResult, Phase } from './metric.ts'

export type ScoreWindow = { readonly from: Instant; readonly to: Instant; readonly step: Duration }

/** What the store said to one metric's two queries. */
export type Readings = { readonly canary: Reading; readonly stable: Reading }

export type ScoreState =
  /** The window goes on. */
  | { readonly kind: 'waiting'; readonly until: Instant }
  /** The store did not answer; without `again` it had its time. */
  | { readonly kind: 'unanswered'; readonly why: string; readonly again: Instant | undefined }
  | { readonly kind: 'scored'; readonly card: Scorecard }

/** How long a store that does not answer is asked again. */
const patience = minutes(5)
const pause = seconds(15)

/** `begins` is when the run began, its initial delay over. */
export function scoreWindow({ window, step }: ScorePlan, begins: Instant): ScoreWindow {
  return { from: plus(begins, step), to: plus(begins, window), step }
}

/** `readings` are those of the plan's metrics, in their order, for the whole window. */
export function scoreOfReadings(
  plan: ScorePlan,
  readings: readonly Readings[],
  { window, now }: { readonly window: ScoreWindow; readonly now: Instant },
): ScoreState {
  const why = readings.flatMap(({ canary, stable }) => [canary, stable]).map(troubleOf)
  const first = why.find((each) => each !== undefined)
  if (first !== undefined) {
    const isLate = now >= plus(window.to, patience)
    return { kind: 'unanswered', why: first, again: isLate ? undefined : plus(now, pause) }
  }
  const points = Math.floor((window.to - window.from) / window.step) + 1
  const metrics = plan.metrics.map((metric, index) => ({
    ...metric,
    canary: valuesOf(readings[index]?.canary, points),
    stable: valuesOf(readings[index]?.stable, points),
  }))
  const { weights, threshold } = plan
  const card = scorecardOf({ metrics, weights, threshold, method: standardMethod })
  return { kind: 'scored', card }
}

function troubleOf(reading: Reading): string | undefined {
  const numbers = asNumbers(reading)
  return numbers.kind === 'series' ? undefined : numbers.why
}

/** The values of all series, with NaN where one had none; without any series NaN throughout. */
function valuesOf(reading: Reading | undefined, points: number): readonly number[] {
  const series = reading?.kind === 'series' ? reading.series : []
  const samples = series.map((each) => each.samples.map(({ value }) => value))
  return (samples.length === 0 ? [[]] : samples).flatMap((values) => [
    ...values,
    ...Array.from({ length: Math.max(0, points - values.length) }, () => NaN),
  ])
}

/* ---------------------------------------------------------------- what the run says */

export type ScoreFrame = {
  readonly name: string
  readonly startedAt: Instant
  readonly now: Instant
  /** The run is to end now. */
  readonly terminate: boolean
}

/** Nothing but a score passes or fails: a window that was cut short and a store that stays silent are inconclusive. */
export function scoreResult(state: ScoreState, frame: ScoreFrame): MetricResult {
  const { name, startedAt, now } = frame
  const phase = phaseOf(state, frame.terminate)
  const isOver = phase !== 'Running'
  const message =
    state.kind === 'waiting' && !isOver ? undefined : sentenceOf(state, frame.terminate)
  const measurement: Measurement = {
    phase,
    value: state.kind === 'scored' ? valueOf(state.card) : undefined,
    message,
    startedAt,
    finishedAt: isOver ? now : undefined,
    resumeAt: isOver ? undefined : nextScoreLook(state),
    metadata: state.kind === 'scored' ? findings(state.card) : {},
  }
  return { name, phase, message, measurements: [measurement], metadata: {} }
}

/** Of a run that is over while the window goes on. */
export function endedEarly(result: MetricResult, now: Instant): MetricResult {
  const phase = 'Inconclusive' as const
  const message = sentenceOf({ kind: 'waiting', until: now }, true)
  const measurements = result.measurements.map((measurement) => ({
    ...measurement,
    phase,
    message,
    finishedAt: now,
    resumeAt: undefined,
  }))
  return { ...result, phase, message, measurements }
}

export function nextScoreLook(state: ScoreState): Instant | undefined {
  switch (state.kind) {
    case 'waiting':
      return state.until
    case 'unanswered':
      return state.again
    case 'scored':
      return undefined
  }
}

const phases: Readonly<Record<Outcome, Phase>> = {
  pass: 'Successful',
  marginal: 'Inconclusive',
  fail: 'Failed',
  'not-judged': 'Inconclusive',
}

function phaseOf(state: ScoreState, terminate: boolean): Phase {
  if (state.kind === 'scored') return phases[state.card.outcome]
  return terminate || nextScoreLook(state) === undefined ? 'Inconclusive' : 'Running'
}

function sentenceOf(state: ScoreState, terminate: boolean): string {
  switch (state.kind) {
    case 'waiting':
      return 'no score: it was ended before its window had passed'
    case 'unanswered':
      return `no score: ${terminate ? 'it was ended while ' : ''}the metrics store did not answer (${state.why})`
    case 'scored':
      return sentenceOfCard(state.card)
  }
}

function sentenceOfCard({ score, outcome, override, metrics }: Scorecard): string {
  if (outcome === 'not-judged')
    return `no score: ${override?.reason ?? 'too little could be compared'}`
  const off = metrics.filter(({ label, muted }) => !muted && failing.has(label))
  const why = override?.reason ?? off.map(({ name, label }) => `${name} ${label}`).join(', ')
  return why === '' ? `score ${score}` : `score ${score}: ${why}`
}

const failing: ReadonlySet<MetricScore['label']> = new Set(['High', 'Low', 'NodataFailMetric'])

function valueOf({ score, label, outcome, groups }: Scorecard): string {
  return JSON.stringify({
    verdict: outcome,
    score,
    classification: label,
    groups: Object.fromEntries(groups.map((group) => [group.name, Number(group.score.toFixed(2))])),
  })
}

/** What was found of each metric, for people. */
function findings({ metrics }: Scorecard): Readonly<Record<string, string>> {
  return Object.fromEntries(metrics.map((metric) => [metric.name, finding(metric)]))
}

function finding({ label, deviation, canary, stable }: MetricScore): string {
  if (canary.count === 0 || stable.count === 0) return label
  const ratio =
    deviation === undefined || Number.isNaN(deviation) ? '' : `, ratio ${short(deviation)}`
  return `${label}: canary ${short(canary.mean)}, stable ${short(stable.mean)}${ratio}`
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)))
}
