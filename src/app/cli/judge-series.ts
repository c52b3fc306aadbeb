/** `haldane judge --series`: any series of both sides, from a metrics store or from a file. */
import type { Reading } from '../../core/judge/reading.ts'
import { SeriesCase, type SideReadings } from '../../core/judge/series-case.ts'
import { seriesSentence } from '../../core/judge/series-sentence.ts'
import type { SeriesSettings } from '../../core/judge/series-settings.ts'
import type { SeriesVerdict } from '../../core/judge/series-verdict.ts'
import { earliest, type Instant, plus } from '../../core/units.ts'
import type { Clock, Window } from '../../ports.ts'
import { exitCodeOf } from './judge-exit.ts'
import type { Word } from './judge-lines.ts'
import { CommandError, type Io } from './programs.ts'
import { seriesLines, seriesTable } from './series-table.ts'

/** Where values come from; answers in the order of the series. */
export type SeriesSource = {
  /** Of the stable side alone. */
  readonly history: (window: Window) => Promise<readonly Reading[]>
  readonly sides: (window: Window) => Promise<readonly SideReadings[]>
}

export type SeriesHearing = {
  readonly name: string
  readonly settings: SeriesSettings
  readonly source: SeriesSource
  readonly since: Instant
  /** Undefined is now, or with `follow` until it is decided. */
  readonly to: Instant | undefined
  readonly follow: boolean
  readonly json: boolean
  /** Whether instants have a place in real time. */
  readonly isTimed: boolean
}

/** What the series came to. */
export type SeriesOutcome = {
  readonly word: Word
  readonly because: string
  /** When it was decided; where nothing is decided, until when it was judged. */
  readonly at: Instant
}

/** Resolves to the exit code. Throws a CommandError when nothing could be judged. */
export async function judgeSeries(
  hearing: SeriesHearing,
  clock: Clock,
  io: Pick<Io, 'out' | 'onInterrupt'>,
): Promise<number> {
  const open = new SeriesCase(hearing.since, hearing.settings)
  const interrupted = Promise.withResolvers<void>()
  let isInterrupted = false
  const forget = io.onInterrupt(() => {
    isInterrupted = true
    interrupted.resolve()
  })
  try {
    while (await hearAll(open, hearing, clock)) {
      if (isInterrupted) break
      const wake = open.nextLook(clock.now())
      await Promise.race([asleep(clock, wake), interrupted.promise])
    }
  } finally {
    forget()
  }
  return tell(open.verdict(), hearing, clock, io)
}

/** All that there is until the end or until now; whether more is to come. */
async function hearAll(open: SeriesCase, hearing: SeriesHearing, clock: Clock): Promise<boolean> {
  await learn(open, hearing, clock)
  const end = endOf(hearing)
  let window = within(open.windowFor(clock.now()), end)
  while (window !== undefined) {
    open.hear(window, await hearing.source.sides(window), clock.now())
    const next = within(open.windowFor(clock.now()), end)
    window = next?.from === window.from ? undefined : next
  }
  const { kind } = open.verdict()
  const isOpen = kind !== 'worse' && kind !== 'no-worse'
  return hearing.follow && isOpen && (end === undefined || clock.now() < end)
}

async function learn(
  open: SeriesCase,
  { source, follow }: SeriesHearing,
  clock: Clock,
): Promise<void> {
  const window = open.history
  if (window === undefined) return
  const readings = await source.history(window)
  const unanswered = readings.find(({ kind }) => kind !== 'series')
  if (unanswered !== undefined && unanswered.kind !== 'series' && !follow)
    throw new CommandError(`Prometheus does not answer (${unanswered.why})`)
  open.hearHistory(window, readings, clock.now())
}

/** The deadline counts from the beginning. */
function endOf({ settings, since, to }: SeriesHearing): Instant | undefined {
  return earliest(settings.deadline === undefined ? undefined : plus(since, settings.deadline), to)
}

function within(window: Window | undefined, end: Instant | undefined): Window | undefined {
  if (window === undefined || end === undefined || window.to <= end) return window
  return window.from > end ? undefined : { ...window, to: end }
}

function asleep(clock: Clock, at: Instant): Promise<void> {
  return new Promise((resolve) => {
    clock.wakeAt(at, resolve)
  })
}

function tell(
  verdict: SeriesVerdict,
  hearing: SeriesHearing,
  clock: Clock,
  { out }: Pick<Io, 'out'>,
): number {
  if (
    verdict.kind === 'no-data' &&
    !verdict.findings.series.some(({ blocks }) => blocks.judged > 0)
  )
    throw new CommandError(seriesSentence(verdict).replace(/^no data: /, ''))
  const outcome = outcomeOf(verdict, hearing, clock.now())
  out(
    hearing.json ? seriesLines(hearing, outcome, verdict) : seriesTable(hearing, outcome, verdict),
  )
  return exitCodeOf(outcome.word)
}

function outcomeOf(verdict: SeriesVerdict, hearing: SeriesHearing, now: Instant): SeriesOutcome {
  const because = seriesSentence(verdict)
  if (verdict.kind === 'worse') return { word: 'worse', because, at: verdict.decidedAt }
  if (verdict.kind === 'no-worse') return { word: 'no worse', because, at: verdict.decidedAt }
  const at = earliest(endOf(hearing), now) ?? now
  const word = verdict.kind === 'no-data' ? 'inconclusive' : wordAt(at, hearing)
  return word === 'inconclusive'
    ? { word, because, at }
    : { word, because: `not decided at the deadline, which decides; ${because}`, at }
}

/** What is said of what is not decided. */
function wordAt(at: Instant, { settings: { deadline, onDeadline }, since }: SeriesHearing): Word {
  if (deadline === undefined || at < plus(since, deadline)) return 'inconclusive'
  return words[onDeadline]
}

const words: Readonly<Record<SeriesSettings['onDeadline'], Word>> = {
  inconclusive: 'inconclusive',
  pass: 'no worse',
  fail: 'worse',
}
