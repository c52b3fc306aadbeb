/** docs/calibration.md: every number in it was measured by the run that wrote it. */
import type { Ruling } from './bars.ts'
import type { Cell, Group } from './cell.ts'
import type { Made } from './json.ts'
import { leastSeconds } from './limit.ts'
import { markdown, number, rateText, secondsText, tableOf, timesText } from './tables.ts'
import type { Measured, Tally } from './tally.ts'
import { about, endsWith, headings } from './words.ts'

export function report(
  made: Made,
  measured: readonly Measured[],
  ruled: readonly Ruling[],
): string {
  const releases = measured.reduce((sum, { cell }) => sum + cell.runs, 0)
  const of = (group: Group): readonly Measured[] =>
    measured.filter(({ cell }) => cell.group === group)
  return [
    about(made, releases, measured.length),
    headings.bars,
    barTable(ruled),
    headings.falseRollbacks,
    tableOf(taught(of('false rollback')), { head: worldHead, rowOf: worldRow, textOf: rateText }),
    headings.untaught,
    tableOf(untaught(of('false rollback')), { head: worldHead, rowOf: worldRow, textOf: rateText }),
    headings.slowFalseRollbacks,
    tableOf(of('false rollback, latency'), { head: worldHead, rowOf: worldRow, textOf: rateText }),
    headings.beyondReach,
    tableOf(of('beyond reach'), { head: changeHead, rowOf: changeRow, textOf: rateText }),
    headings.detections,
    tableOf(atFivePercent(of('detection')), {
      head: [...changeHead, 'limit'],
      rowOf: limitRow,
      textOf: failedText,
    }),
    headings.otherWeights,
    tableOf(atOtherWeights(of('detection')), {
      head: [...changeHead, 'weight', 'limit'],
      rowOf: weightRow,
      textOf: failedText,
    }),
    headings.lateOnsets,
    tableOf(of('late onset'), { head: changeHead, rowOf: changeRow, textOf: failedText }),
    headings.slowDetections,
    tableOf(of('detection, latency'), { head: changeHead, rowOf: changeRow, textOf: servedText }),
    headings.passes,
    tableOf(of('pass'), { head: kindHead, rowOf: kindRow, textOf: (tally) => timesText(tally) }),
    headings.falsePasses,
    tableOf(of('false pass'), { head: falsePassHead, rowOf: falsePassRow, textOf: rateText }),
    endsWith(made),
  ].join('\n\n')
}

/** The bars alone, for a terminal and for the continuous integration. The last line counts. */
export function standings(ruled: readonly Ruling[]): string {
  const lines = ruled.map(
    ({ bar, worst, standing }) =>
      `${standing}: ${bar.name}, ${bar.limit}, ${measuredText({ bar, worst, standing })}`,
  )
  const broken = ruled.filter(({ standing }) => standing === 'broken').length
  const measured = ruled.filter(({ standing }) => standing !== 'not measured').length
  return `${lines.join('\n')}\n${measured - broken} bars hold, ${broken} broken\n`
}

const worldHead = ['world', 'failing', 'rps']
const changeHead = ['world', 'canary', 'rps']
const falsePassHead = ['canary', 'weight', 'rps']
const kindHead = ['world', 'judged', 'weight', 'rps']

function worldRow({ scenario: { world, ratio, rps } }: Cell): readonly string[] {
  return [world.name, `${100 * ratio} %`, String(rps)]
}

function changeRow({ scenario: { world, regression, rps } }: Cell): readonly string[] {
  return [world.name, regression.name, String(rps)]
}

function limitRow(cell: Cell): readonly string[] {
  return [...changeRow(cell), secondsText(leastSeconds(cell.scenario))]
}

/** No limit where the weight changes on the way. */
function weightRow(cell: Cell): readonly string[] {
  const isSteady = cell.scenario.route.length === 1
  const limit = isSteady ? secondsText(leastSeconds(cell.scenario)) : ''
  return [...changeRow(cell), cell.routeName, limit]
}

function kindRow({ scenario: { world, rps }, routeName }: Cell): readonly string[] {
  return [world.name, world.latency ? 'failures, latency' : 'failures', routeName, String(rps)]
}

function falsePassRow(cell: Cell): readonly string[] {
  return [cell.scenario.regression.name, cell.routeName, String(cell.scenario.rps)]
}

function failedText(tally: Tally): string {
  return timesText(tally, ({ failures }) => failures)
}

function servedText(tally: Tally): string {
  return timesText(tally, ({ requests }) => requests)
}

function taught(measured: readonly Measured[]): readonly Measured[] {
  return measured.filter(({ cell }) => cell.contestants.includes('Haldane 5 s'))
}

function untaught(measured: readonly Measured[]): readonly Measured[] {
  return measured.filter(({ cell }) => !cell.contestants.includes('Haldane 5 s'))
}

function atFivePercent(measured: readonly Measured[]): readonly Measured[] {
  return measured.filter(({ cell }) => cell.routeName === '5 %')
}

function atOtherWeights(measured: readonly Measured[]): readonly Measured[] {
  return measured.filter(({ cell }) => cell.routeName !== '5 %')
}

function barTable(ruled: readonly Ruling[]): string {
  const rows = ruled.map((each) => [
    each.bar.name,
    each.bar.limit,
    measuredText(each),
    each.worst === undefined ? '' : cellText(each.worst.cell),
    each.standing,
  ])
  return markdown(['what', 'bar', 'measured', 'worst cell', ''], rows)
}

function measuredText({ bar, worst }: Ruling): string {
  if (worst === undefined) return ''
  const { tally, value } = worst
  const text = bar.measure.kind === 'rate' ? rateText(tally) : `${secondsText(value)} s`
  return `${text} of ${number(tally.runs)} releases (${tally.contestant})`
}

function cellText({ scenario: { world, rps, ratio, regression } }: Cell): string {
  const canary = regression.name === 'none' ? `${100 * ratio} % fail` : regression.name
  return `${world.name}, ${rps} rps, ${canary}`
}
