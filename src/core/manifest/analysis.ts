/** Templates and runs as they stand in the cluster → domain types, or all problems at once. */
import { z } from 'zod'
import type {
  AnalysisRun,
  AnalysisTemplate,
  Argument,
  Metric,
  ResolvedMetric,
} from '../analysis/metric.ts'
import { booleanAt, type Json, type JsonObject, listAt, objectAt, textAt } from '../json.ts'
import { failed, ok, type Problem, problem, type Result } from '../result.ts'
import { parseRunStatus } from './analysis-run-json.ts'
import { fillArguments } from './arguments.ts'
import { childPath, type Fields, list, misplaced, object, refused, served, sift } from './fields.ts'
import { type JudgeDefaults, standardDefaults } from './judge-settings.ts'
import { metricNameProblems, parseMetric } from './metric.ts'
import { shape } from './shape.ts'
import { shown } from './shown.ts'

/** An AnalysisTemplate or a ClusterAnalysisTemplate. A metric that waits for no argument is read to the end already here. */
export function parseAnalysisTemplate(json: Json | undefined): Result<AnalysisTemplate> {
  const spec = objectAt(json, 'spec')
  const kind = textAt(json, 'kind') ?? 'AnalysisTemplate'
  const { problems } = shape(sift(spec, templateFields, kind, 'spec'), analysisSchema, 'spec')
  const all = [...problems, ...templateProblems(spec)]
  if (all.length > 0) return failed(...all)
  return ok({
    name: textAt(json, 'metadata', 'name') ?? '',
    metrics: metricsOf(spec),
    args: argumentsOf(spec),
  })
}

/** An AnalysisRun. What its metrics ask for is left to `resolveMetric`, so that a run that cannot be measured can say so in its status. */
export function parseAnalysisRun(json: Json | undefined): Result<AnalysisRun> {
  const spec = objectAt(json, 'spec')
  const { problems } = shape(sift(spec, runFields, 'AnalysisRun', 'spec'), runSchema, 'spec')
  const all = [...problems, ...repeatedNames(spec)]
  return all.length > 0 ? failed(...all) : ok(runOf(json))
}

/** Whatever can be understood of an AnalysisRun, whether it is valid or not. */
export function runOf(json: Json | undefined): AnalysisRun {
  return {
    name: textAt(json, 'metadata', 'name') ?? '',
    namespace: textAt(json, 'metadata', 'namespace') ?? '',
    uid: textAt(json, 'metadata', 'uid') ?? '',
    metrics: metricsOf(objectAt(json, 'spec')),
    args: argumentsOf(objectAt(json, 'spec')),
    terminate: booleanAt(json, 'spec', 'terminate'),
    status: parseRunStatus(objectAt(json, 'status')),
  }
}

/** Fills the arguments in, then reads the metric. Paths start with `metrics.<name>`. */
export function resolveMetric(
  metric: Metric,
  args: readonly Argument[],
  defaults: JudgeDefaults,
): Result<ResolvedMetric> {
  const path = childPath('metrics', metric.name)
  const filled = fillArguments(metric.json, args, path)
  return filled.ok ? parseMetric(filled.value, path, defaults) : filled
}

const argumentFields: Fields = {
  name: served,
  value: served,
  valueFrom: object({
    secretKeyRef: refused('write a value'),
    fieldRef: misplaced(
      "is not resolved in a template, by Argo's controller neither; set the value in the Rollout",
    ),
  }),
}

const templateFields: Fields = {
  metrics: served,
  args: list(argumentFields),
  dryRun: refused(),
  measurementRetention: refused(),
  templates: refused('name the templates in the Rollout', 'metrics'),
}

const runFields: Fields = {
  metrics: served,
  args: list(argumentFields),
  terminate: served,
  dryRun: refused(),
  measurementRetention: refused(),
  ttlStrategy: refused(),
}

const analysisShape = {
  metrics: z.array(z.looseObject({ name: z.string().min(1) })).min(1),
  args: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        value: z.string().optional(),
        valueFrom: z.strictObject({}).optional(),
      }),
    )
    .default([]),
} as const

const analysisSchema = z.strictObject(analysisShape)
const runSchema = z.strictObject({ ...analysisShape, terminate: z.boolean().default(false) })

function argumentsOf(spec: JsonObject): readonly Argument[] {
  return listAt(spec, 'args').flatMap((json) => {
    const name = textAt(json, 'name')
    return name === undefined ? [] : [{ name, value: textAt(json, 'value'), from: undefined }]
  })
}

function metricsOf(spec: JsonObject): readonly Metric[] {
  return listAt(spec, 'metrics').map((json) => ({ name: textAt(json, 'name') ?? '', json }))
}

function templateProblems(spec: JsonObject): readonly Problem[] {
  const metrics = listAt(spec, 'metrics').filter((json) => textAt(json, 'name') !== undefined)
  return [...metrics.flatMap(metricProblems), ...repeatedNames(spec)]
}

function metricProblems(json: Json, index: number): readonly Problem[] {
  const path = `spec.metrics[${index}]`
  if (JSON.stringify(json).includes('{{')) return metricNameProblems(json, path)
  const parsed = parseMetric(json, path, standardDefaults)
  return parsed.ok ? [] : parsed.problems
}

function repeatedNames(spec: JsonObject): readonly Problem[] {
  return ['metrics', 'args'].flatMap((field) =>
    repeated(listAt(spec, field).map((entry) => textAt(entry, 'name'))).map(({ name, index }) =>
      problem(`spec.${field}[${index}].name`, `must be unique, ${shown(name)} stands twice`),
    ),
  )
}

function repeated(
  names: readonly (string | undefined)[],
): readonly { readonly name: string; readonly index: number }[] {
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index ? [{ name, index }] : [],
  )
}
