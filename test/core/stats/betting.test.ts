import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, listAt } from '../../../src/core/json.ts'
import { blockLength } from '../../../src/core/stats/block-length.ts'
import { pairedDifference } from '../../../src/core/stats/paired-difference.ts'
import { type BlockValues, RankBetting } from '../../../src/core/stats/rank-betting.ts'
import { fractions, SignBetting } from '../../../src/core/stats/sign-betting.ts'
import { seeded } from '../judge/random.ts'
import { near, numbers, series } from '../score/vectors.ts'

/* ---------------------------------------------------------------- reference values */

test.for(listAt(series, 'sign_eprocess'))('signs, block by block', (row) => {
  const evidence = new SignBetting()
  const found = numbers(at(row, 'd')).map((difference) => {
    evidence.add(difference)
    return evidence.logE()
  })
  expect(fractions).toEqual(at(row, 'grid'))
  expect(differences(found, numbers(at(row, 'logE')))).toEqual([])
})

test.for(listAt(series, 'rank_block_eprocess'))('ranks, block by block', (row) => {
  const evidence = new RankBetting(Number(at(row, 'margin')))
  const found = listAt(row, 'x').map((canary, k) => {
    evidence.add({ canary: numbers(canary), stable: numbers(at(row, 'y', k)) })
    return evidence.logE()
  })
  expect(differences(found, numbers(at(row, 'logE')))).toEqual([])
})

function differences(found: readonly number[], expected: readonly number[]): readonly number[] {
  return found.filter((value, k) => !near(expected[k])(value))
}

/* ---------------------------------------------------------------- fairness, by enumeration */

test('over all signs of six blocks the expectation of E is 1', () => {
  const all = Array.from({ length: 2 ** 6 }, (_, bits) =>
    evidenceOfSigns(Array.from({ length: 6 }, (_unused, k) => ((bits >> k) & 1 ? 1 : -1))),
  )
  expect(meanOf(all)).toBeCloseTo(1, 12)
})

test('over all exchanges of a block with ties the expectation of e is 1', () => {
  const all = splits([1, 2, 2, 3, 5, 8, 8], 3).map((block) => evidenceOfRanks([block]))
  expect(all.length).toBe(35)
  expect(meanOf(all)).toBeCloseTo(1, 12)
})

/* ---------------------------------------------------------------- laws */

const value = fc.integer({ min: -20, max: 20 })
const side = fc.array(value, { minLength: 1, maxLength: 5 })
const blocks = fc.array(fc.record({ canary: side, stable: side }), { minLength: 1, maxLength: 8 })

test('a higher canary value never lowers the evidence', () => {
  fc.assert(
    fc.property(blocks, fc.nat(), (given, more) => {
      const [first, ...rest] = given
      const [lowest = 0, ...others] = first?.canary ?? []
      const raised = { canary: [lowest + more, ...others], stable: first?.stable ?? [] }
      expect(evidenceOfRanks([raised, ...rest])).toBeGreaterThanOrEqual(
        evidenceOfRanks(given) * (1 - 1e-12),
      )
    }),
  )
})

test('the order within a block does not matter', () => {
  fc.assert(
    fc.property(blocks, (given) => {
      const turned = given.map(({ canary, stable }) => ({
        canary: canary.toReversed(),
        stable: stable.toReversed(),
      }))
      expect(evidenceOfRanks(turned)).toBe(evidenceOfRanks(given))
    }),
  )
})

test('what both sides share drops out', () => {
  fc.assert(
    fc.property(blocks, value, (given, shared) => {
      const moved = given.map(({ canary, stable }) => ({
        canary: canary.map((each) => each + shared),
        stable: stable.map((each) => each + shared),
      }))
      expect(evidenceOfRanks(moved)).toBe(evidenceOfRanks(given))
    }),
  )
})

test.for([
  { it: 'an empty side', canary: [], stable: [1, 2] },
  { it: 'no number', canary: [NaN], stable: [1, 2] },
  { it: 'a tie', canary: [1], stable: [1] },
])('$it tells nothing', ({ canary, stable }) => {
  expect(evidenceOfRanks([{ canary, stable }])).toBeCloseTo(1, 12)
  const difference = pairedDifference({ canary, stable }, { kind: 'absolute', amount: 0 })
  expect(evidenceOfSigns([difference])).toBeCloseTo(1, 12)
})

test('ten blocks are the least that prove anything at 1 %', () => {
  const ups = Array.from({ length: 12 }, (_, k) => evidenceOfSigns(Array(k + 1).fill(1)))
  expect(ups.findIndex((evidence) => evidence >= 100) + 1).toBe(10)
})

