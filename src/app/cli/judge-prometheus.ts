/** `haldane judge --prometheus`: two sides in a metrics store, over a time that is past or still going on. */
import type { JudgeSettings } from '../../core/judge/settings.ts'
import type { Verdict } from '../../core/judge/verdict.ts'
import { durationText, type Instant, instant, timestamp } from '../../core/units.ts'
import type { Clock, Stop } from '../../ports.ts'
import { exitCodeOf } from './judge-exit.ts'
import { Listener, type Told } from './judge-hearing.ts'
import { blockLine, type Outcome, outcomeOf, verdictLine } from './judge-lines.ts'
import { judgedPage } from './judge-page.ts'
import { atDeadline, type Telling } from './judge-stream.ts'
import { releaseTable, verdictRow } from './judge-table.ts'
import type { Witness } from './judge-witness.ts'
import { CommandError, type Io } from './programs.ts'

export type Hearing = {
  readonly witness: Witness
  readonly settings: JudgeSettings
  /** Undefined goes on until it is decided. */
  readonly to: Instant | undefined
  readonly follow: boolean
  readonly report: boolean
  readonly telling: Telling
}

/** Resolves to the exit code. Throws a CommandError when nothing could be judged. */
export async function judgePrometheus(
  hearing: Hearing,
  clock: Clock,
  io: Pick<Io, 'out' | 'err' | 'onInterrupt'>,
): Promise<number> {
  const course = new Course(hearing, io)
  const sitting = new Sitting(io.onInterrupt)
  try {
    for await (const told of toldIn(hearing, clock, sitting)) {
      course.hear(told)
      if (course.isOver || sitting.isOver) break
    }
  } finally {
    sitting.end()
  }
  return course.close()
}

/** Ends when a person interrupts it. */
class Sitting {
  readonly #forget: Stop
  readonly over: Promise<void>
  isOver = false

  constructor(onInterrupt: Io['onInterrupt']) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.over = promise
    this.#forget = onInterrupt(() => {
      this.isOver = true
      resolve()
    })
  }

  end(): void {
    this.#forget()
  }
}

async function* toldIn(
  { witness, settings, to, follow }: Hearing,
  clock: Clock,
  sitting: Sitting,
): AsyncGenerator<Told> {
  const listener = new Listener(witness, settings, clock)
  const isDue = (): boolean => follow && !sitting.isOver && (to === undefined || clock.now() < to)
  yield* listener.heard(to ?? clock.now())
  while (isDue()) {
    await Promise.race([listener.nextBlock(to), sitting.over])
    if (!sitting.isOver) yield* listener.heard(to ?? clock.now())
  }
}

/** What came of it so far. */
class Course {
  readonly #hearing: Hearing
  readonly #io: Pick<Io, 'out' | 'err'>
  /** The newest that there was data for, and the newest of all. */
  #spoken: Told | undefined
  #newest: Told | undefined
  #first: Outcome | undefined
  #forced: Outcome | undefined
  #complaint = ''

  constructor(hearing: Hearing, io: Pick<Io, 'out' | 'err'>) {
    this.#hearing = hearing
    this.#io = io
  }

  hear(told: Told): void {
    const { at, verdict } = told
    const began = this.#hearing.witness.trial.since
    this.#newest = told
    this.#complain(told)
    if (verdict.kind !== 'no-data') this.#spoken = told
    const outcome = outcomeOf(verdict, began, at)
    if (outcome.word !== 'inconclusive') this.#first ??= outcome
    this.#forced = this.#atDeadline(told)
    this.#tellBlock(told, outcome)
  }

  get isOver(): boolean {
    const { follow, telling } = this.#hearing
    const kind = this.#newest?.verdict.kind
    const isPassed = follow && kind === 'no-worse' && !telling.untilWorse
    return kind === 'worse' || isPassed || this.#forced !== undefined
  }

  close(): number {
    const { witness } = this.#hearing
    const last = this.#spoken ?? this.#newest
    if (last === undefined)
      throw new CommandError('no block is over yet in this time; begin earlier, with --from')
    if (isBlind(last.verdict)) throw new CommandError(`${this.#complaint}${this.#untilWhen()}`)
    const outcome = this.#forced ?? outcomeOf(last.verdict, witness.trial.since, last.at)
    this.#io.out(this.#ending(outcome, last))
    return exitCodeOf(outcome.word)
  }

  /** Without follow an answer that did not come ends it: asking again is the caller's choice. */
  #complain({ verdict, unanswered }: Told): void {
    const { witness, follow } = this.#hearing
    if (unanswered !== undefined && !follow)
      throw new CommandError(`Prometheus does not answer (${unanswered})`)
    if (verdict.kind !== 'no-data') return
    const complaint = witness.missing(verdict.because)
    const isNews = complaint !== this.#complaint && !silences.has(verdict.because.code)
    if (follow && isNews) this.#io.err(`haldane: ${complaint}\n`)
    this.#complaint = complaint
  }

  /** What comes after the deadline was not looked at: it may be there. */
  #untilWhen(): string {
    const { settings, witness } = this.#hearing
    if (this.#forced === undefined || settings.deadline === undefined) return ''
    const length = durationText(settings.deadline)
    return `; the deadline ended it ${length} after ${timestamp(witness.trial.since)}`
  }

  #atDeadline({ at, verdict }: Told): Outcome | undefined {
    const { settings, witness } = this.#hearing
    const { deadline } = settings
    const after = at - witness.trial.since
    return deadline === undefined || after < deadline
      ? undefined
      : atDeadline(verdict, settings, after / 1000)
  }

  #tellBlock({ at, verdict, unanswered }: Told, outcome: Outcome): void {
    const { telling, witness, follow, report } = this.#hearing
    if (telling.verdictsOnly || telling.untilWorse || report || unanswered !== undefined) return
    const seconds = (at - witness.trial.since) / 1000
    if (telling.json) this.#io.out(blockLine({ release: witness.name, at }, seconds, verdict))
    else if (follow) this.#io.out(`${timestamp(at)}  ${outcome.word}  ${outcome.because}\n`)
  }

  #ending(outcome: Outcome, { verdict }: Told): string {
    const { telling, witness, settings, report } = this.#hearing
    const at = instant(witness.trial.since + outcome.seconds * 1000)
    if (telling.json) return verdictLine({ release: witness.name, at }, outcome)
    if (report) return judgedPage({ witness, settings, outcome, verdict, at })
    if (telling.verdictsOnly || telling.untilWorse) return verdictRow(witness.name, outcome)
    return `${releaseTable(witness.name, outcome, verdict.findings)}${this.#when(outcome)}`
  }

  #when(outcome: Outcome): string {
    const { witness } = this.#hearing
    const first = this.#first
    if (first === undefined) return 'It would not have been decided in this time.\n'
    const at = timestamp(instant(witness.trial.since + first.seconds * 1000))
    const turned = first.word === outcome.word ? '' : `, which later evidence turned`
    return `It would have been decided at ${at}: ${first.word}${turned}.\n`
  }
}

/** The store tells of both sides, and one of them serves nobody. */
const silences: ReadonlySet<string> = new Set(['NoTraffic', 'NothingArrives'])

/** Nothing was judged, and not for want of traffic. */
function isBlind(verdict: Verdict): boolean {
  return (
    verdict.kind === 'no-data' &&
    !silences.has(verdict.because.code) &&
    verdict.findings.blocks.judged === 0
  )
}
