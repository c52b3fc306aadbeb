/** What `haldane score` says for people: one table of metrics and one of groups. */
import { counted } from '../../core/report/numbers.ts'
import type { GroupScore } from '../../core/score/score.ts'
import type { MetricScore, Outcome, Scorecard } from '../../core/score/scorecard.ts'

type Row = readonly string[]

/** Below this Kayenta warns, and so do we: the intervals are wide and a handful of values separates by chance. */
const fewValues = 50

export function scoreTable(name: string, card: Scorecard): string {
  const lines = [
    `${name}: ${card.score} of 100, ${words[card.outcome]}`,
    ...reasons(card),
    '',
    ...columns([metricHead, ...card.metrics.map(metricRow)]),
    '',
    ...columns([['group', 'score', 'weight'], ...card.groups.map(groupRow)]),
    ...remarks(card),
  ]
  return `${lines.join('\n')}\n\n`
}

const words: Readonly<Record<Outcome, string>> = {
  pass: 'pass',
  marginal: 'marginal',
  fail: 'fail',
  'not-judged': 'could not judge',
}

function reasons({ override, outcome }: Scorecard): Row {
  if (override !== undefined) return [override.reason]
  return outcome === 'not-judged' ? ['Too little could be compared to call this a pass.'] : []
}

const metricHead: Row = ['metric', 'canary', 'stable', 'ratio', 'shift (bounds)', 'classification']

function metricRow({ name, canary, stable, deviation, shift, ...metric }: MetricScore): Row {
  const isOneSided = canary.count === 0 || stable.count === 0
  return [
    name,
    canary.count === 0 ? '-' : shown(canary.mean),
    stable.count === 0 ? '-' : shown(stable.mean),
    isOneSided || deviation === undefined || Number.isNaN(deviation) ? '-' : shown(deviation),
    shift === undefined
      ? '-'
      : `${shown(shift.estimate)} (${shown(shift.low)} to ${shown(shift.high)})`,
    [metric.label, ...markers(metric)].join(', '),
  ]
}

function markers({ critical, muted }: Pick<MetricScore, 'critical' | 'muted'>): Row {
  return [...(critical ? ['critical'] : []), ...(muted ? ['muted'] : [])]
}

function groupRow({ name, score, weight, isEmpty }: GroupScore): Row {
  return [name, isEmpty ? 'no data' : shown(score), shown(weight)]
}

function remarks({ metrics }: Scorecard): Row {
  const thin = metrics.filter(({ stable, canary }) => isThin(Math.min(stable.count, canary.count)))
  if (thin.length === 0) return []
  const names = thin.map(({ name }) => name).join(', ')
  const said = `${counted(thin.length, 'metric')} (${names})`
  return ['', `Fewer than ${fewValues} values on a side, so that chance weighs much: ${said}.`]
}

function isThin(count: number): boolean {
  return count > 0 && count < fewValues
}

/** Four figures. */
function shown(value: number): string {
  return Math.abs(value) === Number.MAX_VALUE
    ? String(value * Infinity)
    : String(Number(value.toPrecision(4)))
}

/** The first and the last column to the left, the others to the right. */
function columns(rows: readonly Row[]): Row {
  const widths = (rows[0] ?? []).map((_head, k) =>
    Math.max(...rows.map((row) => (row[k] ?? '').length)),
  )
  return rows.map((row) =>
    `  ${row.map((cell, k) => aligned(cell, widths[k] ?? 0, k, row.length)).join('  ')}`.trimEnd(),
  )
}

function aligned(cell: string, width: number, column: number, count: number): string {
  return column === 0 || (column === count - 1 && count > 3)
    ? cell.padEnd(width)
    : cell.padStart(width)
}
