/** Text that comes in pieces → lines. */
import { CommandError } from './programs.ts'

/** In characters: a release with a day of history of a hundred pods stays below. */
const longestLine = 64 * 1024 * 1024

/** Whole lines, as many as have come. Throws a CommandError for a line that does not end. */
export async function* linesIn(text: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let begun = ''
  for await (const piece of text) {
    const [first = '', ...more] = piece.split('\n')
    begun += first
    if (begun.length > longestLine)
      throw new CommandError(
        `a line is longer than ${longestLine} characters; is it one JSON object a line?`,
      )
    const last = more.pop()
    if (last === undefined) continue
    yield [begun, ...more]
    begun = last
  }
  yield [begun]
}
