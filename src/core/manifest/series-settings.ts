/** `series` in the body of provider `haldane/judge` → what is compared. The same words in a file for `haldane judge --series`. */
import { z } from 'zod'
import { isObject, type Json, type JsonObject, listAt } from '../json.ts'
import type { AskedSeries, SeriesRule, SeriesSettings } from '../judge/series-settings.ts'
import { failed, ok, type Problem, problem, type Result } from '../result.ts'
import { share } from '../units.ts'
import { type Fields, misplaced, object, type Sifted, served, sift } from './fields.ts'
import type { JudgeDefaults } from './judge-settings.ts'
import { readAs, shape } from './shape.ts'
import { shown } from './shown.ts'
import { readAddress, readDuration, readNumber, readRate, readTime } from './values.ts'

/** Queries of one look are twice as many. */
const mostSeries = 20

type SeriesMargin = SeriesRule['margin']

const ofRequests = misplaced(
  'is about requests and has no place beside series; give requests a metric of their own',
)

export const seriesFields: Fields = {
  name: served,
  canary: served,
  stable: served,
  direction: served,
  test: served,
  margin: served,
  passMargin: served,
  block: served,
}

/** Beside `series`. */
export const seriesBodyFields: Fields = {
  prometheus: object({ address: served }),
  series: served,
  falseRollbackRate: served,
  falsePassRate: served,
  warmup: served,
  soak: served,
  deadline: served,
  onDeadline: served,
  ...Object.fromEntries(
    ['service', 'reporter', 'split', 'preset', 'failures', 'latency'].map((name) => [
      name,
      ofRequests,
    ]),
  ),
  passMargin: misplaced('has no place beside series; each of them has its own'),
}

const rate = readAs(readRate, 'a percentage such as 1%, or a share such as 0.01; below 50%')
const duration = readAs(readDuration, 'a length of time such as 90s or 2m')
const marginWords = 'a part of the value such as 5%, or {absolute: 3} in its own unit'

const bodySchema = z.object({
  prometheus: z
    .object({ address: readAs(readAddress, 'a URL like http://prometheus:9090') })
    .optional(),
  series: z.array(z.unknown()).min(1).max(mostSeries),
  falseRollbackRate: rate.optional(),
  falsePassRate: rate.optional(),
  warmup: duration.optional(),
  soak: duration.optional(),
  deadline: readAs(readTime, 'a length of time such as 30m, more than 0').optional(),
  onDeadline: z.enum(['inconclusive', 'pass', 'fail']).default('inconclusive'),
})

const ruleSchema = z.object({
  name: z.string().min(1),
  direction: z.enum(['increase', 'decrease']),
  test: z.enum(['sign', 'rank']).default('sign'),
  margin: readAs(readMargin, marginWords).default({ kind: 'relative', share: 0.05 }),
  passMargin: readAs(readMargin, marginWords).optional(),
  block: readAs(readTime, 'a length of time such as 2m, more than 0').optional(),
})

const queriesSchema = z.object({ canary: z.string().min(1), stable: z.string().min(1) })

/** `defaults.block` is how far values lie apart. */
export function parseSeriesSettings(
  body: JsonObject,
  defaults: JudgeDefaults,
  path: string,
): Result<SeriesSettings<AskedSeries>> {
  return parseSeries(body, defaults, { path, readSides: readQueries })
}

export type SeriesReader<Sides> = {
  readonly path: string
  /** Reads `canary` and `stable`. */
  readonly readSides: (sifted: Sifted, path: string) => Result<Sides>
  /** What else a series may have. */
  readonly more?: Fields
}

export function parseSeries<Sides>(
  body: JsonObject,
  defaults: JudgeDefaults,
  reader: SeriesReader<Sides>,
): Result<SeriesSettings<SeriesRule & Sides>> {
  const { path } = reader
  const sifted = sift(body, seriesBodyFields, 'judge', path)
  const { value, problems } = shape(sifted, bodySchema, path)
  const rules = listAt(sifted.served, 'series').map((json, index) =>
    parseRule(json, `${path === '' ? '' : `${path}.`}series[${index}]`, reader),
  )
  const wrong = rules.flatMap((rule) => (rule.ok ? [] : rule.problems))
  const all = [...problems, ...wrong, ...repeatedNames(sifted.served, path)]
  if (value === undefined || all.length > 0) return failed(...all)
  const series = rules.flatMap((rule) => (rule.ok ? [rule.value] : []))
  return ok({ ...besideSeries(value, defaults), series })
}

