/** Where series come from: a metrics store, or values of one's own. */
import type { Reading, Series } from '../../core/judge/reading.ts'
import type { AskedSeries, SeriesSettings } from '../../core/judge/series-settings.ts'
import type { GivenSeries, Values } from '../../core/manifest/series-file.ts'
import { type Duration, type Instant, instant } from '../../core/units.ts'
import type { Metrics } from '../../ports.ts'
import type { SeriesSource } from './judge-series.ts'

export function storeSource(
  { series }: SeriesSettings<AskedSeries>,
  metrics: Metrics,
): SeriesSource {
  return {
    history: (window) =>
      Promise.all(series.map(({ queries }) => metrics.range(queries.stable, window))),
    sides: (window) =>
      Promise.all(
        series.map(async ({ queries }) => {
          const [canary, stable] = await Promise.all([
            metrics.range(queries.canary, window),
            metrics.range(queries.stable, window),
          ])
          return { canary, stable }
        }),
      ),
  }
}

/** Values given have no place in time: the first ones of both sides are those of the step that begins here. */
export const givenStart: Instant = instant(0)

/** The last instant at which both sides of some series may have a value. */
export function givenEnd({ series, step }: SeriesSettings<GivenSeries>): Instant {
  const most = Math.max(
    ...series.map(({ canary, stable }) => Math.min(canary.length, stable.length)),
  )
  return instant(givenStart + most * step)
}

/** The history ends where the first step begins. */
export function givenSource({ series, step }: SeriesSettings<GivenSeries>): SeriesSource {
  const cut = (values: Values, window: Parameters<SeriesSource['sides']>[0]): Reading =>
    readingOf([seriesOf(values, instant(givenStart + step), step)], window)
  return {
    history: async (window) =>
      series.map(({ history }) =>
        readingOf(
          history.map((values) =>
            seriesOf(values, instant(givenStart - (values.length - 1) * step), step),
          ),
          window,
        ),
      ),
    sides: async (window) =>
      series.map(({ canary, stable }) => ({
        canary: cut(canary, window),
        stable: cut(stable, window),
      })),
  }
}

function seriesOf(values: Values, from: Instant, step: Duration): Series {
  const samples = values.map((value, k) => ({ at: instant(from + k * step), value }))
  return { labels: {}, samples: samples.filter(({ value }) => !Number.isNaN(value)) }
}

function readingOf(
  series: readonly Series[],
  { from, to }: { readonly from: Instant; readonly to: Instant },
): Reading {
  return {
    kind: 'series',
    series: series.map(({ labels, samples }) => ({
      labels,
      samples: samples.filter(({ at }) => at >= from && at <= to),
    })),
  }
}
