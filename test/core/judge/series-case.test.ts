import { expect, test } from 'vitest'
import type { Window } from '../../../src/core/judge/looks.ts'
import type { Reading } from '../../../src/core/judge/reading.ts'
import { SeriesCase, type SideReadings } from '../../../src/core/judge/series-case.ts'
import { seriesSentence } from '../../../src/core/judge/series-sentence.ts'
import type { SeriesRule, SeriesSettings } from '../../../src/core/judge/series-settings.ts'
import type { SeriesVerdict } from '../../../src/core/judge/series-verdict.ts'
import { type Instant, instant, minutes, plus, seconds, share } from '../../../src/core/units.ts'
import { start } from './build.ts'
import { type Random, seeded } from './random.ts'

const memory: SeriesRule = {
  name: 'memory',
  harm: 'increase',
  test: 'sign',
  margin: { kind: 'relative', share: 0.05 },
  passMargin: { kind: 'relative', share: 0.1 },
  block: undefined,
}

const settings: SeriesSettings = {
  prometheus: undefined,
  series: [memory],
  step: seconds(15),
  falseRollbackRate: share(0.01),
  falsePassRate: share(0.05),
  warmup: seconds(0),
  soak: minutes(2),
  deadline: undefined,
  onDeadline: 'inconclusive',
}

/** Value of a side at each instant, by its number since the start; undefined is a gap. */
type World = {
  readonly canary: (k: number) => number | undefined
  readonly stable: (k: number) => number | undefined
}

/** Around `level`, each instant by itself. */
function noise(level: number, seed: number, spread = 0.1): (k: number) => number {
  return (k) => level * (1 + spread * (seeded(seed * 10_007 + k)() - 0.5))
}

const alike: World = { canary: noise(100, 1), stable: noise(100, 2) }
const higher: World = { canary: noise(130, 1), stable: noise(100, 2) }

function at(k: number): Instant {
  return plus(start, seconds(15 * k))
}

function answer(value: (k: number) => number | undefined, { from, to, step }: Window): Reading {
  const samples = Array.from({ length: (to - from) / step + 1 }, (_, n) => {
    const moment = instant(from + n * step)
    return { at: moment, value: value((moment - start) / step) }
  }).flatMap((sample) => (sample.value === undefined ? [] : [{ ...sample, value: sample.value }]))
  return { kind: 'series', series: [{ labels: {}, samples }] }
}

function learn(open: SeriesCase, worlds: readonly World[]): void {
  const window = open.history
  if (window === undefined) return
  const readings = worlds.map(({ stable }) => answer(stable, window))
  open.hearHistory(window, readings, at(0))
}

function hear(open: SeriesCase, worlds: readonly World[], now: Instant): void {
  const window = open.windowFor(now)
  if (window === undefined) return
  const readings = worlds.map(
    ({ canary, stable }): SideReadings => ({
      canary: answer(canary, window),
      stable: answer(stable, window),
    }),
  )
  open.hear(window, readings, now)
}

function judged(world: World, values: number, rest: Partial<SeriesRule> = {}): SeriesVerdict {
  const open = new SeriesCase(start, { ...settings, series: [{ ...memory, ...rest }] })
  learn(open, [world])
  hear(open, [world], plus(at(values), seconds(5)))
  return open.verdict()
}

test('a canary that lies a third higher is worse, with numbers', () => {
  const verdict = judged(higher, 40)
  expect(verdict.kind).toBe('worse')
  expect(seriesSentence(verdict)).toMatchInlineSnapshot(
    `"memory lies higher on the canary: canary 130, stable 99.1; evidence 4.9 of 4.6 nats after 2m45s"`,
  )
})

test('a canary that lies as stable does is proved no worse, not before the soak', () => {
  expect(judged(alike, 5)).toMatchObject({
    kind: 'undecided',
    because: { code: 'TooLittleEvidence' },
  })
  expect(judged(alike, 60).kind).toBe('no-worse')
  const open = new SeriesCase(start, { ...settings, soak: minutes(30) })
  learn(open, [alike])
  hear(open, [alike], at(80))
  expect(open.verdict()).toMatchObject({ kind: 'undecided', because: { code: 'Soaking' } })
})

