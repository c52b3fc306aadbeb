import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Dispersion } from '../../../src/core/judge/dispersion.ts'
import { Judgement } from '../../../src/core/judge/judgement.ts'
import { type Block, nothing } from '../../../src/core/judge/open-block.ts'
import { noSpread } from '../../../src/core/judge/pod-margin.ts'
import type { JudgeSettings } from '../../../src/core/judge/settings.ts'
import type { Counts } from '../../../src/core/judge/verdict.ts'
import { seconds } from '../../../src/core/units.ts'
import { canaryOf, block as instantOf, settings } from './build.ts'

const learned: Dispersion = { kind: 'learned', phi: 1, persistence: seconds(0), spread: noSpread }

/** `[failures, requests]` of the canary, then of the stable side. */
type Row = readonly [number, number, number, number]

const row: fc.Arbitrary<Row> = fc
  .tuple(fc.nat(200), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(2000), fc.nat(40))
  .map(([nC, part, nS, xS]) => [Math.floor(nC * part), nC, Math.min(xS, nS), nS])
const rows = fc.array(row, { minLength: 1, maxLength: 25 })

test.for([{ dispersion: learned }, { dispersion: { kind: 'unknown' } as const }])(
  'law: one more canary failure never lowers the evidence ($dispersion.kind)',
  ({ dispersion }) => {
    fc.assert(
      fc.property(rows, fc.nat(24), (given, at) => {
        const place = at % given.length
        const [xC, nC, xS, nS] = given[place] ?? [0, 0, 0, 0]
        const base = evidenceOf(given, dispersion)
        const more = evidenceOf(given.with(place, [Math.min(xC + 1, nC), nC, xS, nS]), dispersion)
        for (const [k, logE] of base.entries()) expect(more[k]).toBeGreaterThanOrEqual(logE - 1e-9)
      }),
      { numRuns: 60 },
    )
  },
)

test('law: one stable failure less in the newest block never lowers the evidence', () => {
  fc.assert(
    fc.property(rows, row, (given, [xC, nC, xS, nS]) => {
      const base = evidenceOf([...given, [xC, nC, xS, nS]], learned)
      const less = evidenceOf([...given, [xC, nC, Math.max(0, xS - 1), nS]], learned)
      for (const [k, logE] of base.entries()) expect(less[k]).toBeGreaterThanOrEqual(logE - 1e-9)
    }),
    { numRuns: 60 },
  )
})

test('law: a block in which one side had no requests moves the evidence only by its starting times', () => {
  fc.assert(
    fc.property(rows, fc.nat(40), (given, failures) => {
      const silent = evidenceOf([...given, [0, 0, failures, 1000]], learned)
      const quiet = evidenceOf([...given, [0, 0, 0, 0]], learned)
      expect(silent).toEqual(quiet)
    }),
    { numRuns: 50 },
  )
})

test('the evidence is finite whatever the counts', () => {
  const extremes: readonly Row[] = [
    [1e12, 1e12, 0, 1],
    [0, 1, 1e12, 1e12],
    [0, 1e12, 0, 1],
    [1e9, 1e12, 1e9, 1e12],
    [1, 1, 1, 1],
    [0, 0, 0, 0],
  ]
  for (const dispersion of [learned, { kind: 'unknown' } as const]) {
    const judgement = judged(extremes, dispersion)
    for (const number of numbersIn(judgement.findings())) {
      expect(number).toSatisfy(Number.isFinite)
    }
  }
})

test('one burst, however big, that is no longer than the guard is no rollback', () => {
  const quiet: readonly Row[] = Array.from({ length: 20 }, () => [0, 75, 7, 7425])
  const burst: readonly Row[] = Array.from({ length: 3 }, () => [15, 75, 7, 7425])
  const judgement = judged([...burst, ...quiet], { kind: 'unknown' })
  const [channel] = judgement.findings().against
  const peak = Math.max(...(channel?.history ?? []).map(({ logE }) => logE))
  expect(peak).toBeGreaterThan(channel?.threshold ?? Infinity)
  expect(judgement.worse).toBeUndefined()
})

