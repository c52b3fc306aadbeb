/**
 * Series of both sides, heard instant by instant: which values to read next, and what they amount to.
 *
 * What it promises: the verdict depends on the values alone, not on how they were read. An answer that failed or is incomplete changes nothing, and the
 * same window is asked again. No value is no evidence.
 */
import { blockLength } from '../stats/block-length.ts'
import type { BlockValues } from '../stats/rank-betting.ts'
import {
  between,
  type Duration,
  type Instant,
  instant,
  milliseconds,
  minus,
  minutes,
  nats,
  plus,
} from '../units.ts'
import type { Window } from './looks.ts'
import type { Reading } from './reading.ts'
import { type BlockPlan, nothingFound, SeriesLine, type SeriesThresholds } from './series-line.ts'
import type { SeriesRule, SeriesSettings } from './series-settings.ts'
import { instantsIn, mostPoints, newestIn, rowsOf, valuesOf } from './series-values.ts'
import type { SeriesRuling, SeriesTrouble, SeriesVerdict } from './series-verdict.ts'
import { settling } from './settling.ts'
import { asNumbers, troubleIn } from './trouble.ts'
import type { Side, Trouble } from './verdict.ts'

/** What the store said to one series' two queries. */
export type SideReadings = Readonly<Record<Side, Reading>>

const longestHistory = minutes(60)
const mostHistoryPoints = 480
/** After so many refusals it is judged without history. */
const mostAttempts = 5
/** Where nothing is known of how a series resembles itself. */
const assumedBlock = minutes(5)
/** Without a value for so many instants a side is silent. */
const patience = 3

const sides: readonly Side[] = ['canary', 'stable']

/** What is known of one series. */
type Strand = {
  readonly rule: SeriesRule
  line: SeriesLine | undefined
  /** Of the canary: it warms up from here. */
  firstAt: Instant | undefined
  readonly seenAt: Record<Side, Instant | undefined>
}

export class SeriesCase {
  readonly #settings: SeriesSettings
  readonly #since: Instant
  readonly #strands: readonly Strand[]
  readonly #thresholds: SeriesThresholds
  #attempts = 0
  #isTaught = false
  #heardUntil: Instant | undefined
  #askedAt: Instant | undefined
  #trouble: Trouble<SeriesTrouble> | undefined
  #worse: Extract<SeriesRuling, { kind: 'worse' }> | undefined
  #noWorseSince: Instant | undefined

