/** What `haldane judge` says for people: a table a release, or a row. */
import { skewSentence } from '../../core/judge/sentence.ts'
import type { Channel, Counts, Findings, SideFindings } from '../../core/judge/verdict.ts'
import { claim, type Direction } from '../../core/report/claim.ts'
import { leftOutBlocks } from '../../core/report/left-out.ts'
import {
  bar,
  counted,
  countText,
  figures,
  lengthText,
  natsText,
  percentText,
} from '../../core/report/numbers.ts'
import { asSentence, capital } from '../../core/report/prose.ts'
import type { QuantileInterval } from '../../core/stats/quantile-interval.ts'
import { seconds } from '../../core/units.ts'
import type { Outcome } from './judge-lines.ts'

type Row = readonly string[]

const barWidth = 20

export function verdictRow(name: string, outcome: Outcome): string {
  return `${name}  ${decided(outcome)}  ${outcome.because}\n`
}

export function releaseTable(name: string, outcome: Outcome, findings: Findings): string {
  const lines = [
    `${name}: ${decided(outcome)}`,
    outcome.because,
    '',
    ...columns([['', 'requests', 'failures', 'failure ratio'], ...sideRows(findings)]),
    ratioText(findings),
    ...excessText(findings),
    ...latencyText(findings),
    ...proxiesText(findings),
    '',
    ...columns([['that the canary', 'evidence', 'threshold', ''], ...channelRows(findings)]),
    '',
    ...blocksText(outcome, findings),
  ]
  return `${lines.join('\n')}\n\n`
}

function decided({ word, seconds: after }: Outcome): string {
  return `${word} after ${lengthText(seconds(after))}`
}

/* ---------------------------------------------------------------- both sides */

function sideRows({ canary, stable }: Findings): readonly Row[] {
  return [sideRow('canary', canary), sideRow('stable', stable)]
}

function sideRow(name: string, { judged, failureRatio }: SideFindings): Row {
  const counts = countsText(judged)
  if (failureRatio === undefined) return [name, ...counts, 'not known']
  const { estimate, low, high } = failureRatio
  return [name, ...counts, `${percentText(estimate)} (${percentText(low)} to ${percentText(high)})`]
}

function countsText({ requests, failures }: Counts): Row {
  return [countText(requests), countText(failures)]
}

function ratioText({ ratio }: Findings): string {
  if (ratio === undefined) return 'How many times as often the canary fails is not known.'
  const { estimate, low, high } = ratio
  const bounds =
    high === undefined
      ? `at least ${figures(low)} times`
      : `${figures(low)} to ${figures(high)} times`
  return estimate === undefined
    ? `The stable side has not failed; the canary fails ${bounds} as often.`
    : `The canary fails ${figures(estimate)} times as often (${bounds}).`
}

function excessText({ excess }: Findings): readonly string[] {
  return excess === undefined
    ? []
    : [`Proved: it fails at most ${figures(100 * excess)} points more than the stable side.`]
}

/** A quantile lies between two bounds of the histogram; more it does not know. */
function latencyText({ latency }: Findings): readonly string[] {
  if (latency.kind === 'not-compared') return []
  const rows = latency.quantiles.map(({ quantile, canary, stable }) => [
    `p${Math.round(100 * quantile)}`,
    spanText(canary),
    spanText(stable),
  ])
  return ['', ...columns([['latency', 'canary', 'stable'], ...rows])]
}

function proxiesText({ proxies }: Findings): readonly string[] {
  if (proxies === undefined) return []
  return ['', capital(asSentence(skewSentence(proxies)))]
}

function spanText({ low, high }: QuantileInterval): string {
  return high === undefined ? `above ${figures(low)} ms` : `${figures(low)} to ${figures(high)} ms`
}

/* ---------------------------------------------------------------- evidence */

function channelRows({ against, inFavour }: Findings): readonly Row[] {
  return [
    ...against.map((channel) => channelRow(channel, 'against')),
    ...inFavour.map((channel) => channelRow(channel, 'inFavour')),
  ]
}

function channelRow({ name, logE, threshold }: Channel, direction: Direction): Row {
  return [
    claim(name, direction),
    natsText(logE),
    natsText(threshold),
    bar(logE / threshold, barWidth),
  ]
}

function blocksText({ word }: Outcome, { blocks, stillNeeded }: Findings): readonly string[] {
  const { judged, time, leftOut } = blocks
  const left = leftOutBlocks(leftOut).map(
    ({ text, blocks: count }) => `left out: ${counted(count, 'block')}, because ${text}`,
  )
  return [
    `judged: ${counted(judged, 'block')}, together ${lengthText(time)}`,
    ...left,
    ...(word !== 'inconclusive' || stillNeeded === undefined || stillNeeded.atThisWeight === 0
      ? []
      : [
          `a healthy canary needs roughly ${lengthText(stillNeeded.atThisWeight)} more at this weight, ${lengthText(stillNeeded.atTwiceTheWeight)} at twice the weight`,
        ]),
  ]
}

/* ---------------------------------------------------------------- columns */

/** The first column to the left, the others to the right, bars and remarks as they are. */
function columns(rows: readonly Row[]): readonly string[] {
  const widths = rows.reduce<readonly number[]>(
    (known, row) => row.map((cell, k) => Math.max(known[k] ?? 0, cell.length)),
    [],
  )
  return rows.map((row) =>
    `  ${row.map((cell, k) => aligned(cell, k, widths[k] ?? 0)).join('  ')}`.trimEnd(),
  )
}

function aligned(cell: string, column: number, width: number): string {
  return column === 1 || column === 2 ? cell.padStart(width) : cell.padEnd(width)
}
