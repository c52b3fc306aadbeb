/** `haldane score`: series from a file or standard input to the score. */
import type { Io, ScoreOptions } from '../app/cli/programs.ts'
import { scoreSeries } from '../app/cli/score.ts'
import { textOf } from './text-of.ts'
import { writeOut } from './write-out.ts'

export async function runScore({ series, json }: ScoreOptions, io: Io): Promise<number> {
  return scoreSeries({ text: textOf(series), json }, writeOut, io)
}
