import { expect, test } from 'vitest'
import { type Dispersion, learn } from '../../../src/core/judge/dispersion.ts'
import { type History, persistence, scatter } from '../../../src/core/stats/dispersion.ts'
import { seconds } from '../../../src/core/units.ts'
import { near, vectors } from '../stats/vectors.ts'
import { poisson, seeded } from './random.ts'

test.for(vectors.learn_phi_W)('reference: $name', (row) => {
  const history = { failures: row.x, requests: row.n }
  expect(scatter(history, row.scales)).toSatisfy(near(row.expect.phi))
  expect(row.block_s * persistence(history)).toBe(row.expect.W)
  const learned = learn(history, seconds(row.block_s))
  expect(learned).toMatchObject({ kind: 'learned', persistence: seconds(row.expect.W_used) })
  expect(learned.kind === 'learned' ? learned.phi : NaN).toSatisfy(near(row.expect.phi_used))
})

test.for(vectors.dispersion)('reference: scatter of one table', ({ x, n, phi }) => {
  expect(scatter({ failures: x, requests: n }, [1])).toSatisfy(near(phi))
})

test.for([
  { it: 'no history', rows: 0, pods: 2, gives: { kind: 'unknown' } },
  { it: 'one pod', rows: 100, pods: 1, gives: { kind: 'unknown' } },
  {
    it: 'no failures at all',
    rows: 100,
    pods: 2,
    gives: { kind: 'learned', phi: 3, persistence: seconds(30), spread: { cv2: 0, pods: 2 } },
  },
])('$it teaches what it can', ({ rows, pods, gives }) => {
  const table = (value: number): readonly (readonly number[])[] =>
    Array.from({ length: rows }, () => Array.from({ length: pods }, () => value))
  expect(learn({ failures: table(0), requests: table(100) }, seconds(15))).toEqual(gives)
})

/** Half an hour of 5-s rows, 125 requests a pod and row. `levels` is what each pod fails of a hundred. */
function halfHour(levels: readonly number[], more: (row: number, pod: number) => number): History {
  const random = seeded(1)
  const rows = Array.from({ length: 360 }, (_, row) =>
    levels.map((level, pod) => poisson(1.25 * level + more(row, pod), random)),
  )
  return { failures: rows, requests: rows.map((row) => row.map(() => 125)) }
}

test('pods that differ for good are a spread, not a burst that never ends', () => {
  const history = halfHour(uneven, () => 0)
  expect(persistence(history)).toBe(24)
  const learned = learn(history, seconds(5))
  expect(learned).toMatchObject({ kind: 'learned', phi: 1, persistence: seconds(0) })
  expect(spreadOf(learned)).toBeGreaterThan(0.4)
})

/** 15 s each, on one pod after the other. */
const burst = (row: number, pod: number): number => ((row + 45 * pod) % 180 < 3 ? 25 : 0)

test('bursts are seen on pods that differ for good, too, and their spread behind the bursts', () => {
  const quiet = learn(
    halfHour(uneven, () => 0),
    seconds(5),
  )
  const learned = learn(halfHour(uneven, burst), seconds(5))
  expect(learned).toMatchObject({ kind: 'learned', persistence: seconds(30) })
  expect(learned.kind === 'learned' ? learned.phi : NaN).toBeGreaterThan(10)
  const [seen = NaN, real = NaN] = [learned, quiet].map(spreadOf)
  expect(seen / real).toBeGreaterThan(0.5)
  expect(seen / real).toBeLessThan(2)
})

test('bursts that fall on pods by chance are no spread', () => {
  expect(spreadOf(learn(halfHour(alike, unlucky), seconds(5)))).toBeLessThan(0.02)
})

test('failures that always come in clusters are no bursts, and no spread', () => {
  const random = seeded(2)
  const history = halfHour(alike, () => 0)
  const failures = history.failures.map((row) => row.map(() => 8 * poisson(0.15, random)))
  const learned = learn({ ...history, failures }, seconds(5))
  expect(spreadOf(learned)).toBeLessThan(0.02)
  expect(learned).toMatchObject({ persistence: seconds(0) })
})

/** On two pods only. */
const unlucky = (row: number, pod: number): number => (pod < 2 ? burst(row, pod) : 0)

const alike: readonly number[] = [1, 1, 1, 1, 1, 1, 1, 1]
const uneven: readonly number[] = [0.3, 0.5, 1, 2, 3, 0.4, 0.8, 1.5]

function spreadOf(learned: Dispersion): number {
  return learned.kind === 'learned' ? learned.spread.cv2 : NaN
}
