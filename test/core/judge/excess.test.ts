import { expect, test } from 'vitest'
import type { Dispersion } from '../../../src/core/judge/dispersion.ts'
import { Excess } from '../../../src/core/judge/excess.ts'
import { Line } from '../../../src/core/judge/line.ts'
import { type Block, nothing } from '../../../src/core/judge/open-block.ts'
import { type LinePlan, plansInFavour } from '../../../src/core/judge/plans.ts'
import { noSpread } from '../../../src/core/judge/pod-margin.ts'
import { seconds, share } from '../../../src/core/units.ts'
import { canaryOf, block as instantOf, settings } from './build.ts'
import { poisson, type Random, seeded } from './random.ts'

const learned: Dispersion = { kind: 'learned', phi: 1, persistence: seconds(0), spread: noSpread }

function passPlan(dispersion: Dispersion, points = 0.005): LinePlan {
  const how = { ...settings, passMargin: { ...settings.passMargin, points: share(points) } }
  const [plan] = plansInFavour(how, dispersion)
  if (plan === undefined) throw new Error('there is a plan')
  return plan
}

/** 500 requests a second, one in ten to the canary. */
function traffic(k: number, excess: number, random: Random): Block {
  const stable = { ...nothing, requests: 6750, failures: poisson(6.75, random) }
  const failures = poisson(750 * (0.001 + excess), random)
  const canary = canaryOf({ ...nothing, requests: 750, failures })
  return { start: instantOf(k), end: instantOf(k + 1), canary, stable }
}

test('nothing is ruled out before there is evidence, and then less and less is left', () => {
  const excess = new Excess(passPlan(learned))
  expect(excess.atMost()).toBeUndefined()
  const random = seeded(1)
  const bounds = Array.from({ length: 240 }, (_, k) => {
    excess.add(traffic(k, 0, random))
    return excess.atMost()
  })
  expect([0, 3, 11, 59, 239].map((k) => bounds[k])).toMatchInlineSnapshot(`
    [
      0.015,
      0.003,
      0.002,
      0.0005,
      0.0003,
    ]
  `)
})

test.for([
  { it: 'where bursts are known', dispersion: learned, points: 0.005 },
  {
    it: 'where nothing is known, with a guard',
    dispersion: { kind: 'unknown' } as const,
    points: 0.005,
  },
  { it: 'for a margin that is on no grid', dispersion: learned, points: 0.0042 },
])('at most the pass margin exactly where the pass is proved: $it', ({ dispersion, points }) => {
  const plan = passPlan(dispersion, points)
  const excess = new Excess(plan)
  const line = new Line(plan, false)
  const random = seeded(2)
  const seen = new Set<boolean>()
  for (let k = 0; k < 120; k++) {
    const block = traffic(k, k < 80 ? 0 : 0.05, random)
    excess.add(block)
    line.add(block)
    const atMost = excess.atMost() ?? Infinity
    seen.add(line.hasSpoken())
    expect(atMost <= points).toBe(line.hasSpoken())
  }
  expect(seen).toEqual(new Set([false, true]))
})

test('a canary that fails a point more is said to fail less than that in at most one release of twenty', () => {
  let wrong = 0
  const releases = 300
  for (let seed = 0; seed < releases; seed++) {
    const random = seeded(seed)
    const excess = new Excess(passPlan(learned))
    let isWrong = false
    for (let k = 0; k < 40; k++) {
      excess.add(traffic(k, 0.01, random))
      isWrong ||= (excess.atMost() ?? 1) < 0.01
    }
    if (isWrong) wrong += 1
  }
  expect(wrong / releases).toBeLessThanOrEqual(0.05)
  expect(wrong).toBeGreaterThan(0)
})