test('ranks say the same', () => {
  expect(judged(higher, 200, { test: 'rank', block: minutes(1) }).kind).toBe('worse')
  expect(judged(alike, 200, { test: 'rank', block: minutes(1) }).kind).toBe('no-worse')
})

test.for<{ it: string; world: World; rule: Partial<SeriesRule>; is: SeriesVerdict['kind'] }>([
  {
    it: 'lower is fine where an increase is harm',
    world: { ...alike, canary: noise(50, 1) },
    rule: {},
    is: 'no-worse',
  },
  {
    it: 'lower is worse where a decrease is harm',
    world: { ...alike, canary: noise(70, 1) },
    rule: { harm: 'decrease' },
    is: 'worse',
  },
  {
    it: 'values of either sign, with a margin in their own unit',
    world: { canary: (k) => noise(1, 1)(k) - 1, stable: (k) => noise(1, 2)(k) - 1.5 },
    rule: {
      margin: { kind: 'absolute', amount: 0.2 },
      passMargin: { kind: 'absolute', amount: 0.4 },
    },
    is: 'worse',
  },
  {
    it: 'within a margin in their own unit',
    world: { canary: (k) => noise(1, 1)(k) - 1, stable: (k) => noise(1, 2)(k) - 1.05 },
    rule: {
      margin: { kind: 'absolute', amount: 0.2 },
      passMargin: { kind: 'absolute', amount: 0.4 },
    },
    is: 'no-worse',
  },
  {
    it: 'between the margins neither is proved',
    world: { ...alike, canary: noise(107.5, 1, 0.01), stable: noise(100, 2, 0.01) },
    rule: {
      margin: { kind: 'relative', share: 0.075 },
      passMargin: { kind: 'relative', share: 0.0751 },
    },
    is: 'undecided',
  },
])('$it', ({ world, rule, is }) => {
  expect(judged(world, 100, rule).kind).toBe(is)
})

function slow(k: number): number {
  return 100 + 10 * Math.sin(k / 6) + noise(1, 3)(k)
}

test('blocks are as long as the stable side remembers itself', () => {
  const blocksOf = (world: World): unknown => judged(world, 40).findings.series[0]?.block
  expect(blocksOf(alike)).toMatchObject({ lasts: 15_000, from: 'history' })
  expect(blocksOf({ canary: slow, stable: slow })).toMatchObject({ from: 'history' })
  expect(
    judged({ canary: slow, stable: slow }, 40).findings.series[0]?.block?.lasts,
  ).toBeGreaterThan(seconds(90))
  expect(blocksOf({ canary: () => 1, stable: () => 1 })).toEqual({
    lasts: minutes(5),
    from: 'assumed',
  })
  expect(judged(alike, 40, { block: minutes(1) }).findings.series[0]?.block).toEqual({
    lasts: minutes(1),
    from: 'settings',
  })
})

test.for<{ it: string; world: World; says: string }>([
  {
    it: 'a side that never had a value',
    world: { ...alike, canary: () => undefined },
    says: 'no data: memory has no values of the canary side; does its query answer anything?',
  },
  {
    it: 'a side that went silent',
    world: { ...alike, stable: (k) => (k < 20 ? 100 : undefined) },
    says: 'no data: memory has no values of the stable side; does its query answer anything?',
  },
])('silence is no verdict: $it', ({ world, says }) => {
  const verdict = judged(world, 40)
  expect(verdict.kind).toBe('no-data')
  expect(seriesSentence(verdict)).toBe(says)
})

