/** Text in colours, for terminals. Without colour the text alone stays. */

export type Ink = 'plain' | 'strong' | 'quiet' | 'good' | 'bad' | 'canary'

export type Span = { readonly text: string; readonly ink: Ink }

/** One line of a picture. */
export type Line = readonly Span[]

const codes: Readonly<Record<Ink, string>> = {
  plain: '',
  strong: '1',
  quiet: '2',
  good: '32',
  bad: '31',
  canary: '33',
}

export function span(text: string, ink: Ink = 'plain'): Span {
  return { text, ink }
}

/** Cut to the width, with a sign that something is missing. Every character is taken to be one column wide. */
export function painted(line: Line, columns: number, color: boolean): string {
  return cut(line, columns)
    .map(({ text, ink }) =>
      color && ink !== 'plain' && text !== '' ? `\u001b[${codes[ink]}m${text}\u001b[0m` : text,
    )
    .join('')
    .trimEnd()
}

export function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + text.length, 0)
}

function cut(line: Line, columns: number): Line {
  if (widthOf(line) <= columns) return line
  const kept: Span[] = []
  let room = columns - 1
  for (const { text, ink } of line) {
    kept.push({ text: text.slice(0, room), ink })
    room -= Math.min(room, text.length)
  }
  return [...kept, span('…', 'quiet')]
}