  constructor(since: Instant, settings: SeriesSettings) {
    const { falseRollbackRate, falsePassRate, series } = settings
    this.#since = since
    this.#settings = settings
    this.#thresholds = {
      against: nats(-Math.log(falseRollbackRate / series.length)),
      inFavour: nats(-Math.log(falsePassRate)),
    }
    this.#strands = series.map((rule) => ({
      rule,
      line: undefined,
      firstAt: undefined,
      seenAt: { canary: undefined, stable: undefined },
    }))
  }

  /** What to ask the stable queries before the first look; undefined when that was heard. */
  get history(): Window | undefined {
    if (this.#isTaught) return undefined
    const { step } = this.#settings
    const to = minus(this.#next(), step)
    const points = Math.min(mostHistoryPoints, Math.floor(longestHistory / step))
    return { from: instant(to - (points - 1) * step), to, step }
  }

  /** Answers of the stable queries, in the order of the series. A store that does not answer is asked again, a few times. */
  hearHistory(window: Window, readings: readonly Reading[], at: Instant): void {
    this.#attempts += 1
    const why = firstTrouble(readings)
    if (why !== undefined && this.#attempts < mostAttempts) {
      this.#askedAt = at
      this.#note(why, at)
      return
    }
    this.#isTaught = true
    for (const [k, strand] of this.#strands.entries()) {
      const plan = this.#blockOf(strand.rule, window, readings[k])
      strand.line = new SeriesLine(strand.rule, plan, this.#thresholds)
    }
  }

  /** The aligned instants that are due and not heard yet; undefined when there are none. */
  windowFor(now: Instant): Window | undefined {
    const { step } = this.#settings
    const from = this.#next()
    const newest = Math.floor((now - settling) / step) * step
    if (newest < from || !this.#isTaught) return undefined
    return { from, to: instant(Math.min(newest, from + (mostPoints - 1) * step)), step }
  }

  nextLook(now: Instant): Instant {
    const { step } = this.#settings
    const due = plus(this.#next(), settling)
    if (due > now) return due
    return this.#askedAt === undefined || this.#askedAt < due ? now : plus(now, step)
  }

  /** `readings` are those of the series, in their order, for the window. */
  hear(window: Window, readings: readonly SideReadings[], at: Instant): void {
    this.#askedAt = at
    const why = firstTrouble(readings.flatMap(({ canary, stable }) => [canary, stable]))
    if (why !== undefined) {
      this.#note(why, at)
      return
    }
    const values = readings.map(({ canary, stable }) => ({
      canary: valuesOf(canary),
      stable: valuesOf(stable),
    }))
    for (const moment of instantsIn(window, newestIn(values))) {
      if (moment < this.#next()) continue
      for (const [k, strand] of this.#strands.entries()) {
        const of = (side: Side): readonly number[] => values[k]?.[side].get(moment) ?? []
        this.#add(strand, moment, { canary: of('canary'), stable: of('stable') })
      }
      this.#heardUntil = moment
      this.#settle(moment)
    }
    this.#note(this.#silence(window.to), at)
  }

  verdict(): SeriesVerdict {
    const findings = {
      series: this.#strands.map(({ rule, line }) => line?.found() ?? nothingFound(rule)),
      trouble: this.#trouble,
    }
    return { subject: 'series', ...this.#ruling(), findings }
  }

  /** The order is the policy: what was proved stays, then what is wrong with the data, then the evidence. */
  #ruling(): SeriesRuling {
    if (this.#worse !== undefined) return this.#worse
    if (this.#trouble !== undefined) return { kind: 'no-data', because: this.#trouble.because }
    if (this.#askedAt === undefined) return { kind: 'no-data', because: { code: 'NotAskedYet' } }
    if (this.#noWorseSince !== undefined)
      return {
        kind: 'no-worse',
        because: { code: 'ProvedNoWorse' },
        decidedAt: this.#noWorseSince,
      }
    return {
      kind: 'undecided',
      because: this.#isProved()
        ? { code: 'Soaking', soak: this.#settings.soak }
        : { code: 'TooLittleEvidence' },
    }
  }

  #next(): Instant {
    const { step } = this.#settings
    if (this.#heardUntil !== undefined) return plus(this.#heardUntil, step)
    return instant((Math.floor(this.#since / step) + 1) * step)
  }

  #blockOf(rule: SeriesRule, window: Window, reading: Reading | undefined): BlockPlan {
    const { step } = this.#settings
    const inValues = (length: Duration): number => Math.max(1, Math.ceil(length / step))
    if (rule.block !== undefined) return planOf(inValues(rule.block), step, 'settings')
    const rows = reading?.kind === 'series' ? rowsOf(rule, window, reading) : []
    const learned = blockLength(rows)
    return learned === undefined
      ? planOf(inValues(assumedBlock), step, 'assumed')
      : planOf(learned, step, 'history')
  }

  /** Before the canary's first value nothing is compared, and until it is warm neither. */
  #add(strand: Strand, at: Instant, values: BlockValues): void {
    noteSeen(strand, at, values)
    const { firstAt, line } = strand
    if (firstAt === undefined || between(firstAt, at) < this.#settings.warmup) return
    if (line?.add(values) !== true) return
    if (line.isStrong('against')) this.#decide(strand.rule, line, at)
  }

  /** The first that speaks decides. */
  #decide({ harm }: SeriesRule, line: SeriesLine, at: Instant): void {
    if (this.#worse !== undefined) return
    const code = harm === 'increase' ? 'CanaryIsHigher' : 'CanaryIsLower'
    const because = { code, found: line.found(), after: line.time } as const
    this.#worse = { kind: 'worse', because, decidedAt: at }
  }

  #settle(at: Instant): void {
    const isOver = this.#isProved() && this.#isSoaked()
    this.#noWorseSince = isOver ? (this.#noWorseSince ?? at) : undefined
  }

  #isProved(): boolean {
    return this.#strands.every(
      ({ line }) => line?.isStrong('inFavour') === true && !line.isStrong('against'),
    )
  }

  #isSoaked(): boolean {
    return this.#strands.every(({ line }) => line !== undefined && line.time >= this.#settings.soak)
  }

  /** A side without a value, now or at all. */
  #silence(now: Instant): SeriesTrouble | undefined {
    for (const { rule, seenAt } of this.#strands) {
      const side = sides.find((each) => {
        const seen = seenAt[each]
        return seen === undefined || now - seen >= patience * this.#settings.step
      })
      if (side !== undefined) return { code: 'NoValues', series: rule.name, side }
    }
    return undefined
  }

  /** The same trouble goes on from when it began. */
  #note(because: SeriesTrouble | undefined, at: Instant): void {
    const since = this.#trouble?.because.code === because?.code ? this.#trouble?.since : undefined
    this.#trouble = because && { because, since: since ?? at }
  }
}

function planOf(values: number, step: Duration, from: BlockPlan['from']): BlockPlan {
  return { values, lasts: milliseconds(values * step), from }
}

function noteSeen(strand: Strand, at: Instant, values: BlockValues): void {
  for (const side of sides) if (values[side].length > 0) strand.seenAt[side] = at
  if (values.canary.length > 0) strand.firstAt ??= at
}

function firstTrouble(readings: readonly Reading[]): SeriesTrouble | undefined {
  for (const reading of readings) {
    const trouble = troubleIn(asNumbers(reading))
    if (trouble?.code === 'NoAnswer' || trouble?.code === 'IncompleteAnswer') return trouble
  }
  return undefined
}
