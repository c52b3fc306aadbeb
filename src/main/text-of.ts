/** A file, or standard input for `-`, in pieces. */
import { createReadStream } from 'node:fs'
import { CommandError } from '../app/cli/programs.ts'

const pieceBytes = 1024 * 1024

/** Throws a CommandError when it cannot be read. */
export async function* textOf(file: string): AsyncGenerator<string> {
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
