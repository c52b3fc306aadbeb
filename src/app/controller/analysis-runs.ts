/** The program that owns AnalysisRuns: reads what is due, hears the judge, writes what was found. */
import { assess, type Found, type RunKind, unreadable } from '../../core/analysis/assess.ts'
import type {
  AnalysisRun,
  JudgedMetric,
  ResolvedMetric,
  RunStatus,
  SeriesMetric,
} from '../../core/analysis/metric.ts'
import { seriesMetadata } from '../../core/analysis/series-value.ts'
import { parseTrial } from '../../core/analysis/trial.ts'
import { isObject, type Json } from '../../core/json.ts'
import type { Trial } from '../../core/judge/trial.ts'
import { parseAnalysisRun, resolveMetric, runOf } from '../../core/manifest/analysis.ts'
import { analysisRunStatusJson } from '../../core/manifest/analysis-run-json.ts'
import type { JudgeDefaults } from '../../core/manifest/judge-settings.ts'
import { mergePatchOf } from '../../core/manifest/merge-patch.ts'
import type { KubeObject, ObjectRef } from '../../core/object.ts'
import { failed, ok, problem, problemText, type Result } from '../../core/result.ts'
import { runTypeLabel, trialAnnotation } from '../../core/rollout/keys.ts'
import { between, earliest, type Instant, plus, seconds } from '../../core/units.ts'
import type { Clock, Tell } from '../../ports.ts'
import type { Writer } from './apply.ts'
import type { Cache } from './cache.ts'
import type { Court } from './court.ts'
import type { Scores } from './scores.ts'
import type { SeriesCourt } from './series-court.ts'

/** While nothing new is known of a run, its numbers are written no more often than this. */
const refresh = seconds(30)

export type AnalysisRunsOptions = {
  readonly cache: Cache
  readonly writer: Writer
  readonly court: Court
  readonly seriesCourt: SeriesCourt
  readonly scores: Scores
  readonly clock: Clock
  readonly tell: Tell
  readonly defaults: JudgeDefaults
  /** Links and queries that a person wants beside a measurement. */
  readonly metadataFor: (trial: Trial, found: JudgedMetric) => Readonly<Record<string, string>>
}

export class AnalysisRuns {
  readonly #with: AnalysisRunsOptions
  readonly #writtenAt = new Map<string, Instant>()

  constructor(options: AnalysisRunsOptions) {
    this.#with = options
  }

  async pass(ref: ObjectRef): Promise<Instant | undefined> {
    const object = this.#with.cache.get(ref)
    if (object === undefined) return undefined
    if (isOver(object)) return this.#forget(object)
    const run = parseAnalysisRun(object.json)
    if (!run.ok)
      return this.#close(
        object,
        runOf(object.json),
        `Analysis spec invalid: ${problemText(run.problems)}`,
      )
    const asked = readRun(object, run.value, this.#with.defaults)
    if (!asked.ok) return this.#close(object, run.value, problemText(asked.problems))
    return this.#measure(object, run.value, asked.value)
  }

