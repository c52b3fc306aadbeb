/** What `haldane judge --series` reads (docs/judge.md): settings, and series as PromQL or as values of one's own. */
import { z } from 'zod'
import { isObject, type JsonObject, listAt } from '../json.ts'
import type { AskedSeries, SeriesRule, SeriesSettings } from '../judge/series-settings.ts'
import { failed, ok, problem, type Result } from '../result.ts'
import { seconds } from '../units.ts'
import type { Fields, Sifted } from './fields.ts'
import { served } from './fields.ts'
import type { JudgeDefaults } from './judge-settings.ts'
import { parseSeries, parseSeriesSettings } from './series-settings.ts'
import { readAs, shape } from './shape.ts'
import { shown } from './shown.ts'
import { readDuration } from './values.ts'

/** Values at equal distances, oldest first; NaN where there was none. */
export type Values = readonly number[]

export type GivenSeries = SeriesRule & {
  readonly canary: Values
  readonly stable: Values
  /** Of the stable side before the release, one list a pod; may be empty. */
  readonly history: readonly Values[]
}

export type SeriesFile = { readonly release: string | undefined } & (
  | { readonly kind: 'asked'; readonly settings: SeriesSettings<AskedSeries> }
  | { readonly kind: 'given'; readonly settings: SeriesSettings<GivenSeries> }
)

/** `body` holds where the file is silent, in the names of the provider's body. */
export function parseSeriesFile(
  text: string,
  body: JsonObject,
  defaults: JudgeDefaults,
): Result<SeriesFile> {
  const json = readJson(text)
  if (!json.ok) return json
  const { release, interval, ...own } = json.value
  if (release !== undefined && typeof release !== 'string')
    return failed(problem('release', `must be text, is ${shown(release)}`))
  const step = interval === undefined ? defaults.block : readDuration(interval)
  if (step === undefined || step < seconds(1))
    return failed(
      problem(
        'interval',
        `must be a length of time from 1s up, such as 15s, is ${shown(interval)}`,
      ),
    )
  const all = { ...body, ...own }
  const silent = { ...defaults, block: step }
  return isGiven(own) ? given(release, all, silent) : asked(release, all, silent)
}

function asked(
  release: string | undefined,
  body: JsonObject,
  defaults: JudgeDefaults,
): Result<SeriesFile> {
  const settings = parseSeriesSettings(body, defaults, '')
  return settings.ok ? ok({ kind: 'asked', release, settings: settings.value }) : settings
}

/** What is given is judged from the first value on, unless somebody says how long pods warm up. */
function given(
  release: string | undefined,
  body: JsonObject,
  defaults: JudgeDefaults,
): Result<SeriesFile> {
  const silent = { ...defaults, warmup: seconds(0) }
  const settings = parseSeries(body, silent, {
    path: '',
    readSides: readValues,
    more: historyField,
  })
  return settings.ok ? ok({ kind: 'given', release, settings: settings.value }) : settings
}

/** The first series says what the file holds. */
function isGiven(body: JsonObject): boolean {
  const [first] = listAt(body, 'series')
  return isObject(first) && Array.isArray(first['canary'])
}

const historyField: Fields = { history: served }

/** A day of seconds. */
const mostValues = 86_400

const values = z.array(readAs(readValue, 'a number, or null where there was none')).max(mostValues)

const sidesSchema = z.object({
  canary: values.min(1),
  stable: values.min(1),
  history: z.array(values).default([]),
})

function readValues(sifted: Sifted, path: string): Result<z.infer<typeof sidesSchema>> {
  const { value, problems } = shape(sifted, sidesSchema, path)
  return value === undefined ? failed(...problems) : ok(value)
}

function readValue(value: unknown): number | undefined {
  if (value === null) return NaN
  return typeof value === 'number' ? value : undefined
}

function readJson(text: string): Result<JsonObject> {
  try {
    const json: unknown = JSON.parse(text)
    if (typeof json === 'object' && json !== null && !Array.isArray(json))
      return ok(Object.fromEntries(Object.entries(json)))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return failed(problem('', `is not JSON (${why})`))
  }
  return failed(problem('', 'must be a JSON object with "series"'))
}
