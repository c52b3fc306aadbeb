/** Provider `haldane/judge` as people write it → what the judge is asked. */
import { z } from 'zod'
import type { JsonObject } from '../json.ts'
import type { FailureRule, JudgeSettings, Margin, Preset } from '../judge/settings.ts'
import { failed, ok, problem, type Result } from '../result.ts'
import { judgeAnnotation } from '../rollout/keys.ts'
import { type Duration, minutes, seconds, share } from '../units.ts'
import { type Fields, misplaced, object, served, sift } from './fields.ts'
import { boundWords, readBound, slowdownWords, toLatency } from './latency-rule.ts'
import { oneOf, readAs, shape } from './shape.ts'
import { shown } from './shown.ts'
import { readAddress, readDuration, readNumber, readPoints, readRate, readTime } from './values.ts'

/** What the controller fills in where a metric is silent. */
export type JudgeDefaults = {
  readonly block: Duration
  readonly warmup: Duration
  readonly soak: Duration
  /** Undefined leaves the choice to whoever reads. */
  readonly prometheusAddress: string | undefined
}

export const standardDefaults: JudgeDefaults = {
  block: seconds(15),
  warmup: seconds(120),
  soak: minutes(2),
  prometheusAddress: undefined,
}

/** Reads the body of `haldane/judge`; `path` is where it stands. `defaults.block` is the metric's interval where it has one. */
export function parseJudgeSettings(
  body: JsonObject,
  defaults: JudgeDefaults,
  path: string,
): Result<JudgeSettings> {
  const { latency, ...rest } = body
  const isOff = latency === false
  const shaped = shape(sift(isOff ? rest : body, judgeFields, 'judge', path), judgeSchema, path)
  if (shaped.value === undefined || shaped.problems.length > 0) return failed(...shaped.problems)
  const settings = toSettings(shaped.value, defaults)
  return ok(isOff ? { ...settings, latency: false } : settings)
}

/** What annotation `haldane.dev/judge` of a Rollout asks for: a metric for its background run, or none. */
export function annotationJudge(value: string | undefined): Result<JsonObject | undefined> {
  if (value === undefined) return ok(undefined)
  const preset = presets.find((each) => each === value)
  if (preset !== undefined)
    return ok({ name: 'haldane-judge', provider: { plugin: { 'haldane/judge': { preset } } } })
  const message = `must be ${oneOf(presets)}, is ${shown(value)}`
  return failed(problem(`metadata.annotations["${judgeAnnotation}"]`, message))
}

const presets: readonly Preset[] = ['default', 'strict', 'lenient']

const margins: Readonly<Record<Preset, Margin>> = {
  strict: { ratio: 1.05, points: share(0.000_05) },
  default: { ratio: 1.2, points: share(0.000_2) },
  lenient: { ratio: 1.5, points: share(0.001) },
}

/** Failures of the server: unknown, deadline exceeded, exhausted, unimplemented, internal, unavailable, data loss. */
const grpcFailures: readonly number[] = [2, 4, 8, 12, 13, 14, 15]

const laterAccess = misplaced('is not served by this version of Haldane; remove it')
const ownQueries = misplaced('has no place here: the judge asks queries of its own; remove it')

export const judgeFields: Fields = {
  prometheus: object({
    address: served,
    query: ownQueries,
    rangeQuery: ownQueries,
    timeout: laterAccess,
    insecure: laterAccess,
    headers: laterAccess,
    authentication: laterAccess,
  }),
  service: served,
  reporter: served,
  split: served,
  preset: served,
  failures: object({
    codes: served,
    grpc: served,
    margin: object({ ratio: served, points: served }),
  }),
  latency: object({ margin: served, bounds: served }),
  falseRollbackRate: served,
  falsePassRate: served,
  passMargin: object({ points: served, latency: served }),
  warmup: served,
  soak: served,
  deadline: served,
  onDeadline: served,
}

const rate = readAs(readRate, 'a percentage such as 1%, or a share such as 0.01; below 50%')
const slowdown = readAs(readRate, slowdownWords)
const duration = readAs(readDuration, 'a length of time such as 90s or 2m')

