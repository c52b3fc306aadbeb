import { expect, test } from 'vitest'
import { BlockCase, type PodCounts } from '../../../src/core/judge/block-case.ts'
import { sentence } from '../../../src/core/judge/sentence.ts'
import type { Verdict } from '../../../src/core/judge/verdict.ts'
import { seconds } from '../../../src/core/units.ts'
import { settings } from './build.ts'

test('one bad pod of four is told apart from a bad version', () => {
  const verdict = judged([40, 1, 0, 1])
  expect(verdict).toMatchObject({
    kind: 'worse',
    because: { outlier: { pod: 'c0' } },
  })
  expect(sentence(verdict)).toMatch(
    /; one pod, not the version: c0 fails \d+ % of [\d,]+; evidence/,
  )
})

test.for([
  { it: 'all four fail', failures: [10, 9, 11, 10] },
  { it: 'there are only two', failures: [40, 1] },
  { it: 'there are more than can be told apart', failures: [40, 0, 0, 0, 0, 0, 0, 0, 0] },
])('where $it, it is the version', ({ failures }) => {
  expect(judged(failures).findings.outlier).toBeUndefined()
  expect(judged(failures).kind).toBe('worse')
})

test('a pod that joins later is told apart as well', () => {
  const open = new BlockCase({ ...settings, block: seconds(5) })
  for (let k = 0; k < 5; k++) open.add(blockOf([0, 1, 0]))
  for (let k = 0; k < 20; k++) open.add(blockOf([0, 1, 0, 40]))
  expect(open.verdict()).toMatchObject({ kind: 'worse', because: { outlier: { pod: 'c3' } } })
})

function judged(failures: readonly number[]): Verdict {
  const open = new BlockCase({ ...settings, block: seconds(5) })
  for (let k = 0; k < 20; k++) open.add(blockOf(failures))
  return open.verdict()
}

function blockOf(failures: readonly number[]): Parameters<BlockCase['add']>[0] {
  const canary = failures.map(
    (count, k): PodCounts => ({ pod: `c${k}`, requests: 300, failures: count }),
  )
  return { seconds: 5, canary, stable: [{ pods: 10, requests: 3000, failures: 3 }] }
}
