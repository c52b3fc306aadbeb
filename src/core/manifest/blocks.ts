/**
 * Lines of a stream of blocks, as `haldane judge --blocks` reads them (docs/judge.md) → releases and what both sides served.
 *
 * A stream may hold a million lines, so that blocks are checked by hand and what is fine is looked at once.
 */
import { isObject, type Json, type JsonObject } from '../json.ts'
import type { GivenBlock, GivenHistory, PodCounts } from '../judge/block-case.ts'
import type { JudgeSettings } from '../judge/settings.ts'
import { failed, ok, type Problem, problem, type Result } from '../result.ts'
import { seconds } from '../units.ts'
import { type Fields, served, sift } from './fields.ts'
import { parseHistory } from './given-history.ts'
import { Check, isThere } from './given-numbers.ts'
import { type JudgeDefaults, judgeFields, parseJudgeSettings } from './judge-settings.ts'

export type GivenLine =
  | { readonly kind: 'release'; readonly release: GivenRelease }
  | { readonly kind: 'block'; readonly block: BlockLine }

export type GivenRelease = {
  readonly name: string
  readonly settings: JudgeSettings
  readonly history: GivenHistory | undefined
}

/** A block that does not say how long it is has the length of the release's blocks. */
export type BlockLine = Omit<GivenBlock, 'seconds'> & { readonly seconds: number | undefined }

/** What holds where a release is silent. */
export type GivenDefaults = {
  /** In the names of the judge's provider body. */
  readonly body: JsonObject
  readonly judge: JudgeDefaults
}

/** What is given is judged from the first block on, unless somebody says how long pods warm up. */
const noWarmup = seconds(0)

/** A day: longer blocks are a mistake in the unit. */
const longestSeconds = 86_400

/** One line that is not empty. Paths of problems are those of the line's fields. */
export function parseLine(text: string, defaults: GivenDefaults): Result<GivenLine> {
  const json = readJson(text)
  if (!json.ok) return json
  const line = json.value
  if (!isObject(line)) return failed(problem('', 'must be a JSON object: a release or a block'))
  if (isThere(line['release'])) return parseRelease(line, defaults)
  return Object.keys(blockFields).some((name) => isThere(line[name]))
    ? parseBlock(line)
    : failed(...neither(line))
}

/* ---------------------------------------------------------------- release */

const releaseFields: Fields = {
  release: served,
  seconds: served,
  history: served,
  ...Object.fromEntries(Object.keys(judgeFields).map((name) => [name, served])),
}

function parseRelease(line: JsonObject, { body, judge }: GivenDefaults): Result<GivenLine> {
  const { served: left, problems } = sift(line, releaseFields, 'release', '')
  const { release, seconds: length, history, ...own } = isObject(left) ? left : {}
  const check = new Check(problems)
  const name = check.text(release, 'release')
  const block = readSeconds(length, check) ?? judge.block / 1000
  const past = isThere(history) ? parseHistory(history, block, check) : undefined
  const silent = { ...judge, block: seconds(block), warmup: noWarmup }
  const settings = parseJudgeSettings({ ...body, ...own }, silent, '')
  const found = settings.ok ? check.problems : [...check.problems, ...settings.problems]
  if (!settings.ok || found.length > 0) return failed(...found)
  return ok({ kind: 'release', release: { name, settings: settings.value, history: past } })
}

/* ---------------------------------------------------------------- block */

const blockFields: Fields = { weight: served, seconds: served, canary: served, stable: served }
const podFields: Fields = {
  pod: served,
  pods: served,
  requests: served,
  failures: served,
  buckets: served,
}

function parseBlock(line: JsonObject): Result<GivenLine> {
  const check = new Check()
  check.names(line, blockFields, { noun: 'block', path: '' })
  const { weight } = line
  if (isThere(weight)) check.number(weight, 'weight', { what: 'a percentage', most: 100 })
  const block = {
    seconds: readSeconds(line['seconds'], check),
    canary: parseSide(line['canary'], 'canary', check),
    stable: parseSide(line['stable'], 'stable', check),
  }
  return check.problems.length > 0 ? failed(...check.problems) : ok({ kind: 'block', block })
}

/** No pods when the side is missing. */
function parseSide(side: Json | undefined, path: string, check: Check): readonly PodCounts[] {
  if (!isThere(side)) return []
  if (!Array.isArray(side)) return [parsePod(side, path, check)]
  const entries: readonly Json[] = side
  const pods = entries.map((entry, index) => parsePod(entry, `${path}[${index}]`, check))
  check.different(pods, path)
  return pods
}

const noCounts: PodCounts = { requests: 0, failures: 0 }

function parsePod(json: Json, path: string, check: Check): PodCounts {
  if (!isObject(json)) {
    check.refuse(path, 'must be an object with requests and failures, or a list of such objects')
    return noCounts
  }
  check.names(json, podFields, { noun: 'side', path })
  const { pod, pods, buckets } = json
  const counts = check.counts(json, path)
  const answered = counts.requests - counts.failures
  return {
    ...counts,
    ...(isThere(pod) ? { pod: check.text(pod, `${path}.pod`) } : {}),
    ...(isThere(pods) ? { pods: check.whole(pods, `${path}.pods`) } : {}),
    ...(isThere(buckets) ? { buckets: check.buckets(buckets, `${path}.buckets`, answered) } : {}),
  }
}

/* ---------------------------------------------------------------- both */

function readSeconds(value: Json | undefined, check: Check): number | undefined {
  if (!isThere(value)) return undefined
  const length = check.number(value, 'seconds', {
    what: 'a number of seconds',
    most: longestSeconds,
  })
  if (value === 0) check.refuse('seconds', 'must be more than 0')
  return length === 0 ? undefined : length
}

/** The name that was meant may tell what the line is. */
function neither(line: JsonObject): readonly Problem[] {
  const { problems } = sift(line, { release: served, ...blockFields }, 'line', '')
  const message = 'is neither a release nor a block; give it "release", or "canary" and "stable"'
  return problems.length > 0 ? problems : [problem('', message)]
}

function readJson(text: string): Result<Json> {
  try {
    return ok(JSON.parse(text))
  } catch (error) {
    return failed(notJson(text, error))
  }
}

/** Python writes NaN and Infinity, which are no JSON: the field is named that holds one. */
function notJson(text: string, error: unknown): Problem {
  const [, name = '', value = ''] =
    /"([^"]*)"\s*:\s*(?:\[[^\]]*?)?(-?(?:NaN|Infinity))/.exec(text) ?? []
  if (value !== '')
    return problem(name, `must be a number, is ${value}; leave out what was not measured`)
  const why = error instanceof Error ? error.message : String(error)
  return problem('', `is not JSON (${why}); give one object a line`)
}
