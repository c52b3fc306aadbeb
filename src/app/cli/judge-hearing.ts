/** A case heard block by block: as a controller would have heard it live, whether the time is past or still to come. */
import { type Case, hear, nextLook, openCase, verdictOf, windowFor } from '../../core/judge/case.ts'
import { hearHistory, historyFor } from '../../core/judge/case-history.ts'
import { asksProxies } from '../../core/judge/queries.ts'
import type { Reading, Series } from '../../core/judge/reading.ts'
import type { JudgeSettings } from '../../core/judge/settings.ts'
import type { Verdict } from '../../core/judge/verdict.ts'
import { type Instant, instant, minutes, plus } from '../../core/units.ts'
import type { Clock, Window } from '../../ports.ts'
import type { Witness } from './judge-witness.ts'

/** What is known at the end of a block. */
export type Told = {
  readonly at: Instant
  readonly verdict: Verdict
  /** Why an answer did not come, or not wholly. */
  readonly unanswered: string | undefined
}

/** Longer than any settling: an instant that is over for so long is read as it will stay. */
const settled = minutes(1)

export class Listener {
  readonly #open: Case
  readonly #witness: Witness
  readonly #clock: Clock
  #toldUntil: Instant

  constructor(witness: Witness, settings: JudgeSettings, clock: Clock) {
    this.#open = openCase(witness.trial, settings)
    this.#witness = witness
    this.#clock = clock
    this.#toldUntil = witness.trial.since
  }

  /** All that there is until `until`, in order. Ends early when a window brings nothing new. */
  async *heard(until: Instant): AsyncGenerator<Told> {
    const unanswered = await this.#learn()
    if (historyFor(this.#open) !== undefined) {
      yield { at: this.#clock.now(), verdict: verdictOf(this.#open), unanswered }
      return
    }
    let window = this.#windowUntil(until)
    while (window !== undefined) {
      const answers = await this.#ask(window)
      yield* this.#heardIn(window, answers)
      const next = this.#windowUntil(until)
      window = next?.from === window.from ? undefined : next
    }
  }

  /** Waits for the next block, or for `until`. */
  async nextBlock(until: Instant | undefined): Promise<void> {
    const due = nextLook(this.#open, this.#clock.now())
    const at = until !== undefined && until < due ? until : due
    await new Promise<void>((resolve) => {
      this.#clock.wakeAt(at, resolve)
    })
  }

  /** What the stable pods did before, once. */
  async #learn(): Promise<string | undefined> {
    const window = historyFor(this.#open)
    if (window === undefined) return undefined
    const [requests, buckets] = await Promise.all([
      this.#witness.requests(window),
      this.#buckets(window),
    ])
    hearHistory(this.#open, { window, requests, buckets, at: this.#clock.now() })
    return whyNot(requests) ?? whyNot(buckets)
  }

  async #buckets(window: Window): Promise<Reading | undefined> {
    return this.#open.settings.latency === false ? undefined : this.#witness.buckets(window)
  }

  async #proxies(window: Window): Promise<Reading | undefined> {
    return asksProxies(this.#open.settings) ? this.#witness.proxies(window) : undefined
  }

  async #ask(window: Window): Promise<Answers> {
    const [destination, source, buckets, proxies] = await Promise.all([
      this.#witness.requests(window),
      this.#witness.source(window),
      this.#buckets(window),
      this.#proxies(window),
    ])
    const isEmpty = destination.kind === 'series' && destination.series.length === 0
    const diagnosis = isEmpty
      ? await this.#witness.diagnosis?.({ ...window, from: window.to })
      : undefined
    return { destination, source, buckets, proxies, diagnosis }
  }

  *#heardIn(window: Window, answers: Answers): Generator<Told> {
    const { destination, source, buckets, proxies, diagnosis } = answers
    const cuts = { destination: cutter(destination), source: cutter(source) }
    const cutBuckets = buckets && cutter(buckets)
    let { from } = window
    for (let at = window.from; at <= window.to; at = plus(at, window.step)) {
      const part = { ...window, from, to: at }
      hear(this.#open, {
        destination: cuts.destination(part),
        source: cuts.source(part),
        buckets: cutBuckets?.(part),
        proxies,
        diagnosis,
        window: part,
        at: this.#clock.now(),
      })
      if (this.#open.state.heardUntil === at) from = plus(at, window.step)
      if (at <= this.#toldUntil) continue
      this.#toldUntil = at
      const unanswered = whyNot(destination) ?? whyNot(buckets)
      yield { at, verdict: verdictOf(this.#open), unanswered }
    }
  }

  /** Instants at or before `until` that are settled by now. */
  #windowUntil(until: Instant): Window | undefined {
    const now = this.#clock.now()
    const end = now < until ? now : instant(Math.min(now, plus(until, settled)))
    const window = windowFor(this.#open, end)
    if (window === undefined || window.from > until) return undefined
    const last = window.from + Math.floor((until - window.from) / window.step) * window.step
    return { ...window, to: instant(Math.min(window.to, last)) }
  }
}

type Answers = {
  readonly destination: Reading
  readonly source: Reading
  readonly buckets: Reading | undefined
  readonly proxies: Reading | undefined
  readonly diagnosis: Reading | undefined
}

function whyNot(reading: Reading | undefined): string | undefined {
  return reading === undefined || reading.kind === 'series' ? undefined : reading.why
}

/** Parts of an answer by time, each found without looking at the others. */
function cutter(reading: Reading): (window: Window) => Reading {
  if (reading.kind !== 'series') return () => reading
  const byTime = new Map<number, Series[]>()
  const put = (at: Instant, series: Series): void => {
    const there = byTime.get(at)
    if (there === undefined) byTime.set(at, [series])
    else there.push(series)
  }
  for (const { labels, samples, histograms = [] } of reading.series) {
    for (const sample of samples) put(sample.at, { labels, samples: [sample] })
    for (const histogram of histograms)
      put(histogram.at, { labels, samples: [], histograms: [histogram] })
  }
  return ({ from, to, step }) => {
    const series: Series[] = []
    for (let at: number = from; at <= to; at += step) series.push(...(byTime.get(at) ?? []))
    return { kind: 'series', series }
  }
}
