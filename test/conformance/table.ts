/** What a run has found, for people. */
import type { Comparison } from './compare.ts'
import type { Differences } from './differences.ts'

export type Row =
  | { readonly kind: 'compared'; readonly comparison: Comparison }
  | { readonly kind: 'failed'; readonly scenario: string; readonly error: string }

export function tableOf(rows: readonly Row[]): string {
  const width = Math.max(8, ...rows.map((row) => nameOf(row).length))
  const line = ([name = '', ...cells]: readonly string[]): string =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(7))].join(' ').trimEnd()
  const lines = rows
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .map((row) => {
      if (row.kind === 'failed') return line([row.scenario, '-', '-', '-', row.error])
      const { scenario, same, better, differs } = row.comparison
      const counts = [same, better.length, differs.length].map(String)
      return line([scenario, ...counts])
    })
  return [line(['scenario', 'same', 'better', 'differs']), ...lines].join('\n')
}

/** Each difference that is not listed, with both sides. */
export function differencesOf(rows: readonly Row[]): readonly string[] {
  return rows.flatMap((row) => {
    if (row.kind === 'failed') return []
    return row.comparison.differs.map(
      ({ scenario, station, fact, argo, ours }) =>
        `${scenario} | ${station} | ${fact}\n    argo: ${argo ?? '-'}\n    ours: ${ours ?? '-'}`,
    )
  })
}

/** Entries of `differences.md` that no comparison needed, although their scenario was played. */
export function unneeded(rows: readonly Row[], listed: Differences): readonly string[] {
  const used = new Set(
    rows.flatMap((row) =>
      row.kind === 'failed' ? [] : row.comparison.better.map((each) => each.listed),
    ),
  )
  return listed.all
    .filter((entry) => !used.has(entry))
    .map(
      ({ line, scenario, station, fact }) =>
        `differences.md:${line}: ${scenario} | ${station} | ${fact}`,
    )
}

/** What a run must not find. */
export function defects(rows: readonly Row[]): number {
  return rows.filter((row) => row.kind === 'failed' || row.comparison.differs.length > 0).length
}

function nameOf(row: Row): string {
  return row.kind === 'failed' ? row.scenario : row.comparison.scenario
}
