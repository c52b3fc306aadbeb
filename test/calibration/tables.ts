/** Tables of what was measured, in Markdown. */
import type { Cell } from './cell.ts'
import type { ContestantName } from './contestants.ts'
import { type Measured, quantileTime, rateOf, standardError, type Tally } from './tally.ts'

export type Table = {
  /** What stands in front of the contestants. */
  readonly head: readonly string[]
  readonly rowOf: (cell: Cell) => readonly string[]
  readonly textOf: (tally: Tally) => string
}

/** A column for each contestant of the cells, in the order in which they appear. */
export function tableOf(measured: readonly Measured[], table: Table): string {
  const names = [...new Set(measured.flatMap(({ cell }) => cell.contestants))]
  const rows = measured.map(({ cell, tallies }) => [
    ...table.rowOf(cell),
    ...names.map((name) => textFor(tallies, name, table.textOf)),
  ])
  return markdown([...table.head, ...names], rows)
}

export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** `0.25 % ± 0.25`; zero with what it may hide: below 3/n with 95 %. */
export function rateText(tally: Tally): string {
  const rate = rateOf(tally)
  if (tally.spoke === 0) return `0 (< ${number((100 * 3) / tally.runs)} %)`
  return `${number(100 * rate)} % ± ${number(100 * standardError(rate, tally.runs))}`
}

/** Part found, if not all; median / p95 in seconds; the number that `harm` gives. */
export function timesText(tally: Tally, harm?: (tally: Tally) => number): string {
  if (tally.times.every((time) => time === Infinity)) return 'never'
  const found = tally.times.filter((time) => time < Infinity).length / tally.times.length
  const part = found < 1 ? `${number(100 * found)} %: ` : ''
  const times = `${part}${secondsText(quantileTime(tally, 0.5))} / ${secondsText(quantileTime(tally, 0.95))}`
  return harm === undefined ? times : `${times} (${number(harm(tally))})`
}

export function secondsText(seconds: number): string {
  return Number.isFinite(seconds) ? number(seconds) : '–'
}

/** Three digits that count. */
export function number(value: number): string {
  return String(Number(value.toPrecision(value >= 1000 ? 4 : 3)))
}

function textFor(
  tallies: readonly Tally[],
  name: ContestantName,
  textOf: (tally: Tally) => string,
): string {
  const tally = tallies.find(({ contestant }) => contestant === name)
  return tally === undefined ? '' : textOf(tally)
}
