/** One metric whose arguments are filled in → what a run measures. */
import { z } from 'zod'
import type { ResolvedMetric } from '../analysis/metric.ts'
import { type Json, objectAt } from '../json.ts'
import { failed, ok, type Problem, type Result } from '../result.ts'
import { type Duration, minutes, seconds } from '../units.ts'
import { childPath, type Fields, misplaced, object, refused, served, sift } from './fields.ts'
import { type JudgeDefaults, parseJudgeSettings } from './judge-settings.ts'
import { readAs, shape } from './shape.ts'
import { readDuration, readNumber } from './values.ts'

/**
 * The judge is one long measurement that decides by itself. So Argo's limits may only say what is the case anyway: `count` 1, the others
 * Argo's own defaults. Conditions have no place.
 */
export function parseMetric(
  json: Json,
  path: string,
  defaults: JudgeDefaults,
): Result<ResolvedMetric> {
  const foreign = foreignProvider(json, path)
  return foreign.length > 0 ? failed(...foreign) : parseJudged(json, path, defaults)
}

function parseJudged(json: Json, path: string, defaults: JudgeDefaults): Result<ResolvedMetric> {
  const { value, problems } = shape(sift(json, metricFields, 'metric', path), metricSchema, path)
  const judge = parseJudgeSettings(
    objectAt(json, 'provider', 'plugin', 'haldane/judge'),
    { ...defaults, block: value?.interval ?? defaults.block },
    childPath(`${path}.provider.plugin`, 'haldane/judge'),
  )
  if (value === undefined || problems.length > 0 || !judge.ok)
    return failed(...problems, ...(judge.ok ? [] : judge.problems))
  return ok({
    name: value.name,
    initialDelay: value.initialDelay ?? seconds(0),
    judge: judge.value,
  })
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
    'haldane/score': misplaced(
      'comes with a later version of Haldane; use haldane/judge',
      'haldane/judge',
    ),
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

const metricSchema = z.strictObject({
  name: z.string().min(1),
  interval: readAs(readBlock, 'a length of time from 1s to 5m, such as 15s').optional(),
  initialDelay: readAs(readDuration, 'a length of time such as 90s or 2m').optional(),
  count: only(1),
  failureLimit: only(0),
  inconclusiveLimit: only(0),
  consecutiveErrorLimit: only(4),
  consecutiveSuccessLimit: only(0),
  provider: z.strictObject({
    plugin: z.strictObject({
      'haldane/judge': z.record(z.string(), z.unknown(), {
        error: ({ input }) =>
          input === undefined ? 'is required; {} asks for the defaults' : undefined,
      }),
    }),
  }),
})

function only(expected: number): z.ZodType<number | undefined> {
  return readAs(
    (value) => (readNumber(value) === expected ? expected : undefined),
    `${expected} or absent: haldane/judge is one long measurement`,
  ).optional()
}

function readBlock(value: unknown): Duration | undefined {
  const block = readDuration(value)
  return block !== undefined && block >= seconds(1) && block <= minutes(5) ? block : undefined
}
