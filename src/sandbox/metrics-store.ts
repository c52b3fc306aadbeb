/** A Prometheus in a box: scrapes the mesh, keeps samples for a while, answers range queries. */
import type { Reading } from '../core/judge/reading.ts'
import { type Duration, instant, minus, minutes, plus, seconds } from '../core/units.ts'
import type { Clock, Metrics, Stop, Window } from '../ports.ts'
import type { Counted, Labels } from './mesh/counters.ts'
import type { Target } from './mesh/mesh.ts'
import { evaluate, momentsOf } from './metrics/evaluate.ts'
import { parsePromql, whyRefused } from './metrics/promql.ts'
import { StoredSeries } from './metrics/samples.ts'
import { createRandom } from './random.ts'

/**
 * `unreachable`: scrapes go on, queries fail. `stopped`: neither, and there is a gap afterwards. `warns`: answers, but says
 * that something is missing.
 */
export type Trouble = 'none' | 'unreachable' | 'stopped' | 'warns'

export type StoreSettings = {
  readonly scrapeInterval: Duration
  /** How long samples are kept. */
  readonly keep: Duration
  /** Every target at its own moment within the interval, as Prometheus does it; else all at once. */
  readonly spread: boolean
}

export const defaultStore: StoreSettings = {
  scrapeInterval: seconds(15),
  keep: minutes(120),
  spread: false,
}

/** Prometheus' own limit. */
const mostMoments = 11_000

/** What is known of one target between scrapes. */
type Scraped = {
  readonly up: StoredSeries
  readonly series: Map<Counted, StoredSeries>
}

export class MetricsStore implements Metrics {
  readonly #targets: () => readonly Target[]
  readonly #clock: Clock
  readonly #settings: StoreSettings
  readonly #stored = new Map<string, StoredSeries>()
  readonly #scraped = new Map<string, Scraped>()
  readonly #waiting = new Set<Stop>()
  #trouble: Trouble = 'none'
  #answers = 0
  #round: Stop

  constructor(targets: () => readonly Target[], clock: Clock, settings: StoreSettings) {
    this.#targets = targets
    this.#clock = clock
    this.#settings = settings
    this.#round = this.#nextRound()
  }

  async range(query: string, window: Window): Promise<Reading> {
    this.#answers += 1
    await Promise.resolve()
    switch (this.#trouble) {
      case 'none':
        return this.#answer(query, window)
      case 'warns':
        return { kind: 'incomplete', why: 'warning: some series may be missing' }
      case 'stopped':
      case 'unreachable':
        return { kind: 'failed', why: 'no answer: connection refused' }
    }
  }

  /** Stays so until it is told otherwise. */
  suffer(trouble: Trouble): void {
    this.#trouble = trouble
  }

  /** Counts queries: while it moves, somebody is at work. */
  activity(): number {
    return this.#answers
  }

  stop(): void {
    for (const stop of [this.#round, ...this.#waiting]) stop()
  }

  #answer(query: string, window: Window): Reading {
    const parsed = parsePromql(query)
    if (!parsed.ok) return { kind: 'failed', why: whyRefused(parsed) }
    if (window.step <= 0) return { kind: 'failed', why: 'the step of a range must be positive' }
    if ((window.to - window.from) / window.step > mostMoments)
      return { kind: 'failed', why: `more than ${mostMoments} points per series were asked for` }
    const series = evaluate(parsed.value, [...this.#stored.values()], momentsOf(window))
    return { kind: 'series', series }
  }

  #nextRound(): Stop {
    const at = plus(this.#clock.now(), this.#settings.scrapeInterval)
    return this.#clock.wakeAt(at, () => this.#beginRound())
  }

  /** Targets are looked up once a round; those that went get their end. */
  #beginRound(): void {
    this.#round = this.#nextRound()
    if (this.#trouble === 'stopped') return
    const targets = new Map(this.#targets().map((target) => [keyOf(target), target]))
    for (const [key, scraped] of this.#scraped) {
      if (!targets.has(key)) this.#end(key, scraped)
    }
    for (const [key, target] of targets) this.#scrapeInTurn(key, target)
    this.#dropOld()
  }

  #scrapeInTurn(key: string, target: Target): void {
    const offset = this.#settings.spread ? placeOf(key) * this.#settings.scrapeInterval : 0
    if (offset === 0) {
      this.#scrape(key, target)
      return
    }
    const stop = this.#clock.wakeAt(instant(this.#clock.now() + Math.floor(offset)), () => {
      this.#waiting.delete(stop)
      if (this.#trouble !== 'stopped') this.#scrape(key, target)
    })
    this.#waiting.add(stop)
  }

  #scrape(key: string, target: Target): void {
    const now = this.#clock.now()
    const scraped = this.#scraped.get(key) ?? this.#discover(key, target)
    scraped.up.add(now, 1)
    for (const counted of target.series()) {
      const series = scraped.series.get(counted) ?? this.#series(scrapedLabels(counted, target))
      scraped.series.set(counted, series)
      series.add(now, counted.value)
    }
  }

  #discover(key: string, target: Target): Scraped {
    const up = this.#series({ __name__: 'up', ...targetLabels(target) })
    const scraped = { up, series: new Map<Counted, StoredSeries>() }
    this.#scraped.set(key, scraped)
    return scraped
  }

  #end(key: string, { up, series }: Scraped): void {
    for (const ended of [up, ...series.values()]) ended.end(this.#clock.now())
    this.#scraped.delete(key)
  }

  #series(labels: Labels): StoredSeries {
    const key = JSON.stringify(labels)
    const series = this.#stored.get(key) ?? new StoredSeries(labels)
    this.#stored.set(key, series)
    return series
  }

  #dropOld(): void {
    const oldest = minus(this.#clock.now(), this.#settings.keep)
    for (const [key, series] of this.#stored) {
      if (!series.keepFrom(oldest)) this.#stored.delete(key)
    }
  }
}

/** Scrapes from one interval after the start. */
export function startMetricsStore(
  world: { readonly targets: () => readonly Target[]; readonly clock: Clock },
  settings: Partial<StoreSettings> = {},
): MetricsStore {
  return new MetricsStore(world.targets, world.clock, { ...defaultStore, ...settings })
}

function keyOf({ namespace, pod, instance }: Target): string {
  return `${namespace}/${pod}/${instance}`
}

function targetLabels({ namespace, pod, instance }: Target): Labels {
  return { namespace, pod, instance, job: 'mesh' }
}

/** Prometheus 3 writes a whole bound as `5.0`, whatever the target says. */
function scrapedLabels({ name, labels }: Counted, target: Target): Labels {
  const le = labels['le']
  const bound = le !== undefined && /^\d+$/.test(le) ? { le: `${le}.0` } : {}
  return { __name__: name, ...labels, ...bound, ...targetLabels(target) }
}

/** A steady place from 0 to 1 within the interval, other for each target. */
function placeOf(key: string): number {
  return createRandom(key)()
}