function besideSeries(
  body: z.infer<typeof bodySchema>,
  defaults: JudgeDefaults,
): Omit<SeriesSettings, 'series'> {
  const {
    falseRollbackRate = share(0.01),
    falsePassRate = share(0.05),
    deadline,
    onDeadline,
  } = body
  const { warmup = defaults.warmup, soak = defaults.soak, prometheus } = body
  const address = prometheus?.address ?? defaults.prometheusAddress
  return {
    prometheus: address === undefined ? undefined : { address },
    step: defaults.block,
    falseRollbackRate,
    falsePassRate,
    warmup,
    soak,
    deadline,
    onDeadline,
  }
}

function parseRule<Sides>(
  json: Json,
  path: string,
  { readSides, more = {} }: SeriesReader<Sides>,
): Result<SeriesRule & Sides> {
  if (!isObject(json)) return failed(problem(path, 'must be an object with "name"'))
  const sifted = sift(json, { ...seriesFields, ...more }, 'series', path)
  const { value, problems } = shape(sifted, ruleSchema, path)
  const sides = readSides({ ...sifted, problems: [] }, path)
  const wrong = [...problems, ...(sides.ok ? [] : sides.problems)]
  if (value === undefined) return failed(...wrong)
  const { name, direction, test, margin, passMargin = twice(margin), block } = value
  const rule = { name, harm: direction, test, margin, passMargin, block }
  const all = [...wrong, ...marginProblems(rule, `${path}.passMargin`)]
  return sides.ok && all.length === 0 ? ok({ ...rule, ...sides.value }) : failed(...all)
}

function readQueries(sifted: Sifted, path: string): Result<Pick<AskedSeries, 'queries'>> {
  const { value, problems } = shape(sifted, queriesSchema, path)
  return value === undefined ? failed(...problems) : ok({ queries: value })
}

/** What is proved cannot be less than what is tolerated, or nothing would ever end. */
function marginProblems({ margin, passMargin }: SeriesRule, path: string): readonly Problem[] {
  if (margin.kind !== passMargin.kind)
    return [problem(path, `must be ${margin.kind}, as the margin is`)]
  return sizeOf(passMargin) > sizeOf(margin)
    ? []
    : [problem(path, `must be greater than the margin, is ${sizeOf(passMargin)}`)]
}

function sizeOf(margin: SeriesMargin): number {
  return margin.kind === 'relative' ? margin.share : margin.amount
}

function twice(margin: SeriesMargin): SeriesMargin {
  return margin.kind === 'relative'
    ? { kind: 'relative', share: 2 * margin.share }
    : { kind: 'absolute', amount: 2 * margin.amount }
}

/** `5%`, or `{absolute: 3}`. */
function readMargin(value: unknown): SeriesMargin | undefined {
  if (typeof value === 'string') return readPart(value)
  const own = absoluteSchema.safeParse(value)
  return own.success ? { kind: 'absolute', amount: own.data.absolute } : undefined
}

function readPart(text: string): SeriesMargin | undefined {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text.trim())?.[1]
  return percent === undefined ? undefined : { kind: 'relative', share: Number(percent) / 100 }
}

const absoluteSchema = z.strictObject({ absolute: readAs(readAmount, 'a number from 0 up') })

function readAmount(value: unknown): number | undefined {
  const amount = readNumber(value)
  return amount !== undefined && amount >= 0 ? amount : undefined
}

function repeatedNames(body: Json, path: string): readonly Problem[] {
  const names = listAt(body, 'series').map((json) => (isObject(json) ? json['name'] : undefined))
  const twiceNamed = names.find((name, k) => name !== undefined && names.indexOf(name) < k)
  return twiceNamed === undefined
    ? []
    : [
        problem(
          path === '' ? 'series' : `${path}.series`,
          `must have different names, ${shown(twiceNamed)} stands twice`,
        ),
      ]
}
