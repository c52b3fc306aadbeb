import { describe, expect, test } from 'vitest'
import { healthy, slowed, slowMode, tailDoubled, upperTail } from './latency-law.ts'
import type { PodStep } from './pod.ts'
import { Release, type Scenario, type Step, sumOf } from './release.ts'
import { failureWorlds, latencyWorlds, type World } from './worlds.ts'

const minute = [{ until: 1800, share: 0.05 }]

function scenario(world: World, more: Partial<Scenario> = {}): Scenario {
  return { world, rps: 500, ratio: 0.001, route: minute, regression: { name: 'none' }, ...more }
}

function played(world: World, more: Partial<Scenario> = {}, seed = '1'): readonly Step[] {
  const release = new Release(scenario(world, more), seed)
  release.history()
  return [...release.steps()]
}

function canaryOf(steps: readonly Step[]): PodStep {
  return sumOf(steps.flatMap(({ canary }) => canary))
}

function stableOf(steps: readonly Step[]): PodStep {
  return sumOf(steps.map(({ stable }) => stable))
}

function ratioOf({ requests, failures }: PodStep): number {
  return failures / requests
}

function podRatios(rows: readonly (readonly PodStep[])[]): readonly number[] {
  const pods = rows[0] ?? []
  return pods.map((_, k) => ratioOf(sumOf(rows.flatMap((row) => row.slice(k, k + 1)))))
}

describe('a release', () => {
  test.for(Object.values({ ...failureWorlds, durations: latencyWorlds.all }))(
    'is the same for the same seed, in world $name',
    (world) => {
      const route = [{ until: 60, share: 0.1 }]
      expect(played(world, { route })).toEqual(played(world, { route }))
      expect(played(world, { route })).not.toEqual(played(world, { route }, '2'))
    },
  )

  test('shares out its traffic by weight', () => {
    const steps = played(failureWorlds.clean)
    expect(canaryOf(steps).requests / (1800 * 25)).toBeCloseTo(1, 1)
    expect(stableOf(steps).requests / (1800 * 475)).toBeCloseTo(1, 2)
  })

  test('gets more canary pods with more weight, and has twenty in all', () => {
    const route = [0.05, 0.1, 0.25, 0.5].map((share, k) => ({ until: 60 * (k + 1), share }))
    const steps = played(failureWorlds.clean, { route })
    const pods = [0, 12, 24, 36].map((k) => steps[k]?.canary.length)
    expect(pods).toEqual([1, 2, 5, 10])
    expect(steps.every(({ canary, stablePods }) => canary.length + stablePods === 20)).toBe(true)
  })

  test('turns bad at the onset, not before', () => {
    const regression = { name: 'late', ratio: 1, onset: 900 }
    const steps = played(failureWorlds.clean, { regression })
    expect(ratioOf(canaryOf(steps.filter(({ at }) => at <= 900)))).toBeLessThan(0.01)
    expect(ratioOf(canaryOf(steps.filter(({ at }) => at > 900)))).toBe(1)
  })
})

/** Of the stable side in half an hour at 5000 requests a second, as the world's description promises. */
test.for([
  { name: 'clean', percent: 0.1, within: 0.005 },
  { name: 'drift', percent: 0.1, within: 0.005 },
  { name: 'podburst', percent: 0.1 + (20 * 10) / 1210, within: 0.1 },
  { name: 'cluster', percent: 0.1, within: 0.01 },
  { name: 'retries', percent: 0.1, within: 0.005 },
  { name: 'shared', percent: 0.1 + (5 * 180) / 1800, within: 0.25 },
] as const)('in world $name $percent % fail', ({ name, percent, within }) => {
  const steps = played(failureWorlds[name], { rps: 5000 })
  expect(Math.abs(100 * ratioOf(stableOf(steps)) - percent)).toBeLessThan(within)
})

test('what is uneven is uneven for good', () => {
  const release = new Release(scenario(failureWorlds.uneven7, { rps: 50_000 }), '1')
  const history = release.history()
  const half = history.length / 2
  const [before, after] = [podRatios(history.slice(0, half)), podRatios(history.slice(half))]
  expect(Math.max(...before) / Math.min(...before)).toBeGreaterThan(3)
  expect(before.every((ratio, pod) => Math.abs((after[pod] ?? 0) / ratio - 1) < 0.2)).toBe(true)
})

test('traffic that rests comes to nothing on both sides at once', () => {
  const steps = played(failureWorlds.stopAndGo)
  const still = steps.filter(({ stable }) => stable.requests === 0)
  expect(still.length / steps.length).toBeGreaterThan(0.1)
  expect(canaryOf(still).requests).toBe(0)
})

describe('durations', () => {
  /** R: pnorm(z, lower.tail = FALSE). */
  test.for([
    { z: 0, tail: 0.5 },
    { z: 1.96, tail: 0.024_997_895_148 },
    { z: -1, tail: 0.841_344_746_07 },
    { z: 6, tail: 9.865_876_45e-10 },
  ])('the normal tail at $z', ({ z, tail }) => {
    expect(Math.abs(upperTail(z) / tail - 1)).toBeLessThan(2e-7)
  })

  test('are as the spec has them', () => {
    expect(healthy(40)).toBeCloseTo(0.5, 6)
    expect(healthy(107.3)).toBeCloseTo(0.05, 3)
    expect(healthy(161.5)).toBeCloseTo(0.01, 3)
    expect(slowed(1.25)(50)).toBeCloseTo(0.5, 6)
    expect(tailDoubled(322)).toBeCloseTo(0.01, 3)
    expect(tailDoubled(100)).toBeCloseTo(healthy(100), 6)
    expect(slowMode(1000)).toBeCloseTo(0.02, 6)
  })

  test('are counted by bucket, of the requests that did not fail', () => {
    const { requests, failures, durations } = stableOf(played(latencyWorlds.clean))
    const served = durations.reduce((sum, count) => sum + count, 0)
    expect(served).toBe(requests - failures)
    const upTo50 = durations.slice(0, 6).reduce((sum, count) => sum + count, 0)
    expect(upTo50 / served).toBeCloseTo(1 - healthy(50), 2)
  })
})
