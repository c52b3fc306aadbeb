/**
 * The case of one revision: which samples to read next, what they add to the evidence, and what it amounts to.
 *
 * What it promises: the verdict depends on the samples alone. However they were cut into reads, whatever failed in between and however often
 * somebody looked, the same samples give the same verdict. An answer that failed, is incomplete or is empty changes no evidence, and
 * the same window is asked again.
 */
import { earliest, type Instant, instant, minus, plus } from '../units.ts'
import { BlockMaker } from './blocks.ts'
import { BucketMaker } from './buckets.ts'
import { Callers } from './callers.ts'
import { hearBuckets } from './case-buckets.ts'
import { findingsOf, rulingOf } from './case-verdict.ts'
import type { Dispersion } from './dispersion.ts'
import { Judgement } from './judgement.ts'
import { looksOf, type Window } from './looks.ts'
import { unknownVersions, type Versions } from './proxies.ts'
import { judgedReporter } from './queries.ts'
import type { Reading, Series } from './reading.ts'
import type { JudgeSettings } from './settings.ts'
import { settling } from './settling.ts'
import type { Trial } from './trial.ts'
import { diagnose, troubleIn } from './trouble.ts'
import type { Trouble, TroubleReason, Verdict } from './verdict.ts'

/** The answers to one look, all of them for the same window. */
export type Heard = {
  readonly window: Window
  /** To `queries.requests`. */
  readonly destination: Reading
  /** To `queries.source`. */
  readonly source: Reading
  /** To `queries.buckets`; absent where latency is not judged. */
  readonly buckets?: Reading | undefined
  /** To `queries.proxies`; absent where nobody asks. */
  readonly proxies?: Reading | undefined
  /** To `queries.diagnosis`, at any instant of the window; asked when `destination` has no series. */
  readonly diagnosis?: Reading | undefined
  /** When the answers came. */
  readonly at: Instant
}

/** A fresh case comes from `openCase`. What it holds is in memory only: Prometheus is the journal. */
export type Case = {
  readonly trial: Trial
  readonly settings: JudgeSettings
  readonly blocks: BlockMaker
  readonly buckets: BucketMaker
  judgement: Judgement
  readonly callers: Callers
  readonly state: State
}

type State = {
  /** The newest instant whose samples are in the evidence. */
  heardUntil: Instant | undefined
  askedAt: Instant | undefined
  trouble: Trouble | undefined
  sourceTrouble: TroubleReason | undefined
  notNumbers: number
  history: { readonly kind: 'wanted'; readonly attempts: number } | { readonly kind: 'known' }
  /** The newest instant whose buckets were read, and why those of the last look were not. */
  bucketsUntil: Instant | undefined
  bucketTrouble: TroubleReason | undefined
  /** Of the proxies, as last told. */
  versions: Versions
}

/** Instants in one read: keeps answers small; Prometheus itself would answer 11,000. */
const mostPoints = 1000

/** Buckets that could not be read are asked for again, for so many blocks; then their requests come with the next ones. */
const mostBehind = 20

/** Without any sample for so many blocks the store no longer hears of the service. */
const staleBlocks = 3

export function openCase(
  trial: Trial,
  settings: JudgeSettings,
  dispersion: Dispersion = { kind: 'unknown' },
): Case {
  return {
    trial,
    settings,
    blocks: new BlockMaker(trial, settings),
    buckets: new BucketMaker(trial, settings),
    judgement: new Judgement(settings, dispersion),
    callers: new Callers(trial, settings.failures),
    state: {
      heardUntil: undefined,
      askedAt: undefined,
      trouble: undefined,
      sourceTrouble: { code: 'NotAskedYet' },
      notNumbers: 0,
      history: { kind: 'wanted', attempts: 0 },
      bucketsUntil: undefined,
      bucketTrouble: undefined,
      versions: unknownVersions,
    },
  }
}

/**
 * The aligned instants that are due and not heard yet; undefined when there are none. A case that is far behind gets them in several windows,
 * one after the other, each heard before the next is asked for.
 */
export function windowFor(open: Case, now: Instant): Window | undefined {
  const { block } = open.settings
  const from = nextInstant(open)
  const settled = minus(now, settling)
  const newest = Math.floor(settled / block) * block
  if (newest < from) return undefined
  const to = instant(Math.min(newest, from + (mostPoints - 1) * block))
  return { from: bucketsMissingFrom(open, from), to, step: block }
}

