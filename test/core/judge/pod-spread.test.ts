/** Pods that differ for good, and the margin that they ask for. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { podFactor } from '../../../src/core/judge/pod-margin.ts'
import { podSpread } from '../../../src/core/stats/pod-spread.ts'

const requests = Array.from({ length: 10 }, () => [1000, 1000, 1000, 1000])

test.for([
  { it: 'alike', row: [5, 5, 5, 5], phi: 1, cv2: 0 },
  { it: 'different', row: [2, 2, 2, 14], phi: 1, cv2: (216 - 3) / 200 },
  { it: 'explained by bursts', row: [4, 5, 6, 5], phi: 2, cv2: 0 },
])('pods that are $it', ({ row, phi, cv2 }) => {
  const failures = requests.map(() => row)
  expect(podSpread({ failures, requests }, phi)).toBeCloseTo(cv2, 12)
})

test('too few failures teach nothing', () => {
  const failures = requests.map((_, k) => (k === 0 ? [0, 0, 0, 19] : [0, 0, 0, 0]))
  expect(podSpread({ failures, requests }, 1)).toBe(0)
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
