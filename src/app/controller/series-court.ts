/** Series that are being judged, one case for each revision and question. A case that is not in memory is rebuilt from the metrics store. */
import type { Reading } from '../../core/judge/reading.ts'
import { SeriesCase } from '../../core/judge/series-case.ts'
import type { AskedSeries, SeriesSettings } from '../../core/judge/series-settings.ts'
import type { SeriesVerdict } from '../../core/judge/series-verdict.ts'
import type { Trial } from '../../core/judge/trial.ts'
import type { Instant } from '../../core/units.ts'
import type { Clock, Metrics, Window } from '../../ports.ts'
import type { MetricsAt } from './court.ts'
import { Recent } from './recent.ts'

export type HeardSeries = { readonly verdict: SeriesVerdict; readonly nextLook: Instant }

type Asked = SeriesSettings<AskedSeries>

const mostCases = 1000
/** Windows read in one look; a case that is far behind goes on in the next. */
const mostWindows = 20

export class SeriesCourt {
  readonly #metricsAt: MetricsAt
  readonly #clock: Clock
  readonly #cases = new Recent<SeriesCase>(mostCases)

  constructor(metricsAt: MetricsAt, clock: Clock) {
    this.#metricsAt = metricsAt
    this.#clock = clock
  }

  /** Reads what is new since the last look. Never throws for a store that does not answer. */
  async hear(trial: Trial, asked: Asked): Promise<HeardSeries> {
    const open = this.#open(trial, asked)
    const metrics = this.#metricsAt(asked.prometheus?.address)
    await this.#learn(open, asked, metrics)
    for (let read = 0; read < mostWindows; read += 1) {
      const window = open.windowFor(this.#clock.now())
      if (window === undefined) break
      const readings = await readSides(metrics, asked, window)
      open.hear(window, readings, this.#clock.now())
      if (open.windowFor(this.#clock.now())?.from === window.from) break
    }
    return { verdict: open.verdict(), nextLook: open.nextLook(this.#clock.now()) }
  }

  /** What is known without asking. */
  known(trial: Trial, asked: Asked): SeriesVerdict {
    return this.#open(trial, asked).verdict()
  }

  #open(trial: Trial, asked: Asked): SeriesCase {
    return this.#cases.get(JSON.stringify([trial, asked]), () => new SeriesCase(trial.since, asked))
  }

  async #learn(open: SeriesCase, { series }: Asked, metrics: Metrics): Promise<void> {
    const window = open.history
    if (window === undefined) return
    const readings = await Promise.all(
      series.map(({ queries }) => metrics.range(queries.stable, window)),
    )
    open.hearHistory(window, readings, this.#clock.now())
  }
}

async function readSides(
  metrics: Metrics,
  { series }: Asked,
  window: Window,
): Promise<readonly { readonly canary: Reading; readonly stable: Reading }[]> {
  return Promise.all(
    series.map(async ({ queries }) => {
      const [canary, stable] = await Promise.all([
        metrics.range(queries.canary, window),
        metrics.range(queries.stable, window),
      ])
      return { canary, stable }
    }),
  )
}
