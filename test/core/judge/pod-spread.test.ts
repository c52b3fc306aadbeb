/** Pods that differ for good, and the margin that they ask for. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { podFactor } from '../../../src/core/judge/pod-margin.ts'
import { levelled, podLevels, podSpread } from '../../../src/core/stats/pod-spread.ts'

const requests = Array.from({ length: 10 }, () => [1000, 1000, 1000, 1000])

test.for([
  { it: 'alike', row: [5, 5, 5, 5], phi: 1, cv2: 0 },
  { it: 'different', row: [2, 2, 2, 14], phi: 1, cv2: (216 - 3 - Math.sqrt(6)) / 200 },
  { it: 'as different as chance has them', row: [4, 5, 5, 6], phi: 1, cv2: 0 },
  { it: 'explained by bursts', row: [4, 5, 6, 5], phi: 2, cv2: 0 },
])('pods that are $it', ({ row, phi, cv2 }) => {
  const failures = requests.map(() => row)
  expect(podSpread({ failures, requests }, phi)).toBeCloseTo(cv2, 12)
})

test('too few failures teach nothing', () => {
  const failures = requests.map((_, k) => (k === 0 ? [0, 0, 0, 19] : [0, 0, 0, 0]))
  expect(podSpread({ failures, requests }, 1)).toBe(0)
})

test('levelled, a pod that fails thrice as often counts as if thrice as many had asked it', () => {
  const failures = requests.map(() => [20, 20, 20, 60])
  const history = levelled({ failures, requests }, podLevels({ failures, requests }, 0))
  expect(history.failures).toBe(failures)
  for (const row of history.requests)
    for (const [pod, level] of [2 / 3, 2 / 3, 2 / 3, 2].entries())
      expect(row[pod]).toBeCloseTo(1000 * level, 9)
})

test.for([
  { it: 'half of what was seen', doubt: 20, level: 1.75 },
  { it: 'nothing', doubt: Infinity, level: 1 },
  { it: 'all of it', doubt: 0, level: 2.5 },
])('$it counts of a pod with 20 expected failures and a doubt of $doubt', ({ doubt, level }) => {
  const failures = requests.map(() => [1, 1, 1, 5])
  expect(podLevels({ failures, requests }, doubt)[3]).toBeCloseTo(level, 12)
})

test('a pod that lives through an incident of all pods is no worse than one that does not', () => {
  const failures = requests.map((_, k) => (k < 5 ? [30, 30, 0, 0] : [1, 1, 1, 1]))
  const asked = requests.map((_, k) => (k < 5 ? [1000, 1000, 0, 0] : [1000, 1000, 1000, 1000]))
  expect(podSpread({ failures, requests: asked }, 1)).toBe(0)
})

test('one pod of a lognormal law with sigma 0.7 may fail 4.7 times as often as the average', () => {
  expect(podFactor({ cv2: Math.expm1(0.49), pods: 20 }, 1)).toBeCloseTo(4.74, 1)
})

test('law: more pods never widen the margin, and it is never below 1', () => {
  const cv2 = fc.double({ min: 0, max: 5, noNaN: true })
  fc.assert(
    fc.property(cv2, fc.integer({ min: 1, max: 50 }), (spread, pods) => {
      const factor = podFactor({ cv2: spread, pods: 20 }, pods)
      expect(factor).toBeGreaterThanOrEqual(1)
      expect(podFactor({ cv2: spread, pods: 20 }, pods + 1)).toBeLessThanOrEqual(factor + 1e-9)
    }),
  )
})
