/** What the judge's verdicts amount to: the status of an AnalysisRun, in Argo's form and words (spec §3.6). */
import { sentence } from '../judge/sentence.ts'
import { seriesSentence } from '../judge/series-sentence.ts'
import type { SeriesVerdict } from '../judge/series-verdict.ts'
import type { JudgeSettings } from '../judge/settings.ts'
import type { Verdict } from '../judge/verdict.ts'
import { type Instant, plus } from '../units.ts'
import type { AnalysisRun, Measurement, MetricResult, Phase, RunStatus } from './metric.ts'
import { endedEarly } from './score-run.ts'
import { seriesValue } from './series-value.ts'
import { verdictValue } from './value.ts'

/** What one metric of a run found. */
export type Found = {
  readonly name: string
  readonly verdict: Verdict | SeriesVerdict
  readonly settings: Pick<JudgeSettings, 'deadline' | 'onDeadline'>
  /** What a person wants to read beside it: queries, links. Values are text. */
  readonly metadata: Readonly<Record<string, string>>
  /** When the next block is due. */
  readonly nextLook: Instant
}

/** `Step` ends with a proof; `Background` judges until its release ends. */
export type RunKind = 'Step' | 'Background'

export type Assessing = {
  readonly kind: RunKind
  readonly now: Instant
  /** What `score-run.ts` found of the metrics that are scored. */
  readonly scored?: readonly MetricResult[]
}

/** The run's next status. The worst metric decides; one that is worse ends the run. */
export function assess(
  run: AnalysisRun,
  found: readonly Found[],
  { kind, now, scored = [] }: Assessing,
): RunStatus {
  const startedAt = run.status.startedAt ?? now
  const frame = { kind, now, startedAt, terminate: run.terminate }
  const judged = found.map((metric) => resultOf(metric, frame))
  const phase = worst([...judged, ...scored].map((result) => result.phase))
  const isOver = phase !== 'Running'
  const results = isOver ? allEnded({ found, judged, scored }, frame) : [...judged, ...scored]
  const deciding = results.find((result) => result.phase === phase)
  return {
    phase,
    message: isOver ? closing(deciding) : troubleOf(found),
    startedAt,
    completedAt: isOver ? now : undefined,
    metricResults: results,
  }
}

/** A run that cannot begin: what it asks for cannot be read. */
export function unreadable(run: AnalysisRun, why: string, now: Instant): RunStatus {
  return {
    ...run.status,
    phase: 'Error',
    message: why,
    startedAt: run.status.startedAt ?? now,
    completedAt: now,
  }
}

type Frame = {
  readonly kind: RunKind
  readonly now: Instant
  readonly startedAt: Instant
  readonly terminate: boolean
}

type Results = {
  readonly found: readonly Found[]
  readonly judged: readonly MetricResult[]
  readonly scored: readonly MetricResult[]
}

/** With the run its other metrics end, as if from outside: none of them goes on in a run that is over. */
function allEnded({ found, judged, scored }: Results, frame: Frame): readonly MetricResult[] {
  const ended = { ...frame, terminate: true }
  return [
    ...found.map((metric, index) => {
      const result = judged[index]
      return result === undefined || result.phase === 'Running' ? resultOf(metric, ended) : result
    }),
    ...scored.map((result) =>
      result.phase === 'Running' ? endedEarly(result, frame.now) : result,
    ),
  ]
}

function resultOf(
  { name, verdict, settings, metadata, nextLook }: Found,
  frame: Frame,
): MetricResult {
  const phase = phaseOf(verdict, settings, frame)
  const isOver = phase !== 'Running'
  const words = wordsOf(verdict)
  const measurement: Measurement = {
    phase,
    value: valueOf(verdict),
    message: isOver ? words : undefined,
    startedAt: frame.startedAt,
    finishedAt: isOver ? frame.now : undefined,
    resumeAt: isOver ? undefined : nextLook,
    metadata: { ...metadata, verdict: words },
  }
  return {
    name,
    phase,
    message: isOver ? words : undefined,
    measurements: [measurement],
    metadata: {},
  }
}

function phaseOf(
  verdict: Found['verdict'],
  settings: Found['settings'],
  { kind, now, startedAt, terminate }: Frame,
): Phase {
  if (verdict.kind === 'worse') return 'Failed'
  if (terminate) return atEnd(verdict, kind)
  if (verdict.kind === 'no-worse') return kind === 'Step' ? 'Successful' : 'Running'
  if (settings.deadline === undefined || now < plus(startedAt, settings.deadline)) return 'Running'
  return atDeadline(verdict, settings)
}

/** Ended from outside: a background that found no harm did its work; a step without a proof passed nothing. */
function atEnd(verdict: Found['verdict'], kind: RunKind): Phase {
  if (verdict.kind === 'no-worse') return 'Successful'
  return verdict.kind === 'undecided' && kind === 'Background' ? 'Successful' : 'Inconclusive'
}

/** No data is never a pass and never a failure, whatever the deadline says. */
function atDeadline(verdict: Found['verdict'], { onDeadline }: Found['settings']): Phase {
  if (verdict.kind === 'no-data' || onDeadline === 'inconclusive') return 'Inconclusive'
  return onDeadline === 'pass' ? 'Successful' : 'Failed'
}

function wordsOf(verdict: Found['verdict']): string {
  return 'subject' in verdict ? seriesSentence(verdict) : sentence(verdict)
}

function valueOf(verdict: Found['verdict']): string {
  return 'subject' in verdict ? seriesValue(verdict) : verdictValue(verdict)
}

const severity: readonly Phase[] = [
  'Successful',
  'Running',
  'Pending',
  'Inconclusive',
  'Error',
  'Failed',
]

/** A verdict of worse does not wait for the other metrics; everything else does. */
function worst(phases: readonly Phase[]): Phase {
  const ended = phases.filter((phase) => severity.indexOf(phase) > severity.indexOf('Pending'))
  const from = ended.length > 0 ? ended : phases
  return from.toSorted((a, b) => severity.indexOf(b) - severity.indexOf(a))[0] ?? 'Inconclusive'
}

function closing(deciding: MetricResult | undefined): string | undefined {
  if (deciding === undefined || deciding.phase === 'Successful') return undefined
  return `Metric "${deciding.name}" assessed ${deciding.phase} due to ${deciding.message ?? 'no reason'}`
}

/** While a run goes on its message says only what keeps it from judging. */
function troubleOf(found: readonly Found[]): string | undefined {
  const blind = found.find(
    ({ verdict }) => verdict.kind === 'no-data' && verdict.because.code !== 'NotAskedYet',
  )
  return blind && wordsOf(blind.verdict)
}
