/** `status` of an AnalysisRun on the wire, as Argo has it (spec §3.6). */
import type { Measurement, MetricResult, Phase, RunStatus } from '../analysis/metric.ts'
import { at, type Json, type JsonObject, listAt, textAt, textEntries } from '../json.ts'
import { compact, filledList, filledMap, orAbsent, time, timeAt } from './wire.ts'

/** Argo's JSON of a run's status: absent values are left out, counts are counted. */
export function analysisRunStatusJson(status: RunStatus): JsonObject {
  return compact({
    phase: status.phase ?? '',
    message: status.message,
    startedAt: time(status.startedAt),
    completedAt: time(status.completedAt),
    metricResults: filledList(status.metricResults.map(resultJson)),
    runSummary: summary(status.metricResults.map(({ phase }) => phase)),
  })
}

/** Reads what `analysisRunStatusJson` or Argo's controller wrote. Never fails: what cannot be understood is absent. */
export function parseRunStatus(json: Json | undefined): RunStatus {
  return {
    phase: phaseAt(json),
    message: textAt(json, 'message'),
    startedAt: timeAt(json, 'startedAt'),
    completedAt: timeAt(json, 'completedAt'),
    metricResults: listAt(json, 'metricResults').flatMap(parseResult),
  }
}

function resultJson(result: MetricResult): JsonObject {
  return compact({
    name: result.name,
    phase: result.phase,
    message: result.message,
    measurements: filledList(result.measurements.map(measurementJson)),
    metadata: filledMap(result.metadata),
    ...counts(result.measurements.map(({ phase }) => phase)),
  })
}

function measurementJson(measurement: Measurement): JsonObject {
  return compact({
    phase: measurement.phase,
    message: measurement.message,
    startedAt: time(measurement.startedAt),
    finishedAt: time(measurement.finishedAt),
    resumeAt: time(measurement.resumeAt),
    value: measurement.value,
    metadata: filledMap(measurement.metadata),
  })
}

/** `count` is of measurements that ended, errors apart. */
function counts(phases: readonly Phase[]): JsonObject {
  const { error, ...ended } = outcomes(phases)
  return { ...ended, error, count: orAbsent(sum(Object.values(ended))) }
}

/** Of metrics: `count` is of all of them. */
function summary(phases: readonly Phase[]): JsonObject {
  return compact({ count: orAbsent(phases.length), ...outcomes(phases) })
}

function outcomes(phases: readonly Phase[]): Readonly<Record<Outcome, number | undefined>> {
  const of = (phase: Phase) => orAbsent(phases.filter((each) => each === phase).length)
  return {
    successful: of('Successful'),
    failed: of('Failed'),
    inconclusive: of('Inconclusive'),
    error: of('Error'),
  }
}

type Outcome = 'successful' | 'failed' | 'inconclusive' | 'error'

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0)
}

function parseResult(json: Json): readonly MetricResult[] {
  const name = textAt(json, 'name')
  const phase = phaseAt(json)
  if (name === undefined || phase === undefined) return []
  return [
    {
      name,
      phase,
      message: textAt(json, 'message'),
      measurements: listAt(json, 'measurements').flatMap(parseMeasurement),
      metadata: textEntries(at(json, 'metadata')),
    },
  ]
}

function parseMeasurement(json: Json): readonly Measurement[] {
  const phase = phaseAt(json)
  const startedAt = timeAt(json, 'startedAt')
  if (phase === undefined || startedAt === undefined) return []
  return [
    {
      phase,
      value: textAt(json, 'value'),
      message: textAt(json, 'message'),
      startedAt,
      finishedAt: timeAt(json, 'finishedAt'),
      resumeAt: timeAt(json, 'resumeAt'),
      metadata: textEntries(at(json, 'metadata')),
    },
  ]
}

const phases: readonly Phase[] = [
  'Pending',
  'Running',
  'Successful',
  'Failed',
  'Error',
  'Inconclusive',
]

function phaseAt(json: Json | undefined): Phase | undefined {
  const text = textAt(json, 'phase')
  return phases.find((phase) => phase === text)
}
