/** What was set out to be reached, and whether it was: ours beside Argo's of the same run. */
import type { Row } from './row.ts'

type Bar = {
  readonly what: string
  readonly n: number
  readonly of: (row: Row) => number | undefined
  /** The largest part of Argo's figure that reaches the bar; in a unit of its own where it is no part. */
  readonly most: { readonly ratio: number } | { readonly value: number }
  /** What Argo's controller (v1.10.1) cost when it was measured alone, on two quiet cores: stands in where a run has no figure of it. */
  readonly alone?: number
}

const bars: readonly Bar[] = [
  { what: 'writes a release', n: 100, of: (row) => row.writesPerRelease, most: { ratio: 0.5 } },
  {
    what: 'writes a release without events',
    n: 100,
    of: (row) => row.writesPerReleaseWithoutEvents,
    most: { ratio: 0.5 },
  },
  { what: 'resident MiB', n: 1000, of: (row) => row.residentMiB, most: { ratio: 0.5 }, alone: 214 },
  { what: 'CPU ms a release', n: 100, of: (row) => row.cpuMsPerRelease, most: { ratio: 1 } },
  {
    what: 'CPU ms a release',
    n: 1000,
    of: (row) => row.cpuMsPerRelease,
    most: { ratio: 1 },
    alone: 68,
  },
  {
    what: 'seconds until all are Paused',
    n: 1000,
    of: (row) => row.secondsToPaused,
    most: { ratio: 0.25 },
    alone: 177,
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

/** A line for each bar of which ours has a figure, and Argo's has one. */
export function barsOf(rows: readonly Row[]): string {
  const lines = bars.flatMap((bar) => lineOf(bar, rows))
  return [
    '## What was set out to be reached',
    '',
    '| figure | N | Argo | Haldane | ratio | at most | reached |',
    '|---|---|---|---|---|---|---|',
    ...lines,
    '',
    '*(alone)*: Argo’s figure is of an earlier run of its own on a quiet machine of this kind; the ratio is only as good as that.',
  ].join('\n')
}

function lineOf({ what, n, of, most, alone }: Bar, rows: readonly Row[]): readonly string[] {
  const figure = (controller: Row['controller']): number | undefined => {
    const row = rows.find((each) => each.controller === controller && each.n === n)
    return row && of(row)
  }
  const [inRun, ours] = [figure('argo'), figure('haldane')]
  const argo = inRun ?? alone
  if (argo === undefined || ours === undefined) return []
  const ratio = ours / argo
  const isReached = 'ratio' in most ? ratio <= most.ratio : ours <= most.value
  const limit = 'ratio' in most ? `${most.ratio} of Argo's` : String(most.value)
  const argos = inRun ?? `${argo} (alone)`
  const cells = [what, n, argos, ours, ratio.toFixed(2), limit, isReached ? 'yes' : '**no**']
  return [`| ${cells.join(' | ')} |`]
}
