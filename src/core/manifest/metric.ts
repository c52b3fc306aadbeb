/** One metric whose arguments are filled in → what a run measures. */
import { z } from 'zod'
import type {
  JudgedMetric,
  ResolvedMetric,
  ScoredMetric,
  SeriesMetric,
} from '../analysis/metric.ts'
import { at, type Json, type JsonObject, objectAt } from '../json.ts'
import { failed, ok, type Problem, type Result } from '../result.ts'
import { type Duration, minutes, seconds } from '../units.ts'
import { childPath, type Fields, misplaced, object, refused, served, sift } from './fields.ts'
import { type JudgeDefaults, parseJudgeSettings } from './judge-settings.ts'
import { parseScorePlan } from './score-plan.ts'
import { parseSeriesSettings } from './series-settings.ts'
import { readAs, shape } from './shape.ts'
import { readDuration, readNumber } from './values.ts'

/**
 * The judge and the score are one long measurement that decides by itself. So Argo's limits may only say what is the case anyway: `count` 1, the
 * others Argo's own defaults. Conditions have no place.
 */
export function parseMetric(
  json: Json,
  path: string,
  defaults: JudgeDefaults,
): Result<ResolvedMetric> {
  const foreign = foreignProvider(json, path)
  if (foreign.length > 0) return failed(...foreign)
  return isScored(json) ? parseScored(json, path, defaults) : parseJudged(json, path, defaults)
}

function isScored(json: Json): boolean {
  return at(json, 'provider', 'plugin', 'haldane/score') !== undefined
}

/** With `series` in its body it judges these and no requests. */
function parseJudged(
  json: Json,
  path: string,
  defaults: JudgeDefaults,
): Result<JudgedMetric | SeriesMetric> {
  const { value, problems } = shape(sift(json, metricFields, 'metric', path), judgedSchema, path)
  const body = objectAt(json, 'provider', 'plugin', 'haldane/judge')
  const asked = parseBody(
    body,
    { ...defaults, block: value?.interval ?? defaults.block },
    childPath(`${path}.provider.plugin`, 'haldane/judge'),
  )
  if (value === undefined || problems.length > 0 || !asked.ok)
    return failed(...problems, ...(asked.ok ? [] : asked.problems))
  const { name, initialDelay = seconds(0) } = value
  return ok({ name, initialDelay, ...asked.value })
}

type AskedBody = Pick<JudgedMetric, 'kind' | 'judge'> | Pick<SeriesMetric, 'kind' | 'series'>

function parseBody(body: JsonObject, defaults: JudgeDefaults, path: string): Result<AskedBody> {
  if (body['series'] === undefined || body['series'] === null) {
    const judge = parseJudgeSettings(body, defaults, path)
    return judge.ok ? ok({ kind: 'judge', judge: judge.value }) : judge
  }
  const series = parseSeriesSettings(body, defaults, path)
  return series.ok ? ok({ kind: 'series', series: series.value }) : series
}

function parseScored(json: Json, path: string, defaults: JudgeDefaults): Result<ScoredMetric> {
  const fields = {
    ...metricFields,
    interval: misplaced(
      'has no place beside haldane/score: its step says how far values lie apart; remove it',
    ),
  }
  const { value, problems } = shape(sift(json, fields, 'metric', path), scoredSchema, path)
  const score = parseScorePlan(
    objectAt(json, 'provider', 'plugin', 'haldane/score'),
    childPath(`${path}.provider.plugin`, 'haldane/score'),
    defaults.prometheusAddress,
  )
  if (value === undefined || problems.length > 0 || !score.ok)
    return failed(...problems, ...(score.ok ? [] : score.problems))
  const { name, initialDelay = seconds(0) } = value
  return ok({ kind: 'score', name, initialDelay, score: score.value })
}

/** Only what the field names tell: for a metric that still waits for its arguments. */
export function metricNameProblems(json: Json, path: string): readonly Problem[] {
  const foreign = foreignProvider(json, path)
  return foreign.length > 0 ? foreign : sift(json, metricFields, 'metric', path).problems
}

/** A metric for another provider is told so, and not what it would lack as the judge's. */
function foreignProvider(json: Json, path: string): readonly Problem[] {
  const provider = objectAt(json, 'provider')
  return sift(provider, providerFields, 'metric', `${path}.provider`).problems
}

const decides = misplaced('has no place beside haldane/judge, which decides by itself; remove it')

const providers = [
  'prometheus',
  'web',
  'job',
  'kayenta',
  'datadog',
  'newRelic',
  'wavefront',
  'cloudWatch',
  'graphite',
  'influxdb',
  'skywalking',
]

const providerFields: Fields = {
  plugin: object({
    'haldane/judge': served,
    'haldane/score': served,
    '*': refused('use haldane/judge', 'haldane/judge'),
  }),
  ...Object.fromEntries(
    providers.map((name) => [name, refused('use plugin haldane/judge', 'plugin')]),
  ),
}

const metricFields: Fields = {
  name: served,
  interval: served,
  initialDelay: served,
  count: served,
  successCondition: decides,
  failureCondition: decides,
  failureLimit: served,
  inconclusiveLimit: served,
  consecutiveErrorLimit: served,
  consecutiveSuccessLimit: served,
  provider: object(providerFields),
}

const judgedSchema = z.strictObject({
  ...limitsOf('haldane/judge is one long measurement that decides by itself'),
  interval: readAs(readBlock, 'a length of time from 1s to 5m, such as 15s').optional(),
  provider: z.strictObject({
    plugin: z.strictObject({
      'haldane/judge': z.record(z.string(), z.unknown(), {
        error: ({ input }) =>
          input === undefined ? 'is required; {} asks for the defaults' : undefined,
      }),
    }),
  }),
})

const scoredSchema = z.strictObject({
  ...limitsOf(
    'haldane/score looks once, at all of its window: a longer window sees more, a second look doubles the false alarms',
  ),
  provider: z.strictObject({
    plugin: z.strictObject(
      { 'haldane/score': z.record(z.string(), z.unknown()) },
      {
        error: ({ code }) =>
          code === 'unrecognized_keys'
            ? 'must name one of haldane/judge and haldane/score; give each a metric of its own'
            : undefined,
      },
    ),
  }),
})

function limitsOf(why: string) {
  const only = (expected: number): z.ZodType<number | undefined> =>
    readAs(
      (value) => (readNumber(value) === expected ? expected : undefined),
      `${expected} or absent (${why})`,
    ).optional()
  return {
    name: z.string().min(1),
    initialDelay: readAs(readDuration, 'a length of time such as 90s or 2m').optional(),
    count: only(1),
    failureLimit: only(0),
    inconclusiveLimit: only(0),
    consecutiveErrorLimit: only(4),
    consecutiveSuccessLimit: only(0),
  } as const
}

function readBlock(value: unknown): Duration | undefined {
  const block = readDuration(value)
  return block !== undefined && block >= seconds(1) && block <= minutes(5) ? block : undefined
}