test('without a history two bursts on one pod, half a minute apart, are no rollback', () => {
  const short = { ...settings, block: seconds(5) }
  const quiet: readonly Row[] = Array.from({ length: 6 }, () => [0, 125, 2, 2375])
  const burst: readonly Row[] = Array.from({ length: 4 }, () => [25, 125, 2, 2375])
  const twice = [...quiet, ...burst, ...quiet, ...burst, ...quiet]
  expect(judged(twice, { kind: 'unknown' }, short).worse).toBeUndefined()
})

test('an incident that both sides share is no rollback', () => {
  const quiet: readonly Row[] = Array.from({ length: 10 }, () => [1, 750, 7, 6750])
  const incident: readonly Row[] = Array.from({ length: 10 }, () => [150, 750, 1350, 6750])
  for (const dispersion of [learned, { kind: 'unknown' } as const])
    expect(judged([...quiet, ...incident, ...quiet], dispersion).worse).toBeUndefined()
})

test('while the whole canary warms up only the catastrophe channel weighs', () => {
  const judgement = new Judgement(settings, { kind: 'unknown' })
  for (let k = 0; k < 3; k++) judgement.add(blockOf([100, 100, 1, 900], k, { ...nothing }))
  const { blocks } = judgement.findings()
  expect(blocks).toMatchObject({ judged: 0, leftOut: { 'canary-warming-up': 3 } })
  expect(judgement.worse).toMatchObject({ because: { code: 'CanaryFailsOutright' } })
})

test('one block is never enough, for nothing', () => {
  for (const first of [
    [750, 750, 0, 6750],
    [0, 750, 6750, 6750],
  ] as const) {
    const { kind } = judged([first], learned).ruling()
    expect(kind).toBe('undecided')
  }
})

test('a block in which only stable shows a shared incident does not certify the canary', () => {
  const incident: Row = [0, 750, 1350, 6750]
  const after: readonly Row[] = Array.from({ length: 9 }, () => [4, 750, 7, 6750])
  expect(judged([incident, ...after], { kind: 'unknown' }).ruling().kind).toBe('undecided')
})

test('the history is bounded and ends with the newest block', () => {
  const quiet: readonly Row[] = Array.from({ length: 1000 }, () => [1, 75, 7, 675])
  const [channel] = judged(quiet, { kind: 'unknown' }).findings().against
  expect(channel?.history.length).toBeLessThanOrEqual(240)
  expect(channel?.history.at(-1)?.at).toBe(instantOf(1000))
  expect(channel?.history.at(-1)?.logE).toBe(channel?.logE)
})

test('an estimate says how long a healthy canary still needs, and that twice the weight is faster', () => {
  const small: readonly Row[] = Array.from({ length: 4 }, () => [0, 38, 1, 712])
  const { stillNeeded } = judged(small, { kind: 'unknown' }).findings()
  expect(stillNeeded?.atThisWeight).toBeGreaterThan(seconds(120))
  expect(stillNeeded?.atTwiceTheWeight).toBeLessThan(stillNeeded?.atThisWeight ?? 0)
})

/** All numbers, however deep. */
function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : []
}

function judged(
  given: readonly Row[],
  dispersion: Dispersion,
  how: JudgeSettings = settings,
): Judgement {
  const judgement = new Judgement(how, dispersion)
  for (const [k, counts] of given.entries()) judgement.add(blockOf(counts, k))
  return judgement
}

function evidenceOf(given: readonly Row[], dispersion: Dispersion): readonly number[] {
  return judged(given, dispersion)
    .findings()
    .against.map(({ logE }) => logE)
}

function blockOf([xC, nC, xS, nS]: Row, k: number, warm?: Counts): Block {
  const all = { requests: nC, failures: xC, excluded: 0 }
  return {
    start: instantOf(k),
    end: instantOf(k + 1),
    canary: canaryOf(all, warm),
    stable: { requests: nS, failures: xS, excluded: 0 },
  }
}
