/**
 * What the stable pods did before the release, read once, before anything is judged: after a restart the same is read again, and the verdict is the same.
 */
import { type Instant, instant, minutes } from '../units.ts'
import { type Case, nextInstant, noteTrouble } from './case.ts'
import { bucketsTaughtBy, taughtBy } from './history.ts'
import { Judgement } from './judgement.ts'
import type { Window } from './looks.ts'
import { judgedReporter } from './queries.ts'
import type { Reading } from './reading.ts'
import type { JudgeSettings } from './settings.ts'
import { troubleIn } from './trouble.ts'

export type HeardHistory = {
  readonly window: Window
  /** To `queries.requests`. */
  readonly requests: Reading
  /** To `queries.buckets`. */
  readonly buckets: Reading | undefined
  readonly at: Instant
}

const longest = minutes(60)
/** Keeps the answer small where blocks are short: 20 pods with 20 bounds are 400 series. */
const mostPoints = 480
/** After so many refusals it is judged without: the half of the judge that needs no history. */
const mostAttempts = 5

/** What to read before the first look; undefined when it was read, or when callers' proxies report: they do not tell the pods apart. */
export function historyFor(open: Case): Window | undefined {
  const { settings, state } = open
  if (state.history.kind !== 'wanted' || state.heardUntil !== undefined) return undefined
  if (judgedReporter(settings.reporter) !== 'destination') return undefined
  const to = nextInstant(open)
  const points = Math.min(mostPoints, Math.floor(longest / settings.block))
  return { from: instant(to - points * settings.block), to, step: settings.block }
}

/** A store that does not answer is asked again, a few times. */
export function hearHistory(open: Case, heard: HeardHistory): void {
  const { history } = open.state
  if (history.kind !== 'wanted') return
  const trouble = troubleIn(heard.requests) ?? (heard.buckets && troubleIn(heard.buckets))
  if (trouble === undefined || history.attempts + 1 >= mostAttempts) {
    open.state.history = { kind: 'known' }
    learnFrom(open, heard)
    return
  }
  open.state.history = { kind: 'wanted', attempts: history.attempts + 1 }
  open.state.askedAt = heard.at
  noteTrouble(open, trouble, heard.at)
}

function learnFrom(open: Case, { window, requests, buckets }: HeardHistory): void {
  const { settings, trial } = open
  open.judgement = new Judgement(
    settings,
    requests.kind === 'series'
      ? taughtBy(requests.series, window, trial, settings.failures)
      : { kind: 'unknown' },
    'everything',
    buckets?.kind === 'series'
      ? bucketsTaughtBy(buckets.series, window, trial, boundsIn(settings))
      : undefined,
  )
}

function boundsIn({ latency }: JudgeSettings): readonly number[] | undefined {
  return latency === false ? undefined : latency.bounds
}
