/** How much longer a healthy canary must be watched. An estimate for people: nothing is decided by it. */
import { countIncrement } from '../stats/count-evidence.ts'
import { type Duration, inSeconds, milliseconds } from '../units.ts'
import type { LinePlan } from './plans.ts'
import type { Counts, Findings } from './verdict.ts'

export type Pace = {
  readonly canary: Counts
  readonly stable: Counts
  /** In which these requests came. */
  readonly time: Duration
}

/** What is missing until the evidence for no worse is there, in nats, and until the soak is over. */
export type Missing = { readonly nats: number; readonly soak: Duration }

const longest = 30 * 24 * 3_600_000

/** Undefined while there is no pace, or when it would take longer than a month. */
export function stillNeeded(plan: LinePlan, pace: Pace, missing: Missing): Findings['stillNeeded'] {
  const atThisWeight = timeFor(plan, pace, missing, 1)
  const atTwiceTheWeight = timeFor(plan, pace, missing, 2)
  return atThisWeight === undefined || atTwiceTheWeight === undefined
    ? undefined
    : { atThisWeight, atTwiceTheWeight }
}

function timeFor(
  plan: LinePlan,
  pace: Pace,
  missing: Missing,
  weightFactor: number,
): Duration | undefined {
  const seconds = inSeconds(pace.time)
  const all = (pace.canary.requests + pace.stable.requests) / seconds
  const canary = Math.min(all * 0.99, (weightFactor * pace.canary.requests) / seconds)
  const gain = growth(plan, canary, all - canary, ratioOf(pace.stable))
  const needed = Math.max(0, missing.nats / gain) * 1000
  const time = Math.max(needed, missing.soak)
  return Number.isFinite(time) && time >= 0 && time < longest
    ? milliseconds(Math.round(time))
    : undefined
}

/** Nats a second that the best bet gains when both sides fail alike. */
function growth(plan: LinePlan, canary: number, stable: number, ratio: number): number {
  const { boundary, phi, times } = plan.evidence
  const second = {
    canary: { requests: canary, failures: canary * ratio },
    stable: { requests: stable, failures: stable * ratio },
  }
  return Math.max(
    0,
    ...times.map((bet) => countIncrement(second, { ...boundary, phi }, bet, ratio)),
  )
}

function ratioOf({ requests, failures }: Counts): number {
  return (failures + 0.5) / (requests + 500)
}
