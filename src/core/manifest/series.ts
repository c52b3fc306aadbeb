/** Lines of `haldane score --series` (docs/score.md) → questions. The names are Kayenta's. */
import { z } from 'zod'
import { isObject, type Json, listAt } from '../json.ts'
import { failed, ok, problem, type Result } from '../result.ts'
import {
  type Samples,
  type ScoredMetric,
  type ScoreQuestion,
  standardMethod,
} from '../score/settings.ts'
import { comparisonFields, parseComparison } from './comparison.ts'
import { type Fields, list, type Sifted, served, sift } from './fields.ts'
import { parseTotals, totalsFields } from './score-totals.ts'
import { readAs, shape } from './shape.ts'

export type SeriesLine = {
  /** What the line calls its release; undefined when it has no name. */
  readonly release: string | undefined
  readonly question: ScoreQuestion
}

/** One line that is not empty. Paths of problems are those of the line's fields. */
export function parseSeriesLine(text: string): Result<SeriesLine> {
  const json = readJson(text)
  return json.ok ? parseSeries(json.value) : json
}

const lineFields: Fields = {
  release: served,
  metrics: list({ ...comparisonFields, groups: served, control: served, experiment: served }),
  ...totalsFields,
  tolerance: served,
  confLevel: served,
  roots: served,
}

function parseSeries(json: Json): Result<SeriesLine> {
  if (!isObject(json)) return failed(problem('', 'must be a JSON object with "metrics"'))
  const sifted = sift(json, lineFields, 'line', '')
  const { value, problems } = shape(sifted, lineSchema, '')
  const totals = parseTotals(sifted, '')
  const metrics = listAt(sifted.served, 'metrics').map((metric, index) =>
    parseMetric({ ...sifted, served: metric }, `metrics[${index}]`),
  )
  const wrong = [totals, ...metrics].flatMap((part) => (part.ok ? [] : part.problems))
  if (value === undefined || !totals.ok || wrong.length > 0) return failed(...problems, ...wrong)
  if (problems.length > 0) return failed(...problems)
  const { release, tolerance, confLevel: confidence, roots } = value
  const method = { tolerance, confidence, roots }
  const read = metrics.flatMap((metric) => (metric.ok ? [metric.value] : []))
  return ok({ release, question: { metrics: read, ...totals.value, method } })
}

/** A day of seconds. */
const mostValues = 86_400

/** A metric in no group counts nowhere, so that one without `groups` gets one. */
const onlyGroup = 'all'

const values = z
  .array(readAs(readValue, 'a number, null, or one of "NaN", "Infinity", "-Infinity"'))
  .max(mostValues, { error: `must hold at most ${mostValues} values; take a longer step` })

const metricSchema = z.object({
  groups: z.array(z.string().min(1)).default([onlyGroup]),
  control: values,
  experiment: values,
})

const lineSchema = z.object({
  release: z.string().min(1).optional(),
  metrics: z.array(z.unknown()).min(1),
  tolerance: readAs(readTolerance, 'a number from 0 up, such as 0.25').default(
    standardMethod.tolerance,
  ),
  confLevel: readAs(readLevel, 'a number between 0 and 1, such as 0.98').default(
    standardMethod.confidence,
  ),
  roots: z.enum(['exact', 'kayenta']).default('exact'),
})

function parseMetric(sifted: Sifted, path: string): Result<ScoredMetric & Samples> {
  if (!isObject(sifted.served)) return failed(problem(path, 'must be an object with "name"'))
  const { value, problems } = shape({ ...sifted, problems: [] }, metricSchema, path)
  const comparison = parseComparison(sifted, path, 'json')
  if (value === undefined || !comparison.ok)
    return failed(...problems, ...(comparison.ok ? [] : comparison.problems))
  const { groups, control, experiment } = value
  return ok({ ...comparison.value, groups, canary: experiment, stable: control })
}

function readTolerance(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value < Infinity ? value : undefined
}

function readLevel(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 && value < 1 ? value : undefined
}

function readValue(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (value === null) return NaN
  return typeof value === 'string' ? written.get(value) : undefined
}

/** As Kayenta, Prometheus and Python write what JSON has no number for. */
const written: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['+Inf', Infinity],
  ['-Infinity', -Infinity],
  ['-Inf', -Infinity],
])

/** Python writes NaN and Infinity without quotes, which is no JSON but means what it says. */
function readJson(text: string): Result<Json> {
  const quoted = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  )
  try {
    return ok(JSON.parse(quoted))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return failed(problem('', `is not JSON (${why}); give one object a line`))
  }
}
