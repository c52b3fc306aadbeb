/** A stream of releases and blocks, judged line by line: what came in decides what goes out, nothing else. */
import { BlockCase } from '../../core/judge/block-case.ts'
import { sentence } from '../../core/judge/sentence.ts'
import type { JudgeSettings } from '../../core/judge/settings.ts'
import type { Verdict } from '../../core/judge/verdict.ts'
import {
  type BlockLine,
  type GivenDefaults,
  type GivenRelease,
  parseLine,
} from '../../core/manifest/blocks.ts'
import { problemText } from '../../core/result.ts'
import { instant } from '../../core/units.ts'
import { exitCodeOf, worstOf } from './judge-exit.ts'
import { blockLine, type Outcome, outcomeOf, verdictLine } from './judge-lines.ts'
import { releaseTable, verdictRow } from './judge-table.ts'
import { CommandError } from './programs.ts'

export type Telling = {
  readonly json: boolean
  /** Only the verdict of each release. */
  readonly verdictsOnly: boolean
  /** Only whether and when a release was found worse; it is judged no longer than that. */
  readonly untilWorse: boolean
}

type Open = {
  readonly name: string
  readonly settings: JudgeSettings
  readonly judge: BlockCase
  seconds: number
  /** Judged no longer: what it came to. */
  over: Ended | undefined
}

type Ended = { readonly outcome: Outcome; readonly verdict: Verdict }

const begin = instant(0)

export class JudgeStream {
  readonly #telling: Telling
  readonly #defaults: GivenDefaults
  #open: Open | undefined
  #line = 0
  #exitCode: number | undefined

  constructor(telling: Telling, defaults: GivenDefaults) {
    this.#telling = telling
    this.#defaults = defaults
  }

  /** Of the releases that are over; undefined while there are none. */
  get exitCode(): number | undefined {
    return this.#exitCode
  }

  /** What the next line leads to saying. Throws a CommandError that names a line which cannot be read. */
  read(text: string): string {
    this.#line += 1
    if (this.#isPast(text) || text.trim() === '') return ''
    const line = parseLine(text, this.#defaults)
    if (!line.ok) throw this.#refused(problemText(line.problems))
    if (line.value.kind === 'block') return this.#judge(line.value.block)
    const said = this.end()
    this.#begin(line.value.release)
    return said
  }

  /** Ends the open release, if any. */
  end(): string {
    const open = this.#open
    if (open === undefined) return ''
    this.#open = undefined
    const { outcome, verdict } = open.over ?? endedNow(open)
    const code = exitCodeOf(outcome.word)
    this.#exitCode = this.#exitCode === undefined ? code : worstOf(this.#exitCode, code)
    return this.#tell(open, outcome, verdict)
  }

  #begin({ name, settings, history }: GivenRelease): void {
    const judge = new BlockCase(settings, history, this.#isBrief() ? 'verdict' : 'everything')
    this.#open = { name, settings, judge, seconds: 0, over: undefined }
  }

  /** A block of a release that is judged no longer needs no reading. */
  #isPast(text: string): boolean {
    return this.#open?.over !== undefined && !text.includes('"release"')
  }

  #judge(block: BlockLine): string {
    const open = this.#open
    if (open === undefined)
      throw this.#refused('a block before any release; begin with {"release": "r1"}')
    if (open.over !== undefined) return ''
    const length = block.seconds ?? open.settings.block / 1000
    open.seconds += length
    open.judge.add({ ...block, seconds: length })
    open.over = this.#ending(open)
    if (!this.#telling.json || this.#isBrief()) return ''
    return blockLine({ release: open.name }, open.seconds, open.judge.verdict())
  }

  #ending(open: Open): Ended | undefined {
    if (open.judge.isWorse) return this.#telling.untilWorse ? endedNow(open) : undefined
    const { deadline } = open.settings
    if (deadline === undefined || open.seconds * 1000 < deadline) return undefined
    const verdict = open.judge.verdict()
    const outcome = atDeadline(verdict, open.settings, open.seconds)
    return outcome && { outcome, verdict }
  }

  #tell({ name }: Open, outcome: Outcome, verdict: Verdict): string {
    if (this.#telling.json) return verdictLine({ release: name }, outcome)
    return this.#isBrief()
      ? verdictRow(name, outcome)
      : releaseTable(name, outcome, verdict.findings)
  }

  #isBrief(): boolean {
    return this.#telling.verdictsOnly || this.#telling.untilWorse
  }

  #refused(message: string): CommandError {
    return new CommandError(
      `line ${this.#line}: ${message} (all before this line has been judged, nothing after it)`,
    )
  }
}

function endedNow({ judge, seconds }: Open): Ended {
  const verdict = judge.verdict()
  return { outcome: outcomeOf(verdict, begin, instant(seconds * 1000)), verdict }
}

/** As for a run of the controller: no data is never a pass and never a failure, whatever the deadline says. */
export function atDeadline(
  verdict: Verdict,
  { onDeadline }: JudgeSettings,
  seconds: number,
): Outcome | undefined {
  if (verdict.kind === 'worse' || verdict.kind === 'no-worse') return undefined
  const because = `not decided at the deadline (onDeadline: ${onDeadline}); ${sentence(verdict)}`
  const left = { seconds, channel: undefined, because, excess: verdict.findings.excess }
  if (verdict.kind === 'no-data' || onDeadline === 'inconclusive')
    return { word: 'inconclusive', ...left }
  return { word: onDeadline === 'pass' ? 'no worse' : 'worse', ...left }
}
