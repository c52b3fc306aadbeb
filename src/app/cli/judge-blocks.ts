/** `haldane judge --blocks`: text in, verdicts out, as fast as it comes and no faster than it is taken. */
import type { GivenDefaults } from '../../core/manifest/blocks.ts'
import { couldNotJudge } from './judge-exit.ts'
import { JudgeStream, type Telling } from './judge-stream.ts'
import { linesIn } from './lines.ts'
import { CommandError, type Io } from './programs.ts'

export type BlocksQuestion = {
  /** Pieces of text, cut anywhere. */
  readonly text: AsyncIterable<string>
  readonly telling: Telling
  readonly defaults: GivenDefaults
}

/** Resolves when what was written may be followed by more. */
export type Write = (text: string) => Promise<void>

/** Resolves to the exit code. What was judged before a line that cannot be read has been told by then. */
export async function judgeBlocks(
  { text, telling, defaults }: BlocksQuestion,
  write: Write,
  { err }: Pick<Io, 'err'>,
): Promise<number> {
  const stream = new JudgeStream(telling, defaults)
  try {
    for await (const lines of linesIn(text)) await judgeLines(stream, lines, write)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    await write(stream.end())
    err(`haldane: ${error.message}\n`)
    return couldNotJudge
  }
  await write(stream.end())
  return exitCode(stream, err)
}

/** What was said before a line that cannot be read is written all the same. */
async function judgeLines(
  stream: JudgeStream,
  lines: readonly string[],
  write: Write,
): Promise<void> {
  let said = ''
  try {
    for (const line of lines) said += stream.read(line)
  } finally {
    await write(said)
  }
}

function exitCode({ exitCode: code }: JudgeStream, err: Io['err']): number {
  if (code !== undefined) return code
  err('haldane: there was nothing to judge; begin with a line like {"release": "r1"}\n')
  return couldNotJudge
}
