import { expect, test } from 'vitest'
import { learn } from '../../../src/core/judge/dispersion.ts'
import { persistence, scatter } from '../../../src/core/stats/dispersion.ts'
import { seconds } from '../../../src/core/units.ts'
import { near, vectors } from '../stats/vectors.ts'

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
