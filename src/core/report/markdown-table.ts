/** Tables in Markdown. */

/** Cells keep to one line, and their bars do not end a column. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)]
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => flat(cell).replaceAll('|', String.raw`\|`)).join(' | ')} |`
}

/** On one line, whatever others wrote. */
export function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

export function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``
}
