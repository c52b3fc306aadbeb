/** `haldane score --series`: text in, a score a line out. */
import { parseSeriesLine } from '../../core/manifest/series.ts'
import { problemText } from '../../core/result.ts'
import { type Outcome, scorecardOf } from '../../core/score/scorecard.ts'
import type { Write } from './judge-blocks.ts'
import { couldNotJudge, worstOf } from './judge-exit.ts'
import { linesIn } from './lines.ts'
import { CommandError, type Io } from './programs.ts'
import { scoreLine } from './score-lines.ts'
import { scoreTable } from './score-table.ts'

export type SeriesQuestion = {
  /** Pieces of text, cut anywhere. */
  readonly text: AsyncIterable<string>
  readonly json: boolean
}

/** Resolves to the exit code, the worst of all lines. A line that cannot be read is told of and the next ones are scored. */
export async function scoreSeries(
  { text, json }: SeriesQuestion,
  write: Write,
  { err }: Pick<Io, 'err'>,
): Promise<number> {
  let number = 0
  let worst: number | undefined
  for await (const lines of linesIn(text)) {
    for (const line of lines) {
      number += 1
      if (line.trim() === '') continue
      const { said, trouble, code } = scored(line, number, json)
      if (trouble !== undefined) err(`haldane: ${trouble}\n`)
      await write(said)
      worst = worst === undefined ? code : worstOf(worst, code)
    }
  }
  if (worst === undefined)
    throw new CommandError('there was nothing to score; give one JSON object with "metrics" a line')
  return worst
}

type Scored = {
  readonly said: string
  readonly trouble: string | undefined
  readonly code: number
}

const codes: Readonly<Record<Outcome, number>> = {
  pass: 0,
  fail: 1,
  marginal: 2,
  'not-judged': couldNotJudge,
}

function scored(text: string, number: number, json: boolean): Scored {
  const line = parseSeriesLine(text)
  if (!line.ok)
    return {
      said: '',
      trouble: `line ${number}: ${problemText(line.problems)}`,
      code: couldNotJudge,
    }
  const { release, question } = line.value
  const card = scorecardOf(question)
  const said = json
    ? scoreLine({ number, release }, card)
    : scoreTable(release ?? `line ${number}`, card)
  return { said, trouble: undefined, code: codes[card.outcome] }
}
