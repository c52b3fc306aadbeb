/** What a measurement of series says: short JSON for tools, a line a series for people. */
import type { Json } from '../json.ts'
import { sidesText } from '../judge/series-sentence.ts'
import type { FoundSeries, SeriesVerdict } from '../judge/series-verdict.ts'
import { durationText } from '../units.ts'

/** `score` is 0..100: the part of the series that was found no worse; absent without data. */
export function seriesValue(verdict: SeriesVerdict): string {
  const { series } = verdict.findings
  const fine = series.filter(({ against, inFavour }) => isThere(inFavour) && !isThere(against))
  const value: Json = {
    verdict: verdict.kind,
    because: verdict.because.code,
    ...(verdict.kind === 'no-data'
      ? {}
      : { score: Math.round((100 * fine.length) / series.length) }),
    series: Object.fromEntries(
      series.map(({ name, against, inFavour }) => [
        name,
        { nats: short(against.logE), noWorseNats: short(inFavour.logE) },
      ]),
    ),
  }
  return JSON.stringify(value)
}

export function seriesMetadata({ findings }: SeriesVerdict): Readonly<Record<string, string>> {
  return Object.fromEntries(findings.series.map((found) => [found.name, findingText(found)]))
}

function findingText(found: FoundSeries): string {
  const { block, blocks } = found
  if (block === undefined || blocks.judged === 0) return 'nothing judged yet'
  return `${sidesText(found)}; ${blocks.judged} blocks of ${durationText(block.lasts)} (${block.from})`
}

function isThere({ logE, threshold }: FoundSeries['against']): boolean {
  return logE >= threshold
}

/** Four significant digits. */
function short(value: number): number {
  return Number(value.toPrecision(4))
}
