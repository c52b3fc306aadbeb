/** `haldane judge`: blocks from a file or standard input, or a real Prometheus, to the judge. */
import { createReadStream } from 'node:fs'
import { judgeBlocks } from '../app/cli/judge-blocks.ts'
import type { JudgeOptions } from '../app/cli/judge-options.ts'
import { CommandError, type Io } from '../app/cli/programs.ts'
import { standardDefaults } from '../core/manifest/judge-settings.ts'
import { writeOut } from './write-out.ts'

const pieceBytes = 1024 * 1024

export async function runJudge(options: JudgeOptions, io: Io): Promise<number> {
  const { source, telling, body, interval } = options
  const defaults = { body, judge: { ...standardDefaults, block: interval } }
  if (source.kind === 'prometheus') throw new CommandError('not yet')
  return judgeBlocks({ text: textOf(source.file), telling, defaults }, writeOut, io)
}

async function* textOf(file: string): AsyncGenerator<string> {
  const stream =
    file === '-'
      ? process.stdin.setEncoding('utf8')
      : createReadStream(file, { encoding: 'utf8', highWaterMark: pieceBytes })
  try {
    for await (const piece of stream) yield String(piece)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CommandError(`${file} cannot be read: ${why}`, { cause: error })
  }
}
