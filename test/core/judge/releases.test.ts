/** Whole releases by chance, seeded: how often a good canary is rolled back, and how soon a bad one is found. */
import { expect, test } from 'vitest'
import type { Dispersion } from '../../../src/core/judge/dispersion.ts'
import { Judgement } from '../../../src/core/judge/judgement.ts'
import { noSpread } from '../../../src/core/judge/pod-margin.ts'
import type { Counts } from '../../../src/core/judge/verdict.ts'
import { seconds } from '../../../src/core/units.ts'
import { canaryOf, block as instantOf, settings } from './build.ts'
import { poisson, type Random, seeded } from './random.ts'

const blocksPerStep = 40
const steps = [0.05, 0.1, 0.25, 0.5] as const
const requestsPerBlock = 500 * 15

const unknown: Dispersion = { kind: 'unknown' }
const independent: Dispersion = {
  kind: 'learned',
  phi: 1,
  persistence: seconds(0),
  spread: noSpread,
}

test.for([{ dispersion: unknown }, { dispersion: independent }])(
  'of 200 good releases at 500 requests a second at most two are rolled back, and each is proved ($dispersion.kind)',
  ({ dispersion }) => {
    const random = seeded(20261125)
    const ends = Array.from({ length: 200 }, () => release(0.001, dispersion, random))
    expect(ends.filter(({ kind }) => kind === 'worse').length).toBeLessThanOrEqual(2)
    expect(ends.filter(({ passedAt }) => passedAt < 2 * blocksPerStep).length).toBeGreaterThan(190)
  },
)

test.for([
  { dispersion: unknown, median: 8, most: 20 },
  { dispersion: independent, median: 3, most: 8 },
])(
  'failures that rise from 0.1 % to 3 % are found at 5 % weight within $most blocks ($dispersion.kind)',
  ({ dispersion, median, most }) => {
    const random = seeded(7)
    const found = Array.from({ length: 40 }, () => release(0.03, dispersion, random).blocks)
    const sorted = found.toSorted((a, b) => a - b)
    expect(sorted[20]).toBeLessThanOrEqual(median)
    expect(sorted.at(-1)).toBeLessThanOrEqual(most)
  },
)

type End = { readonly kind: string; readonly blocks: number; readonly passedAt: number }

function release(canaryRatio: number, dispersion: Dispersion, random: Random): End {
  const judgement = new Judgement(settings, dispersion)
  let passedAt = Infinity
  for (let k = 0; k < steps.length * blocksPerStep; k++) {
    const weight = steps[Math.floor(k / blocksPerStep)] ?? 1
    const all = counted(requestsPerBlock * weight, canaryRatio, random)
    const stable = counted(requestsPerBlock * (1 - weight), 0.001, random)
    const canary = canaryOf(all)
    judgement.add({ start: instantOf(k), end: instantOf(k + 1), canary, stable })
    const { kind } = judgement.ruling()
    if (kind === 'worse') return { kind, blocks: k + 1, passedAt }
    if (kind === 'no-worse') passedAt = Math.min(passedAt, k)
  }
  return { kind: judgement.ruling().kind, blocks: Infinity, passedAt }
}

function counted(requests: number, ratio: number, random: Random): Counts {
  return { requests, failures: poisson(requests * ratio, random), excluded: 0 }
}
