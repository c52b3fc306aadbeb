/** How latency is weighed, bound by bound. Whoever reads this file reads the policy. Source: spec/statistics §4. */
import type { Evidence, EvidencePlan } from '../stats/evidence.ts'
import { latencyMargins } from '../stats/latency-margin.ts'
import type { Duration } from '../units.ts'
import { type Buckets, slowerThan } from './buckets.ts'
import type { Dispersion } from './dispersion.ts'
import { chosenBounds, commonBounds, slowShare } from './latency-baseline.ts'
import { blocksIn, burstSize, guardOf, startingTimes } from './plans.ts'
import { noSpread, type Spread } from './pod-margin.ts'
import type { JudgeSettings, LatencyRule } from './settings.ts'
import type { Side } from './verdict.ts'

export type BoundPlan = {
  /** In milliseconds. */
  readonly bound: number
  readonly against: EvidencePlan
  readonly inFavour: EvidencePlan
  readonly spread: Spread
  /** The stable side's share of slower requests before the release. */
  readonly slow: number
  readonly phi: number
  readonly guard: Duration | undefined
}

export type LatencyEvidence = {
  readonly plan: BoundPlan
  /** Of the block that is being weighed: the same place for every block. */
  readonly tallies: Record<Side, { requests: number; failures: number }>
  readonly against: Evidence
  readonly inFavour: Evidence
}

/** Known of the stable side, and which bounds the canary has. */
export type Normal = {
  readonly stable: Buckets
  readonly canary: Buckets
  readonly dispersionAt: (bound: number) => Dispersion
}

const countBets: readonly number[] = [1.05, 1.12, 1.25, 1.5, 2, 3, 6, 20]
const shareBets: readonly number[] = [0.01, 0.03, 0.08, 0.2, 0.4, 0.7, 0.92]
const noWorseBets: readonly number[] = [0.05, 0.3, 0.6, 0.8, 0.88, 0.94]

const leastMargin = 1e-6
/** The stable side moves during a day: what is a minute old counts half. */
const memory = 0.95
const weightOfHistory = 200

export function boundPlans(
  settings: JudgeSettings,
  rule: LatencyRule,
  normal: Normal,
): readonly BoundPlan[] {
  const all = commonBounds(normal.stable, normal.canary)
  const slow = all.map((bound) => slowShare(bound, normal.stable))
  const tolerated = latencyMargins(all, slow, rule.margin)
  const unproved = latencyMargins(all, slow, settings.passMargin.latency)
  return chosenBounds(normal.stable, normal.canary, rule.bounds).map((bound) => {
    const j = all.indexOf(bound)
    const share = slow[j] ?? 0
    const dispersion = normal.dispersionAt(bound)
    const known = knownOf(share, dispersion, settings)
    return {
      bound,
      against: againstPlan(known, tolerated[j] ?? 0, dispersion, settings),
      inFavour: inFavourPlan(known, unproved[j] ?? 0, settings),
      spread: dispersion.kind === 'learned' ? dispersion.spread : noSpread,
      slow: share,
      phi: known.phi,
      guard: guardOf(dispersion),
    }
  })
}

type Known = Pick<EvidencePlan, 'phi' | 'window' | 'prior' | 'memory'>

function knownOf(slow: number, dispersion: Dispersion, settings: JudgeSettings): Known {
  return {
    phi: burstSize(dispersion),
    window: blocksIn(guardOf(dispersion), settings),
    prior: { requests: weightOfHistory, failures: slow * weightOfHistory },
    memory,
  }
}

function againstPlan(
  known: Known,
  margin: number,
  dispersion: Dispersion,
  settings: JudgeSettings,
): EvidencePlan {
  return {
    ...known,
    boundary: { ratio: 1, points: Math.max(leastMargin, margin) },
    shares: shareBets,
    times: dispersion.kind === 'unknown' ? [] : countBets,
    cap: 3.5,
    ...startingTimes(settings),
  }
}

/** Room is made for the points that a pass allows anyway: a bound that nobody reaches could never be proved. */
function inFavourPlan(known: Known, margin: number, { passMargin }: JudgeSettings): EvidencePlan {
  return {
    ...known,
    boundary: { ratio: 1, points: Math.max(margin, passMargin.points) },
    shares: [],
    times: noWorseBets,
    cap: Infinity,
    first: 1,
    hazard: 0,
  }
}

/** Requests, and those of them that took longer than the bound. */
export function slowTally(
  bound: number,
  buckets: Buckets,
): { readonly requests: number; readonly failures: number } {
  return { requests: buckets.get(Infinity) ?? 0, failures: slowerThan(bound, buckets) }
}
