/** The name that somebody meant: at most a third of its letters differ. Undefined when none is that near. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((candidate) => ({ candidate, far: edits(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(1, candidate.length / 3))
    .toSorted((a, b) => a.far - b.far)
  return ranked[0]?.candidate
}

/** Letters to add, drop or replace (Levenshtein). */
function edits(from: string, to: string): number {
  const last = from.split('').reduce(
    (row, letter, index) => nextRow(row, letter, to, index + 1),
    Array.from({ length: to.length + 1 }, (_, index) => index),
  )
  return last[to.length] ?? 0
}

function nextRow(above: readonly number[], letter: string, to: string, first: number): number[] {
  const row = [first]
  for (const [index, other] of to.split('').entries()) {
    const replaced = (above[index] ?? 0) + (letter === other ? 0 : 1)
    row.push(Math.min(replaced, (above[index + 1] ?? 0) + 1, (row[index] ?? 0) + 1))
  }
  return row
}
