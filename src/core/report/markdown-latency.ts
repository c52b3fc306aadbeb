/** How long requests took on both sides, in Markdown. A quantile lies between two bounds of the histogram; more it does not know. */
import { table } from './markdown-table.ts'
import { countText, figures, natsText, percentText } from './numbers.ts'
import type { ReportedLatency, ReportedSpan } from './release-report.ts'

type Compared = Extract<ReportedLatency, { kind: 'compared' }>
type Slower = Compared['bounds'][number]['canary']

export function latencySection(latency: ReportedLatency): readonly string[] {
  if (latency.kind === 'not-compared') return [`Not compared: ${latency.text}.`]
  const { quantiles, bounds } = latency
  return [
    ...(quantiles.length === 0 ? [] : quantileTable(quantiles)),
    ...table(
      ['took longer than', 'canary', 'stable', 'that it is slower (nats)'],
      bounds.map(({ boundMs, canary, stable, evidenceNats }) => [
        `${figures(boundMs)} ms`,
        slowerText(canary),
        slowerText(stable),
        natsText(evidenceNats),
      ]),
    ),
    'Only requests that did not fail are counted.',
  ]
}

function quantileTable(quantiles: Compared['quantiles']): readonly string[] {
  const rows = quantiles.map(({ quantile, canary, stable }) => [
    `p${figures(100 * quantile)}`,
    spanText(canary),
    spanText(stable),
  ])
  return [
    ...table(['quantile', 'canary', 'stable'], rows),
    'The quantiles lie within these intervals, all of them together, with 95 % confidence, however often one looked.',
  ]
}

function spanText({ lowMs, highMs }: ReportedSpan): string {
  return highMs === undefined
    ? `above ${figures(lowMs)} ms`
    : `${figures(lowMs)} to ${figures(highMs)} ms`
}

function slowerText({ requests, slower }: Slower): string {
  return requests === 0
    ? 'no requests'
    : `${percentText(slower / requests)} of ${countText(requests)}`
}
