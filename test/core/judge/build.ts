/** Builders with healthy defaults: a trial, settings, and counters as Prometheus would show them. */
import type { Window } from '../../../src/core/judge/looks.ts'
import type { Block } from '../../../src/core/judge/open-block.ts'
import type { Series } from '../../../src/core/judge/reading.ts'
import type { JudgeSettings } from '../../../src/core/judge/settings.ts'
import type { Trial } from '../../../src/core/judge/trial.ts'
import type { Counts } from '../../../src/core/judge/verdict.ts'
import {
  type Instant,
  instant,
  milliseconds,
  minutes,
  seconds,
  share,
} from '../../../src/core/units.ts'

export const start: Instant = instant(Date.UTC(2026, 0, 1))

export const trial: Trial = {
  namespace: 'shop',
  rollout: 'reviews',
  canaryHash: 'c1',
  stableHash: 's1',
  canaryService: 'reviews-canary',
  stableService: 'reviews-stable',
  since: start,
}

export const settings: JudgeSettings = {
  prometheus: undefined,
  service: undefined,
  reporter: 'auto',
  preset: 'default',
  failures: {
    codes: ['5xx'],
    grpc: [2, 4, 8, 13, 14, 15],
    margin: { ratio: 1.2, points: share(0.0002) },
  },
  latency: { margin: 0.05, bounds: undefined },
  block: seconds(15),
  warmup: milliseconds(0),
  falseRollbackRate: share(0.01),
  falsePassRate: share(0.05),
  passMargin: { points: share(0.005), latency: 0.1 },
  soak: minutes(2),
  deadline: undefined,
  onDeadline: 'inconclusive',
}

/** The instant `k` blocks after the start. */
export function block(k: number): Instant {
  return instant(start + k * settings.block)
}

export function windowOf(from: number, to: number): Window {
  return { from: block(from), to: block(to), step: settings.block }
}

/** One counter: its value at each block from `first` on; undefined where there is no sample. */
export function counter(
  pod: string,
  code: string,
  values: readonly (number | undefined)[],
  first = 0,
): Series {
  const labels = { pod, response_code: code, response_flags: '-' }
  const samples = values.flatMap((value, k) =>
    value === undefined ? [] : [{ at: block(first + k), value }],
  )
  return { labels, samples }
}

/** The part of the series that a window shows. */
export function within(series: readonly Series[], { from, to }: Window): readonly Series[] {
  return series
    .map(({ labels, samples }) => ({
      labels,
      samples: samples.filter(({ at }) => at >= from && at <= to),
    }))
    .filter(({ samples }) => samples.length > 0)
}

/** Steadily counting from `from` on: `amount` more each block. */
export function steady(amount: number, blocks: number, from = 0): readonly number[] {
  return Array.from({ length: blocks }, (_, k) => from + amount * k)
}

/** The canary's side of a block: one pod. */
export function canaryOf(all: Counts, judged: Counts = all): Block['canary'] {
  return { judged, all, byPod: new Map([['c', judged]]), serving: 1 }
}
