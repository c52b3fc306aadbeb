/** Scores of AnalysisRuns: reads both sides once the window has passed. What was found stands in the run's status, so nothing is kept here. */
import type { AnalysisRun, MetricResult, ScoredMetric } from '../../core/analysis/metric.ts'
import {
  nextScoreLook,
  type Readings,
  type ScoreState,
  type ScoreWindow,
  scoreOfReadings,
  scoreResult,
  scoreWindow,
} from '../../core/analysis/score-run.ts'
import type { PlannedMetric, ScorePlan } from '../../core/score/plan.ts'
import { type Instant, plus } from '../../core/units.ts'
import type { Clock, Metrics } from '../../ports.ts'
import type { MetricsAt } from './court.ts'

export type Scored = { readonly result: MetricResult; readonly nextLook: Instant | undefined }

export class Scores {
  readonly #metricsAt: MetricsAt
  readonly #clock: Clock

  constructor(metricsAt: MetricsAt, clock: Clock) {
    this.#metricsAt = metricsAt
    this.#clock = clock
  }

  /** A score that stands in the run's status is final. Never throws for a store that does not answer. */
  async look(run: AnalysisRun, metric: ScoredMetric, startedAt: Instant): Promise<Scored> {
    const known = run.status.metricResults.find(({ name }) => name === metric.name)
    if (known !== undefined && known.phase !== 'Running')
      return { result: known, nextLook: undefined }
    const window = scoreWindow(metric.score, plus(startedAt, metric.initialDelay))
    const state = await this.#state(metric.score, window)
    const frame = {
      name: metric.name,
      startedAt,
      now: this.#clock.now(),
      terminate: run.terminate,
    }
    return { result: scoreResult(state, frame), nextLook: nextScoreLook(state) }
  }

  async #state(plan: ScorePlan, window: ScoreWindow): Promise<ScoreState> {
    if (this.#clock.now() < window.to) return { kind: 'waiting', until: window.to }
    const metrics = this.#metricsAt(plan.prometheus?.address)
    const readings: Readings[] = []
    for (const metric of plan.metrics) {
      const both = await readBoth(metrics, metric, window)
      readings.push(both)
      if (!isAnswered(both)) break
    }
    return scoreOfReadings(plan, readings, { window, now: this.#clock.now() })
  }
}

/** A store that is silent once is not asked a hundred times. */
function isAnswered({ canary, stable }: Readings): boolean {
  return canary.kind === 'series' && stable.kind === 'series'
}

async function readBoth(
  metrics: Metrics,
  { queries }: PlannedMetric,
  window: ScoreWindow,
): Promise<Readings> {
  const [canary, stable] = await Promise.all([
    metrics.range(queries.canary, window),
    metrics.range(queries.stable, window),
  ])
  return { canary, stable }
}
