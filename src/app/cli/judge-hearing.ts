/** A case heard block by block: as a controller would have heard it live, whether the time is past or still to come. */
import { type Case, hear, nextLook, verdictOf, windowFor } from '../../core/judge/case.ts'
import type { Reading, Series } from '../../core/judge/reading.ts'
import type { Verdict } from '../../core/judge/verdict.ts'
import { type Instant, instant, minutes, plus } from '../../core/units.ts'
import type { Clock, Window } from '../../ports.ts'
import type { Answers, Witness } from './judge-witness.ts'

/** What is known at the end of a block; the looks before the first one are only starting points. */
export type Told = { readonly at: Instant; readonly verdict: Verdict }

/** Longer than any settling: an instant that is over for so long is read as it will stay. */
const settled = minutes(1)

/** All that there is until `until`, in order. Ends early when a window brings nothing new. */
export async function* heard(
  open: Case,
  witness: Witness,
  until: Instant,
  clock: Clock,
): AsyncGenerator<Told> {
  let window = windowUntil(open, until, clock)
  while (window !== undefined) {
    const answers = await witness.answer(window)
    yield* heardIn(open, window, answers, clock)
    const next = windowUntil(open, until, clock)
    window = next?.from === window.from ? undefined : next
  }
}

/** Waits for the next block, or for `until`. */
export async function nextBlock(
  open: Case,
  clock: Clock,
  until: Instant | undefined,
): Promise<void> {
  const due = nextLook(open, clock.now())
  const at = until !== undefined && until < due ? until : due
  await new Promise<void>((resolve) => {
    clock.wakeAt(at, resolve)
  })
}

/** Instants at or before `until` that are settled by now. */
function windowUntil(open: Case, until: Instant, clock: Clock): Window | undefined {
  const now = clock.now()
  const window = windowFor(open, now < until ? now : instant(Math.min(now, plus(until, settled))))
  if (window === undefined || window.from > until) return undefined
  const last = window.from + Math.floor((until - window.from) / window.step) * window.step
  return { ...window, to: instant(Math.min(window.to, last)) }
}

function* heardIn(
  open: Case,
  window: Window,
  { destination, source, ...rest }: Answers,
  clock: Clock,
): Generator<Told> {
  const cutDestination = cutter(destination)
  const cutSource = cutter(source)
  let { from } = window
  for (let at = window.from; at <= window.to; at = plus(at, window.step)) {
    const part = { ...window, from, to: at }
    hear(open, {
      ...rest,
      destination: cutDestination(part),
      source: cutSource(part),
      window: part,
      at: clock.now(),
    })
    if (open.state.heardUntil === at) from = plus(at, window.step)
    if (at > open.trial.since) yield { at, verdict: verdictOf(open) }
  }
}

/** Parts of an answer by time, each found without looking at the others. */
function cutter(reading: Reading): (window: Window) => Reading {
  if (reading.kind !== 'series') return () => reading
  const byTime = new Map<number, Series[]>()
  for (const { labels, samples } of reading.series) {
    for (const sample of samples) {
      const there = byTime.get(sample.at)
      if (there === undefined) byTime.set(sample.at, [{ labels, samples: [sample] }])
      else there.push({ labels, samples: [sample] })
    }
  }
  return ({ from, to, step }) => {
    const series: Series[] = []
    for (let at: number = from; at <= to; at += step) series.push(...(byTime.get(at) ?? []))
    return { kind: 'series', series }
  }
}
