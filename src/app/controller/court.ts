/**
 * The cases that are being judged, one for each revision and way of judging: a later run of the same revision goes on with what earlier
 * ones found. A case that is not in memory is rebuilt from Prometheus, which is the journal: after a restart it says the same.
 */

import { Callers } from '../../core/judge/callers.ts'
import { type Case, hear, nextLook, openCase, verdictOf, windowFor } from '../../core/judge/case.ts'
import { hearHistory, historyFor } from '../../core/judge/case-history.ts'
import { asksProxies, queriesOf } from '../../core/judge/queries.ts'
import type { Reading } from '../../core/judge/reading.ts'
import type { JudgeSettings } from '../../core/judge/settings.ts'
import type { Trial } from '../../core/judge/trial.ts'
import type { Verdict } from '../../core/judge/verdict.ts'
import { between, type Instant, type Share } from '../../core/units.ts'
import type { Clock, Metrics, Window } from '../../ports.ts'
import { Recent } from './recent.ts'

export type Heard = { readonly verdict: Verdict; readonly nextLook: Instant }

/** The metrics store at an address; undefined is the controller's own. */
export type MetricsAt = (address: string | undefined) => Metrics

/** Cases kept in memory. */
const mostCases = 2000
/** Windows read in one look; a case that is far behind goes on in the next. */
const mostWindows = 20

export class Court {
  readonly #metricsAt: MetricsAt
  readonly #clock: Clock
  readonly #cases = new Recent<Case>(mostCases)

  constructor(metricsAt: MetricsAt, clock: Clock) {
    this.#metricsAt = metricsAt
    this.#clock = clock
  }

  /** Reads what is new since the last look, and says what is known now. Never throws for a store that does not answer. */
  async hear(
    trial: Trial,
    settings: JudgeSettings,
    until: Instant = this.#clock.now(),
  ): Promise<Heard> {
    const open = this.#open(trial, settings)
    await this.#learn(open)
    if (historyFor(open) !== undefined) return this.#said(open)
    let window = windowFor(open, until)
    for (let read = 0; window !== undefined && read < mostWindows; read += 1) {
      await this.#look(open, window)
      const next = windowFor(open, until)
      window = next?.from === window.from ? undefined : next
    }
    return this.#said(open)
  }

  #said(open: Case): Heard {
    return { verdict: verdictOf(open), nextLook: nextLook(open, this.#clock.now()) }
  }

  /** What the stable pods did before the release, once a case. */
  async #learn(open: Case): Promise<void> {
    const window = historyFor(open)
    if (window === undefined) return
    const metrics = this.#metricsAt(open.settings.prometheus?.address)
    const queries = queriesOf(open.trial, open.settings)
    const [requests, buckets] = await Promise.all([
      metrics.range(queries.requests, window),
      open.settings.latency === false ? undefined : metrics.range(queries.buckets, window),
    ])
    hearHistory(open, { window, requests, buckets, at: this.#clock.now() })
  }

  /** What is known without asking. */
  known(trial: Trial, settings: JudgeSettings): Verdict {
    return verdictOf(this.#open(trial, settings))
  }

  #open(trial: Trial, settings: JudgeSettings): Case {
    return this.#cases.get(JSON.stringify([trial, settings]), () => openCase(trial, settings))
  }

  async #look(open: Case, window: Window): Promise<void> {
    const metrics = this.#metricsAt(open.settings.prometheus?.address)
    const { requests, source, buckets, proxies, diagnosis } = queriesOf(open.trial, open.settings)
    const [destination, edge, times, versions] = await Promise.all([
      metrics.range(requests, window),
      metrics.range(source, window),
      open.settings.latency === false ? undefined : metrics.range(buckets, window),
      asksProxies(open.settings) ? metrics.range(proxies, window) : undefined,
    ])
    const why = isEmpty(destination)
      ? await metrics.range(diagnosis, { ...window, from: window.to })
      : undefined
    hear(open, {
      destination,
      source: edge,
      diagnosis: why,
      buckets: times,
      proxies: versions,
      window,
      at: this.#clock.now(),
    })
  }

  /** The canary's share of the requests that callers sent in a window; undefined when nobody saw any. */
  async share(
    trial: Trial,
    settings: JudgeSettings,
    from: Instant,
    to: Instant,
  ): Promise<Share | undefined> {
    const window = { from, to, step: between(from, to) }
    const { source } = queriesOf(trial, settings)
    const reading = await this.#metricsAt(settings.prometheus?.address).range(source, window)
    if (reading.kind !== 'series') return undefined
    const callers = new Callers(trial, settings.failures)
    callers.hear(reading.series, window)
    return callers.canaryShare()
  }
}

function isEmpty(reading: Reading): boolean {
  return reading.kind === 'series' && reading.series.length === 0
}