const failuresSchema = z.strictObject(
  {
    codes: z
      .array(readAs(readCode, 'an HTTP code such as 503, or a class such as 5xx'))
      .min(1)
      .optional(),
    grpc: readAs(
      readGrpc,
      'default, or a list of status numbers from 2 to 16 (0 is success, 1 is the client hanging up)',
    ).optional(),
    margin: z
      .strictObject({
        ratio: readAs(readRatio, 'a number from 1 up, such as 1.2').optional(),
        points: readAs(readPoints, 'percentage points from 0 to 100, such as 0.02').optional(),
      })
      .optional(),
  },
  {
    error: ({ input }) =>
      input === false
        ? 'must not be false: failures are always judged; latency: false leaves them alone to be judged'
        : undefined,
  },
)

const judgeSchema = z.strictObject({
  prometheus: z
    .strictObject({ address: readAs(readAddress, 'a URL like http://prometheus:9090') })
    .optional(),
  service: readAs(readHost, 'a host like reviews.shop.svc.cluster.local').optional(),
  reporter: z.enum(['auto', 'destination', 'source', 'waypoint']).default('auto'),
  split: readAs(readSplit, 'auto (other ways come with a later version of Haldane)').optional(),
  preset: z.enum(presets).default('default'),
  failures: failuresSchema.optional(),
  latency: z
    .strictObject({
      margin: slowdown.optional(),
      bounds: z.array(readAs(readBound, boundWords)).min(1).optional(),
    })
    .optional(),
  falseRollbackRate: rate.optional(),
  falsePassRate: rate.optional(),
  passMargin: z
    .strictObject({
      points: readAs(readProof, 'percentage points, more than 0, such as 0.5').optional(),
      latency: slowdown.optional(),
    })
    .optional(),
  warmup: duration.optional(),
  soak: duration.optional(),
  deadline: readAs(readTime, 'a length of time such as 30m, more than 0').optional(),
  onDeadline: z.enum(['inconclusive', 'pass', 'fail']).default('inconclusive'),
})

type Body = z.infer<typeof judgeSchema>

function toSettings(body: Body, defaults: JudgeDefaults): JudgeSettings {
  const address = body.prometheus?.address ?? defaults.prometheusAddress
  return {
    prometheus: address === undefined ? undefined : { address },
    service: body.service,
    reporter: body.reporter,
    preset: body.preset,
    failures: toFailures(body.failures ?? {}, margins[body.preset]),
    latency: toLatency(body.latency ?? {}, body.preset),
    ...toRates(body),
    ...toTimes(body, defaults),
    onDeadline: body.onDeadline,
  }
}

type Rates = Pick<JudgeSettings, 'falseRollbackRate' | 'falsePassRate' | 'passMargin'>

function toRates(body: Body): Rates {
  return {
    falseRollbackRate: body.falseRollbackRate ?? share(0.01),
    falsePassRate: body.falsePassRate ?? share(0.05),
    passMargin: {
      points: body.passMargin?.points ?? share(0.005),
      latency: body.passMargin?.latency ?? 0.1,
    },
  }
}

type Times = Pick<JudgeSettings, 'block' | 'warmup' | 'soak' | 'deadline'>

function toTimes(body: Body, defaults: JudgeDefaults): Times {
  return {
    block: defaults.block,
    warmup: body.warmup ?? defaults.warmup,
    soak: body.soak ?? defaults.soak,
    deadline: body.deadline,
  }
}

function toFailures(rule: z.infer<typeof failuresSchema>, margin: Margin): FailureRule {
  return {
    codes: rule.codes ?? ['5xx'],
    grpc: rule.grpc ?? grpcFailures,
    margin: {
      ratio: rule.margin?.ratio ?? margin.ratio,
      points: rule.margin?.points ?? margin.points,
    },
  }
}

function readCode(value: unknown): string | undefined {
  const code = typeof value === 'number' ? String(value) : value
  return typeof code === 'string' && /^[1-5](xx|\d\d)$/.test(code) ? code : undefined
}

function readGrpc(value: unknown): readonly number[] | undefined {
  if (value === 'default') return grpcFailures
  if (!Array.isArray(value)) return undefined
  const codes = value.map(readNumber)
  const known = codes.filter((code) => code !== undefined && /^([2-9]|1[0-6])$/.test(String(code)))
  return known.length === value.length ? known.map(Number) : undefined
}

function readRatio(value: unknown): number | undefined {
  const ratio = readNumber(value)
  return ratio !== undefined && ratio >= 1 ? ratio : undefined
}

/** A margin of zero could never be proved. */
function readProof(value: unknown): ReturnType<typeof readPoints> {
  const points = readPoints(value)
  return points === 0 ? undefined : points
}

function readHost(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(value)
    ? value
    : undefined
}

function readSplit(value: unknown): 'auto' | undefined {
  return value === 'auto' ? value : undefined
}