function bucketsMissingFrom({ state, settings }: Case, from: Instant): Instant {
  if (state.bucketTrouble === undefined || state.bucketsUntil === undefined) return from
  const first = plus(state.bucketsUntil, settings.block)
  return instant(Math.min(from, Math.max(first, from - mostBehind * settings.block)))
}

/** When the next window is due. After an answer that brought nothing, one block later. */
export function nextLook(open: Case, now: Instant): Instant {
  const due = plus(nextInstant(open), settling)
  if (due > now) return due
  const { askedAt } = open.state
  if (askedAt === undefined || askedAt < due) return now
  const soon = plus(now, open.settings.block)
  const again = earliest(plus(askedAt, open.settings.block), soon) ?? soon
  return again > now ? again : now
}

/** Adds answers. Hearing the same again adds nothing. */
export function hear(open: Case, heard: Heard): void {
  open.state.askedAt = heard.at
  hearSource(open, heard)
  const trouble = troubleIn(heard.destination)
  if (heard.destination.kind === 'series') hearSeries(open, heard, heard.destination.series)
  else noteTrouble(open, trouble, heard.at)
  hearBuckets(open, heard)
}

export function verdictOf(open: Case): Verdict {
  const findings = findingsOf(open)
  return { ...rulingOf(open, findings), findings }
}

/** A fresh case begins a block before its revision did, so that old pods have a starting point and new ones none. */
export function nextInstant({ state, settings, trial }: Case): Instant {
  if (state.heardUntil !== undefined) return plus(state.heardUntil, settings.block)
  return instant((Math.floor(trial.since / settings.block) - 1) * settings.block)
}

/** Without what the callers saw the judge goes on. */
function hearSource(open: Case, { source, window }: Heard): void {
  if (source.kind === 'series') open.callers.hear(source.series, window)
  const isEmpty = source.kind === 'series' && source.series.length === 0
  open.state.sourceTrouble = isEmpty ? { code: 'NoSuchMetric' } : troubleIn(source)
}

/** Instants at the end that have no sample yet are asked again: late samples are not lost. */
function hearSeries(open: Case, heard: Heard, series: readonly Series[]): void {
  const fresh = looksOf(series, heard.window).filter(({ at }) => at >= nextInstant(open))
  const end = fresh.findLastIndex(({ values }) => values.length > 0) + 1
  for (const look of fresh.slice(0, end)) {
    const block = open.blocks.advance(look, open.callers.takeUndelivered(look.at))
    if (block !== undefined) open.judgement.add(block)
    open.state.heardUntil = look.at
    open.state.notNumbers += look.notNumbers
  }
  noteTrouble(open, troubleAfter(open, heard), heard.at)
}

function troubleAfter(open: Case, { diagnosis, window }: Heard): TroubleReason | undefined {
  const { heardUntil } = open.state
  const patience = staleBlocks * open.settings.block
  if (heardUntil === undefined) {
    return diagnose(diagnosis, judgedReporter(open.settings.reporter))
  }
  if (window.to - heardUntil >= patience) return { code: 'Stale' }
  const missing = (['canary', 'stable'] as const).find((side) => {
    const since = open.blocks.missingSince(side)
    return since !== undefined && heardUntil - since >= patience - open.settings.block
  })
  if (missing === 'canary') return missingCanary(open)
  return missing && { code: 'SideMissing', side: missing }
}

/** Whether callers send it requests tells whether its pods are not scraped, or nothing is sent. */
function missingCanary({ callers, state }: Case): TroubleReason {
  const isSent = state.sourceTrouble === undefined && (callers.canaryShare() ?? 0) > 0
  return isSent ? { code: 'NothingArrives' } : { code: 'SideMissing', side: 'canary' }
}

/** The same trouble goes on from when it began. */
export function noteTrouble(open: Case, because: TroubleReason | undefined, at: Instant): void {
  const before = open.state.trouble
  if (because === undefined) open.state.trouble = undefined
  else if (before?.because.code === because.code)
    open.state.trouble = { because, since: before.since }
  else open.state.trouble = { because, since: at }
}
