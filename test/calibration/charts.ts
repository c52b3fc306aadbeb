/** The three pictures of docs/calibration.md. */
import { failureRivals, latencyRivals, ours } from './asked.ts'
import type { Cell } from './cell.ts'
import type { ContestantName } from './contestants.ts'
import { type Chart, dotChart, type Row } from './dot-chart.ts'
import { type Measured, quantileTime, rateOf, type Tally } from './tally.ts'

export type Picture = { readonly name: string; readonly svg: string }

export function charts(measured: readonly Measured[]): readonly Picture[] {
  return [
    { name: 'false-rollbacks', svg: dotChart(falseRollbacks(measured)) },
    { name: 'detection', svg: dotChart(detection(measured)) },
    { name: 'latency', svg: dotChart(latency(measured)) },
  ]
}

function falseRollbacks(measured: readonly Measured[]): Chart {
  const series = [...ours, ...failureRivals]
  const cells = measured.filter(
    ({ cell }) => cell.group === 'false rollback' && cell.contestants.length === series.length,
  )
  return {
    title: 'Good canaries rolled back, the worst of all rates (none stands at 0.1 %)',
    from: 0.1,
    to: 100,
    ticks: [0.1, 1, 10, 100].map((at) => ({ at, text: `${at} %` })),
    series,
    rows: rowsBy(
      cells,
      series,
      ({ scenario }) => labelOf(scenario),
      (tallies) => Math.max(...tallies.map((tally) => 100 * rateOf(tally))),
    ),
  }
}

function labelOf({ world, ratio }: Cell['scenario']): string {
  return ratio === 0.001 ? world.name : `${world.name}, ${100 * ratio} % fail`
}

const timeScale: Pick<Chart, 'from' | 'to' | 'ticks'> = {
  from: 5,
  to: 1800,
  ticks: [5, 15, 60, 300, 1800].map((at) => ({ at, text: at < 60 ? `${at} s` : `${at / 60} min` })),
}

function detection(measured: readonly Measured[]): Chart {
  const series = [...ours, ...failureRivals]
  const cells = measured.filter(
    ({ cell }) =>
      cell.group === 'detection' && cell.routeName === '5 %' && cell.scenario.rps === 500,
  )
  return {
    ...timeScale,
    title: 'Bad canaries found, median, 500 requests a second, 5 % (no dot: under half in 30 min)',
    series,
    rows: rowsBy(cells, series, named, medianTime),
  }
}

function latency(measured: readonly Measured[]): Chart {
  const series = [...ours, ...latencyRivals]
  const cells = measured.filter(
    ({ cell }) => cell.group === 'detection, latency' && cell.scenario.rps === 500,
  )
  return {
    ...timeScale,
    title: 'Slow canaries found, median, 500 requests a second, 5 % (no dot: under half in 30 min)',
    series,
    rows: rowsBy(cells, series, named, medianTime),
  }
}

function named({ scenario: { world, regression } }: Cell): string {
  return `${world.name}: ${regression.name}`
}

function medianTime(tallies: readonly Tally[]): number | undefined {
  const times = tallies.map((tally) => quantileTime(tally, 0.5)).filter(Number.isFinite)
  return times.length === 0 ? undefined : Math.max(...times)
}

function rowsBy(
  cells: readonly Measured[],
  series: readonly ContestantName[],
  labelled: (cell: Cell) => string,
  valued: (tallies: readonly Tally[]) => number | undefined,
): readonly Row[] {
  const labels = [...new Set(cells.map(({ cell }) => labelled(cell)))]
  return labels.map((label) => {
    const tallies = cells
      .filter(({ cell }) => labelled(cell) === label)
      .flatMap((each) => each.tallies)
    const values = series.map((name) => {
      const own = tallies.filter(({ contestant }) => contestant === name)
      return own.length === 0 ? undefined : valued(own)
    })
    return { label, values }
  })
}
