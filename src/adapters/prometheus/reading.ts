/** Reads what a metrics store answered, strictly: whatever is not whole is not a reading. */

import { at, isObject, type Json, listAt, parseJson, textAt, textEntries } from '../../core/json.ts'
import type { Reading, Sample, Series } from '../../core/judge/reading.ts'
import { instant } from '../../core/units.ts'
import type { Answer } from './transport.ts'

/**
 * A store that warns, or says that its answer is partial (VictoriaMetrics), makes the reading `incomplete`. `infos` are
 * not about completeness and are passed over. Samples that are NaN or infinite are left out as absent, and with them series
 * that have no other: an absence is an answer, NaN is none. `shown` is the address for messages.
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
  if (warnings.length > 0) return oneLine(warnings.map(String).join('; '))
  return at(body, 'isPartial') === true ? 'the answer is partial' : undefined
}

function seriesIn(result: readonly Json[], shown: string): Reading {
  const series = result.map(seriesFrom)
  const whole = series.filter((each) => each !== undefined)
  if (whole.length < series.length)
    return failed(`${shown} answered with samples that cannot be read (native histograms, maybe)`)
  return { kind: 'series', series: whole.filter(({ samples }) => samples.length > 0) }
}

/** Undefined when a part of it is not of the form that Prometheus documents. */
function seriesFrom(json: Json): Series | undefined {
  const values = at(json, 'values')
  if (!Array.isArray(values) || !isObject(at(json, 'metric'))) return undefined
  if (at(json, 'histograms') !== undefined) return undefined
  const samples = listAt(json, 'values').map(sampleFrom)
  if (samples.includes(undefined)) return undefined
  return {
    labels: textEntries(at(json, 'metric')),
    samples: samples.filter((sample) => sample !== undefined && sample !== 'absent'),
  }
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const absent: ReadonlySet<string> = new Set(['NaN', '+Inf', '-Inf', 'Inf'])

/** `[1435781430.781, "1"]`: seconds, and the value as text. */
function sampleFrom(json: Json): Sample | 'absent' | undefined {
  const [time, text] = Array.isArray(json) ? listAt(json) : []
  if (typeof time !== 'number' || typeof text !== 'string') return undefined
  if (absent.has(text)) return 'absent'
  const value = number.test(text) ? Number(text) : Number.NaN
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
