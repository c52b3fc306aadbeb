/** What `haldane judge --series` says: a table for people, JSON lines for programs (docs/judge.md). */
import type { FoundSeries, SeriesEvidence, SeriesVerdict } from '../../core/judge/series-verdict.ts'
import { bar, figures, lengthText, natsText } from '../../core/report/numbers.ts'
import { between, type Instant, inSeconds, timestamp } from '../../core/units.ts'
import type { SeriesHearing, SeriesOutcome } from './judge-series.ts'

type Row = readonly string[]
type Told = Pick<SeriesHearing, 'name' | 'since' | 'isTimed'>

const barWidth = 20

export function seriesTable(
  { name, since }: Told,
  outcome: SeriesOutcome,
  verdict: SeriesVerdict,
): string {
  const head = ['series', 'canary', 'stable', 'worse', 'no worse', '']
  const lines = [
    `${name}: ${outcome.word} after ${lengthText(between(since, outcome.at))}`,
    outcome.because,
    '',
    ...columns([head, ...verdict.findings.series.map(rowOf)]),
    '',
    ...verdict.findings.series.map(blocksText),
  ]
  return `${lines.join('\n')}\n\n`
}

function rowOf({ name, canary, stable, against, inFavour }: FoundSeries): Row {
  return [
    name,
    valueText(canary),
    valueText(stable),
    evidenceText(against),
    evidenceText(inFavour),
    bar(against.logE / against.threshold, barWidth),
  ]
}

function valueText(value: number | undefined): string {
  return value === undefined ? 'not known' : figures(value)
}

function evidenceText({ logE, threshold }: SeriesEvidence): string {
  return `${natsText(logE)} of ${natsText(threshold)}`
}

function blocksText({ name, test, block, blocks }: FoundSeries): string {
  if (block === undefined) return `${name}: nothing judged`
  const left = blocks.leftOut === 0 ? '' : `, ${blocks.leftOut} left out for want of values`
  return `${name}: by ${test}, ${blocks.judged} blocks of ${lengthText(block.lasts)} (${sources[block.from]})${left}`
}

const sources: Readonly<Record<NonNullable<FoundSeries['block']>['from'], string>> = {
  settings: 'as asked for',
  history: 'as long as the stable side resembles itself',
  assumed: 'assumed: the stable side was seen too shortly, or never moved',
}

function columns(rows: readonly Row[]): Row {
  const widths = rows[0]?.map((_, k) => Math.max(...rows.map((row) => row[k]?.length ?? 0))) ?? []
  return rows.map((row) => {
    const cells = row.map((cell, k) => {
      const width = widths[k] ?? 0
      return k === 0 || k === row.length - 1 ? cell.padEnd(width) : cell.padStart(width)
    })
    return `  ${cells.join('  ')}`.trimEnd()
  })
}

/* ---------------------------------------------------------------- for programs */

export function seriesLines(hearing: Told, outcome: SeriesOutcome, verdict: SeriesVerdict): string {
  const place = { release: hearing.name, at: timeOf(hearing, outcome.at) }
  const seconds = inSeconds(between(hearing.since, outcome.at))
  const lines: readonly object[] = [
    ...verdict.findings.series.map((found) => ({ kind: 'series', ...place, ...written(found) })),
    { kind: 'verdict', ...place, verdict: outcome.word, seconds, because: outcome.because },
  ]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

function written({
  name,
  test,
  block,
  blocks,
  canary,
  stable,
  against,
  inFavour,
}: FoundSeries): object {
  return {
    series: name,
    test,
    blockSeconds: block && inSeconds(block.lasts),
    blockFrom: block?.from,
    blocks: blocks.judged,
    leftOut: blocks.leftOut,
    canary,
    stable,
    against,
    inFavour,
  }
}

function timeOf({ isTimed }: Told, at: Instant): string | undefined {
  return isTimed ? timestamp(at) : undefined
}
