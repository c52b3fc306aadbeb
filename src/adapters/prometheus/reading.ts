/** Reads what a metrics store answered, strictly: whatever is not whole is not a reading. */

import { at, isObject, type Json, listAt, parseJson, textAt, textEntries } from '../../core/json.ts'
import type {
  NativeBucket,
  NativeSample,
  Reading,
  Sample,
  Series,
} from '../../core/judge/reading.ts'
import { instant } from '../../core/units.ts'
import type { Answer } from './transport.ts'

/**
 * A store that warns, or says that its answer is partial (VictoriaMetrics), makes the reading `incomplete`. `infos` are
 * not about completeness and are passed over. Samples that are NaN or infinite are left out as absent, and with them series
 * that have no other: an absence is an answer, NaN is none. Native histograms are read bucket by bucket. `shown` is the address for messages.
 */
export function readingOf(answer: Answer, shown: string): Reading {
  const body = parseJson(answer.body)
  if (!isObject(body)) return failed(notPrometheus(answer, shown))
  if (answer.status !== 200 || textAt(body, 'status') !== 'success')
    return failed(refused(answer, body, shown))
  const missing = whatIsMissing(body)
  if (missing !== undefined) return { kind: 'incomplete', why: `${shown} warns: ${missing}` }
  const type = textAt(body, 'data', 'resultType')
  if (type !== 'matrix') return failed(`${shown} answered with a ${type}, not with a range`)
  return seriesIn(listAt(body, 'data', 'result'), shown)
}

function whatIsMissing(body: Json): string | undefined {
  const warnings = listAt(body, 'warnings')
    .map(String)
    .filter((warning) => !isHarmless(warning))
  if (warnings.length > 0) return oneLine(warnings.join('; '))
  return at(body, 'isPartial') === true ? 'the answer is partial' : undefined
}

/** Said of each sum of native histograms in which one proxy began again: the sum is whole, and who reads counters looks for restarts anyway. */
function isHarmless(warning: string): boolean {
  return warning.includes('conflicting counter resets during histogram')
}

function seriesIn(result: readonly Json[], shown: string): Reading {
  const series = result.map(seriesFrom)
  const whole = series.filter((each) => each !== undefined)
  if (whole.length < series.length)
    return failed(`${shown} answered with samples that cannot be read; is it Prometheus?`)
  return { kind: 'series', series: whole.filter(isNotEmpty) }
}

function isNotEmpty({ samples, histograms = [] }: Series): boolean {
  return samples.length > 0 || histograms.length > 0
}

/** Undefined when a part of it is not of the form that Prometheus documents. Before 2.40 there are no `histograms`, and without floats no `values`. */
function seriesFrom(json: Json): Series | undefined {
  const [values, natives] = [at(json, 'values'), at(json, 'histograms')]
  if (!Array.isArray(values ?? natives) || !isObject(at(json, 'metric'))) return undefined
  const samples = listAt(json, 'values').map(sampleFrom)
  const histograms = listAt(json, 'histograms').map(nativeFrom)
  if (samples.includes(undefined) || histograms.includes(undefined)) return undefined
  const counted = histograms.filter((sample) => sample !== undefined && sample !== 'absent')
  return {
    labels: textEntries(at(json, 'metric')),
    samples: samples.filter((sample) => sample !== undefined && sample !== 'absent'),
    ...(counted.length === 0 ? {} : { histograms: counted }),
  }
}

/** `[1435781430.781, { count: "3", sum: "0.1", buckets: [[0, "1", "2", "3"]] }]`; which ends a bucket includes is told first. */
function nativeFrom(json: Json): NativeSample | 'absent' | undefined {
  const [time, histogram] = Array.isArray(json) ? listAt(json) : []
  if (typeof time !== 'number' || !isObject(histogram)) return undefined
  const count = numberFrom(at(histogram, 'count'))
  if (Number.isNaN(count)) return 'absent'
  const buckets = listAt(histogram, 'buckets').map(bucketFrom)
  if (count === undefined || buckets.includes(undefined)) return undefined
  const whole = buckets.filter((bucket) => bucket !== undefined)
  return { at: instant(Math.round(time * 1000)), count, buckets: whole }
}

function bucketFrom(json: Json): NativeBucket | undefined {
  const [above, upTo, count] = listAt(json).slice(1).map(numberFrom)
  if (above === undefined || upTo === undefined || count === undefined) return undefined
  return Number.isFinite(count) && above < upTo ? { above, upTo, count } : undefined
}

const special: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  '+Inf': Infinity,
  '-Inf': -Infinity,
  Inf: Infinity,
}

/** A number as Prometheus writes it, as text; undefined for what is none. */
function numberFrom(json: Json | undefined): number | undefined {
  if (typeof json !== 'string') return undefined
  return special[json] ?? (number.test(json) ? Number(json) : undefined)
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** `[1435781430.781, "1"]`: seconds, and the value as text. */
function sampleFrom(json: Json): Sample | 'absent' | undefined {
  const [time, text] = Array.isArray(json) ? listAt(json) : []
  const value = numberFrom(text)
  if (typeof time !== 'number' || value === undefined) return undefined
  if (typeof text === 'string' && text in special) return 'absent'
  return Number.isFinite(value) ? { at: instant(Math.round(time * 1000)), value } : undefined
}

function refused({ status }: Answer, body: Json, shown: string): string {
  const said = [textAt(body, 'errorType'), textAt(body, 'error') ?? textAt(body, 'message')]
  const words = oneLine(said.filter((word) => word !== undefined).join(': '))
  return `${shown} refused the query (HTTP ${status}): ${words === '' ? 'no reason given' : words}`
}

function notPrometheus({ status, contentType }: Answer, shown: string): string {
  return `${shown} answered HTTP ${status} with ${contentType} that is no whole JSON; ${hintFor(status)}`
}

function hintFor(status: number): string {
  if (status === 401 || status === 403) return 'are the credentials right?'
  if (status >= 300 && status < 400) return 'it redirects: give the final address'
  if (status === 404) return 'is the path of the address right?'
  return 'is it Prometheus, or a proxy in between?'
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 500 ? `${line.slice(0, 500)}…` : line
}

function failed(why: string): Reading {
  return { kind: 'failed', why }
}