  #forget({ metadata }: KubeObject): undefined {
    this.#writtenAt.delete(metadata.uid)
  }

  async #measure(
    object: KubeObject,
    run: AnalysisRun,
    { trial, metrics }: Asked,
  ): Promise<Instant | undefined> {
    const startedAt = run.status.startedAt ?? this.#with.clock.now()
    const [found, scores] = await Promise.all([
      Promise.all(
        metrics
          .filter((metric) => metric.kind !== 'score')
          .map((metric) => {
            const begins = plus(startedAt, metric.initialDelay)
            return metric.kind === 'judge'
              ? this.#look(trial, metric, { object, begins })
              : this.#lookAtSeries(trial, metric, begins)
          }),
      ),
      Promise.all(
        metrics
          .filter((metric) => metric.kind === 'score')
          .map((metric) => this.#with.scores.look(run, metric, startedAt)),
      ),
    ])
    const kind: RunKind =
      object.metadata.labels[runTypeLabel] === 'Background' ? 'Background' : 'Step'
    const scored = scores.map(({ result }) => result)
    const status = assess(run, found, { kind, now: this.#with.clock.now(), scored })
    await this.#write(object, run, status)
    return status.completedAt === undefined
      ? earliest(...[...found, ...scores].map(({ nextLook }) => nextLook))
      : undefined
  }

  /** Before its initial delay is over a metric asks for nothing; what is known of its case already stands. */
  async #look(trial: Trial, metric: JudgedMetric, { object, begins }: Look): Promise<Found> {
    const now = this.#with.clock.now()
    const { court } = this.#with
    const { verdict, nextLook } =
      now < begins
        ? { verdict: court.known(trial, metric.judge), nextLook: begins }
        : await court.hear(trial, metric.judge)
    const { namespace, name } = object.metadata
    this.#with.tell({
      kind: 'evidence',
      rollout: { namespace, name: trial.rollout },
      at: this.#with.clock.now(),
      run: name,
      verdict,
    })
    return {
      name: metric.name,
      verdict,
      settings: metric.judge,
      metadata: this.#with.metadataFor(trial, metric),
      nextLook,
    }
  }

  async #lookAtSeries(trial: Trial, metric: SeriesMetric, begins: Instant): Promise<Found> {
    const { seriesCourt, clock } = this.#with
    const { name, series } = metric
    const { verdict, nextLook } =
      clock.now() < begins
        ? { verdict: seriesCourt.known(trial, series), nextLook: begins }
        : await seriesCourt.hear(trial, series)
    return { name, verdict, settings: series, metadata: seriesMetadata(verdict), nextLook }
  }

  async #close(object: KubeObject, run: AnalysisRun, why: string): Promise<undefined> {
    await this.#write(object, run, unreadable(run, why, this.#with.clock.now()))
    return undefined
  }

  async #write(object: KubeObject, run: AnalysisRun, status: RunStatus): Promise<void> {
    const now = this.#with.clock.now()
    const { uid } = object.metadata
    if (!isNews(run.status, status) && between(this.#writtenAt.get(uid) ?? now, now) < refresh) {
      if (!this.#writtenAt.has(uid)) this.#writtenAt.set(uid, now)
      return
    }
    const before: Json = object.json['status'] ?? {}
    const patch = mergePatchOf(isObject(before) ? before : {}, analysisRunStatusJson(status))
    this.#writtenAt.set(uid, now)
    if (patch !== undefined) await this.#with.writer.record(object, { status: patch })
  }
}

type Look = { readonly object: KubeObject; readonly begins: Instant }

type Asked = { readonly trial: Trial; readonly metrics: readonly ResolvedMetric[] }

function readRun(object: KubeObject, run: AnalysisRun, defaults: JudgeDefaults): Result<Asked> {
  const trial = parseTrial(object.metadata.namespace, object.metadata.annotations[trialAnnotation])
  if (trial === undefined)
    return failed(
      problem(
        '',
        `an analysis compares two revisions of a Rollout; this run was made for none (no annotation ${trialAnnotation})`,
      ),
    )
  const metrics = run.metrics.map((metric) => resolveMetric(metric, run.args, defaults))
  const problems = metrics.flatMap((metric) => (metric.ok ? [] : metric.problems))
  if (problems.length > 0) return failed(...problems)
  return ok({ trial, metrics: metrics.flatMap((metric) => (metric.ok ? [metric.value] : [])) })
}

function isOver(object: KubeObject): boolean {
  const phase = isObject(object.json['status']) ? object.json['status']['phase'] : undefined
  return typeof phase === 'string' && !['', 'Pending', 'Running'].includes(phase)
}

/** A phase, a message or a verdict that is another than before; numbers alone are not. */
function isNews(before: RunStatus, after: RunStatus): boolean {
  return (
    before.phase !== after.phase ||
    before.message !== after.message ||
    verdictsOf(before) !== verdictsOf(after)
  )
}

function verdictsOf({ metricResults }: RunStatus): string {
  return metricResults
    .map(({ measurements }) => /"verdict":"[a-z-]+"/.exec(measurements.at(-1)?.value ?? '')?.[0])
    .join()
}