/* ---------------------------------------------------------------- margins and block lengths */

test.for([
  { it: '4 % above within 5 %', margin: { kind: 'relative', share: 0.05 } as const, sign: -1 },
  { it: '4 % above beyond 3 %', margin: { kind: 'relative', share: 0.03 } as const, sign: 1 },
  { it: '4 above within 5', margin: { kind: 'absolute', amount: 5 } as const, sign: -1 },
  { it: '4 above beyond 3', margin: { kind: 'absolute', amount: 3 } as const, sign: 1 },
])('$it', ({ margin, sign }) => {
  const block = { canary: [104, 104, 900, NaN], stable: [100, 100, 1] }
  expect(Math.sign(pairedDifference(block, margin))).toBe(sign)
})

test('a relative margin says nothing of values that are not above 0', () => {
  const block = { canary: [1], stable: [0] }
  expect(pairedDifference(block, { kind: 'relative', share: 0.05 })).toBeNaN()
})

test.for([
  { it: 'values that forget at once', memory: 0, least: 1, most: 2 },
  { it: 'a memory of two values', memory: 2, least: 4, most: 9 },
  { it: 'a memory of eight values', memory: 8, least: 16, most: 36 },
])('$it: at least twice the memory', ({ memory, least, most }) => {
  const length = blockLength([wandering(memory, 4000, 1)])
  expect(length).toBeGreaterThanOrEqual(least)
  expect(length).toBeLessThanOrEqual(most)
})

test('what all pods share needs no longer blocks', () => {
  const shared = wandering(30, 2000, 1)
  const pods = [2, 3, 4].map((seed) =>
    wandering(0, 2000, seed).map((each, k) => each + 10 * (shared[k] ?? 0)),
  )
  expect(blockLength(pods)).toBeLessThanOrEqual(2)
  expect(blockLength(pods.slice(0, 1))).toBeGreaterThan(30)
})

test.for([
  { it: 'no history', history: [] },
  { it: 'an empty series', history: [[]] },
  { it: 'two values', history: [[1, 2]] },
  { it: 'a constant', history: [Array(100).fill(5)] },
  { it: 'no numbers', history: [Array(100).fill(NaN)] },
  { it: 'a trend that never turns', history: [Array.from({ length: 30 }, (_, k) => k)] },
])('$it shows no memory', ({ history }) => {
  expect(blockLength(history)).toBeUndefined()
})

test('with blocks of that length a wandering gauge is seldom called worse, with single values often', () => {
  const memory = 8
  const length = blockLength([wandering(memory, 4000, 99)]) ?? NaN
  const alarms = (size: number): number =>
    Array.from({ length: 200 }, (_, run) => run).filter((run) =>
      isCalledWorse(wandering(memory, 960, 2 * run + 1), wandering(memory, 960, 2 * run + 2), size),
    ).length
  expect(alarms(length)).toBeLessThanOrEqual(6)
  expect(alarms(1)).toBeGreaterThan(30)
})

function isCalledWorse(
  canary: readonly number[],
  stable: readonly number[],
  size: number,
): boolean {
  const evidence = new SignBetting()
  for (let from = 0; from + size <= canary.length; from += size) {
    const block = {
      canary: canary.slice(from, from + size),
      stable: stable.slice(from, from + size),
    }
    evidence.add(pairedDifference(block, { kind: 'absolute', amount: 0 }))
    if (evidence.logE() >= Math.log(100)) return true
  }
  return false
}

/** A series whose values forget by 1/e in `memory` steps. */
function wandering(memory: number, count: number, seed: number): readonly number[] {
  const random = seeded(seed)
  const kept = memory === 0 ? 0 : Math.exp(-1 / memory)
  let now = 0
  return Array.from({ length: count }, () => {
    now = kept * now + (random() + random() + random() - 1.5)
    return now
  })
}

function evidenceOfSigns(signs: readonly number[]): number {
  const evidence = new SignBetting()
  for (const sign of signs) evidence.add(sign)
  return Math.exp(evidence.logE())
}

function evidenceOfRanks(given: readonly BlockValues[]): number {
  const evidence = new RankBetting(0)
  for (const block of given) evidence.add(block)
  return Math.exp(evidence.logE())
}

/** All ways to give `n` of the values to the canary. */
function splits(values: readonly number[], n: number): readonly BlockValues[] {
  return Array.from({ length: 2 ** values.length }, (_, bits) => ({
    canary: values.filter((_value, k) => (bits >> k) & 1),
    stable: values.filter((_value, k) => !((bits >> k) & 1)),
  })).filter(({ canary }) => canary.length === n)
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length
}