test('an answer that did not come changes nothing, and the window is asked again', () => {
  const open = new SeriesCase(start, settings)
  expect(seriesSentence(open.verdict())).toBe('no data: nothing has been read yet')
  learn(open, [alike])
  hear(open, [alike], at(10))
  const before = open.verdict().findings.series
  const window = open.windowFor(at(20))
  if (window === undefined) throw new Error('a window is due')
  const failed: Reading = { kind: 'failed', why: 'busy' }
  open.hear(window, [{ canary: answer(alike.canary, window), stable: failed }], at(20))
  expect(seriesSentence(open.verdict())).toBe('no data: Prometheus does not answer (busy)')
  expect(open.verdict().findings.series).toEqual(before)
  expect(open.windowFor(at(20))).toEqual(window)
  expect(open.nextLook(at(20))).toBe(at(21))
})

test('a history that does not come is given up after five refusals', () => {
  const open = new SeriesCase(start, settings)
  for (let k = 0; k < 5; k++) {
    const window = open.history
    expect(open.windowFor(at(20))).toBeUndefined()
    if (window === undefined) throw new Error('it is asked for')
    open.hearHistory(window, [{ kind: 'failed', why: 'busy' }], at(0))
  }
  expect(open.history).toBeUndefined()
  expect(open.verdict().findings.series[0]?.block).toMatchObject({ from: 'assumed' })
})

test('the canary warms up from its first value', () => {
  const late: World = { ...higher, canary: (k) => (k < 10 ? undefined : higher.canary(k)) }
  const open = new SeriesCase(start, { ...settings, warmup: minutes(1) })
  learn(open, [late])
  hear(open, [late], plus(at(13), seconds(5)))
  expect(open.verdict().findings.series[0]?.blocks.judged).toBe(0)
  hear(open, [late], plus(at(15), seconds(5)))
  expect(open.verdict().findings.series[0]?.blocks.judged).toBe(2)
})

test('several series share the rate of false rollbacks, and all of them must pass', () => {
  const series = ['a', 'b', 'c', 'd'].map((name) => ({ ...memory, name }))
  const open = new SeriesCase(start, { ...settings, series })
  const worlds = [alike, alike, alike, { ...alike, canary: noise(107.5, 9) }]
  learn(open, worlds)
  hear(open, worlds, at(100))
  expect(open.verdict().kind).not.toBe('no-worse')
  expect(open.verdict().findings.series[0]?.against.threshold).toBeCloseTo(Math.log(400), 9)
  expect(open.verdict().findings.series[0]?.inFavour.threshold).toBeCloseTo(Math.log(20), 9)
})

test('live equals replay: however it was read, the same values give the same verdict', () => {
  const live = new SeriesCase(start, settings)
  learn(live, [higher])
  for (let second = 0; second <= 900; second += 7)
    hear(live, [higher], plus(start, seconds(second)))
  const replayed = new SeriesCase(start, settings)
  learn(replayed, [higher])
  hear(replayed, [higher], plus(start, seconds(903)))
  expect(live.verdict()).toEqual(replayed.verdict())
})

test('a good canary is found worse in at most one release of a hundred, with memory of its own and what both share; in shorter blocks in more', () => {
  const worse = { learned: 0, short: 0 }
  const releases = 300
  for (let seed = 1; seed <= releases; seed++) {
    const world = remembered(seeded(seed))
    if (judged(world, 150).kind === 'worse') worse.learned += 1
    if (judged(world, 150, { block: seconds(15) }).kind === 'worse') worse.short += 1
  }
  expect(worse.learned / releases).toBeLessThanOrEqual(0.01)
  expect(worse.short / releases).toBeGreaterThan(0.03)
})

function remembered(random: Random): World {
  const [mine, other, shared] = [0.8, 0.8, 0.9].map((keeps) => remembering(random, keeps, 400))
  const side = (own: readonly number[] | undefined) => (k: number) =>
    100 * Math.exp(0.1 * (own?.[k + 241] ?? 0) + 0.2 * (shared?.[k + 241] ?? 0))
  return { canary: side(mine), stable: side(other) }
}

/** Each value keeps so much of the one before. */
function remembering(random: Random, keeps: number, length: number): readonly number[] {
  const values: number[] = []
  let value = 0
  for (let k = 0; k < length; k++) {
    const fresh = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    value = keeps * value + Math.sqrt(1 - keeps ** 2) * fresh
    values.push(value)
  }
  return values
}
