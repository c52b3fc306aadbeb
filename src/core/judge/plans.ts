/** The lines of evidence and what each may spend. Whoever reads this file reads the judge's policy. Source: spec/statistics §0, §3, §6. */
import type { BlockCounts } from '../stats/block.ts'
import type { EvidencePlan } from '../stats/evidence.ts'
import { type Duration, milliseconds, minutes, type Nats, nats, seconds } from '../units.ts'
import type { Dispersion } from './dispersion.ts'
import type { Block } from './open-block.ts'
import { noSpread, podFactor } from './pod-margin.ts'
import type { JudgeSettings } from './settings.ts'
import type { ChannelName, WorseReason } from './verdict.ts'

export type LinePlan = {
  readonly name: ChannelName
  /** What of a block it weighs. */
  readonly sees: (block: Block) => BlockCounts
  /** How many times wider the margin is in a block, because pods differ; known before the block's outcome. */
  readonly factor: (block: Block) => number
  readonly evidence: EvidencePlan
  readonly threshold: Nats
  /** How long a stretch the guard leaves out; undefined without a guard. */
  readonly guard: Duration | undefined
}

export type AgainstPlan = LinePlan & { readonly code: WorseReason['code'] }

/** How the false rollback rate is shared out. */
const shareOf = { failures: 0.45, latency: 0.45, catastrophe: 0.1 } as const

const shareBets: readonly number[] = [0.02, 0.05, 0.1, 0.2, 0.35, 0.55, 0.75, 0.92]
const countBets: readonly number[] = [1.25, 1.5, 2, 3, 5, 10, 25, 100]
/** Which effects are likely, where failures are known to be independent: then count bets see more than share bets. */
const shareWeight = 0.15 / 8
const countWeights: readonly number[] = [0.05, 0.1, 0.15, 0.2, 0.2, 0.15, 0.1, 0.05]

const catastropheBets: readonly number[] = [1.5, 2, 3, 4]
const noWorseBets: readonly number[] = [0.05, 0.15, 0.3, 0.5, 0.7, 0.85]

/** What the guarded evidence must reach, in nats: ten to one. */
export const guardThreshold: Nats = nats(2.3)

/** Expected time between two moments at which a canary may turn bad. */
const changeTime = minutes(30)

/** At 30 s bursts of 10 s on single pods roll back 1.7 % of good canaries at 5-s blocks; see decision 0004. */
const unknownGuard = seconds(45)
const unknownPhi = 3
/** A share bet gains at most one nat in such a time. The guard leaves out one burst; the next must not decide either; see decision 0004. */
const unknownPace = seconds(5)

/** Any of them rolls back. */
export function plansAgainst(
  settings: JudgeSettings,
  dispersion: Dispersion,
): readonly AgainstPlan[] {
  return [failuresAgainst(settings, dispersion), catastrophe(settings)]
}

/** All of them must speak for a pass. */
export function plansInFavour(
  settings: JudgeSettings,
  dispersion: Dispersion,
): readonly LinePlan[] {
  const guard = guardOf(dispersion)
  return [
    {
      name: 'failures',
      sees: judgedOf,
      factor: plainly,
      evidence: {
        boundary: { ratio: 1, points: settings.passMargin.points },
        shares: [],
        times: noWorseBets,
        phi: burstSize(dispersion),
        cap: Infinity,
        window: blocksIn(guard, settings),
        first: 1,
        hazard: 0,
      },
      threshold: nats(-Math.log(settings.falsePassRate)),
      guard,
    },
  ]
}

export function latencyThresholds(settings: JudgeSettings): {
  readonly against: Nats
  readonly inFavour: Nats
} {
  return {
    against: thresholdOf(settings, shareOf.latency),
    inFavour: nats(-Math.log(settings.falsePassRate)),
  }
}

/** For intervals and for a pass, where a burst size must be assumed. */
export function burstSize(dispersion: Dispersion): number {
  return dispersion.kind === 'unknown' ? unknownPhi : dispersion.phi
}

/** Without knowledge of bursts the count bets, which rely on it, stay out. */
function failuresAgainst(settings: JudgeSettings, dispersion: Dispersion): AgainstPlan {
  const guard = guardOf(dispersion)
  const spread = dispersion.kind === 'learned' ? dispersion.spread : noSpread
  return {
    name: 'failures',
    code: 'CanaryFailsMore',
    sees: judgedOf,
    factor: ({ canary }) => podFactor(spread, canary.serving),
    evidence: {
      boundary: settings.failures.margin,
      shares: shareBets,
      times: dispersion.kind === 'unknown' ? [] : countBets,
      phi: burstSize(dispersion),
      weights: weightsFor(dispersion),
      cap: 3.5,
      ...(dispersion.kind === 'unknown' ? { shareCap: settings.block / unknownPace } : {}),
      window: blocksIn(guard, settings),
      ...startingTimes(settings),
    },
    threshold: thresholdOf(settings, shareOf.failures),
    guard,
  }
}

function weightsFor(dispersion: Dispersion): readonly number[] | undefined {
  if (dispersion.kind === 'unknown' || dispersion.phi > 1) return undefined
  return [...shareBets.map(() => shareWeight), ...countWeights.map((weight) => 0.85 * weight)]
}

/** Total failure must not wait for the guard, nor for warm-up. Its margin is 25 points, and no single block can decide. */
function catastrophe(settings: JudgeSettings): AgainstPlan {
  return {
    name: 'catastrophe',
    code: 'CanaryFailsOutright',
    sees: ({ canary, stable }) => ({ canary: canary.all, stable }),
    factor: plainly,
    evidence: {
      boundary: { ratio: 1, points: 0.25 },
      shares: [],
      times: catastropheBets,
      phi: 3,
      cap: 5,
      window: 0,
      ...startingTimes(settings),
    },
    threshold: thresholdOf(settings, shareOf.catastrophe),
    guard: undefined,
  }
}

export function judgedOf({ canary, stable }: Block): BlockCounts {
  return { canary: canary.judged, stable }
}

function plainly(): number {
  return 1
}

function thresholdOf({ falseRollbackRate }: JudgeSettings, part: number): Nats {
  return nats(-Math.log(falseRollbackRate * part))
}

export function startingTimes({ block }: JudgeSettings): {
  readonly first: number
  readonly hazard: number
} {
  return { first: 0.5, hazard: Math.min(1, block / changeTime) }
}

export function guardOf(dispersion: Dispersion): Duration | undefined {
  if (dispersion.kind === 'unknown') return unknownGuard
  return dispersion.persistence > 0 ? dispersion.persistence : undefined
}

export function blocksIn(guard: Duration | undefined, { block }: JudgeSettings): number {
  return Math.ceil((guard ?? milliseconds(0)) / block)
}
