/** What was set out to be reached, and whether it was: ours beside Argo's of the same run. */
import type { Row } from './row.ts'

type Bar = {
  readonly what: string
  readonly n: number
  readonly of: (row: Row) => number | undefined
  /** The largest part of Argo's figure that reaches the bar; in a unit of its own where it is no part. */
  readonly most: { readonly ratio: number } | { readonly value: number }
}

const bars: readonly Bar[] = [
  { what: 'writes a release', n: 100, of: (row) => row.writesPerRelease, most: { ratio: 0.5 } },
  {
    what: 'writes a release without events',
    n: 100,
    of: (row) => row.writesPerReleaseWithoutEvents,
    most: { ratio: 0.5 },
  },
  { what: 'resident MiB', n: 1000, of: (row) => row.residentMiB, most: { ratio: 0.5 } },
  { what: 'CPU ms a release', n: 100, of: (row) => row.cpuMsPerRelease, most: { ratio: 1 } },
  { what: 'CPU ms a release', n: 1000, of: (row) => row.cpuMsPerRelease, most: { ratio: 1 } },
  {
    what: 'seconds until all are Paused',
    n: 1000,
    of: (row) => row.secondsToPaused,
    most: { ratio: 0.25 },
  },
  {
    what: 'worst ms from a promotion to its weight',
    n: 100,
    of: (row) => row.promotedWorstMs,
    most: { value: 250 },
  },
  {
    what: 'worst ms from an abort to its weight',
    n: 100,
    of: (row) => row.abortedWorstMs,
    most: { value: 250 },
  },
]

/** A line for each bar of which both controllers have a figure. */
export function barsOf(rows: readonly Row[]): string {
  const lines = bars.flatMap((bar) => lineOf(bar, rows))
  return [
    '## What was set out to be reached',
    '',
    '| figure | N | Argo | Haldane | ratio | at most | reached |',
    '|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}

function lineOf({ what, n, of, most }: Bar, rows: readonly Row[]): readonly string[] {
  const figure = (controller: Row['controller']): number | undefined => {
    const row = rows.find((each) => each.controller === controller && each.n === n)
    return row && of(row)
  }
  const [argo, ours] = [figure('argo'), figure('haldane')]
  if (argo === undefined || ours === undefined) return []
  const ratio = ours / argo
  const isReached = 'ratio' in most ? ratio <= most.ratio : ours <= most.value
  const limit = 'ratio' in most ? `${most.ratio} of Argo's` : String(most.value)
  const cells = [what, n, argo, ours, ratio.toFixed(2), limit, isReached ? 'yes' : '**no**']
  return [`| ${cells.join(' | ')} |`]
}
