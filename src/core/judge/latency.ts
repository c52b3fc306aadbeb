/**
 * Whether the canary is slower: the share of its requests above each of some bounds, against the stable side's.
 *
 * Against it speaks the average over the bounds, in its favour the weakest of them. Bounds and margins are fixed before the blocks they judge: from the
 * history or, without one, from the stable side's first requests of the release, which then are not judged.
 */
import { Evidence } from '../stats/evidence.ts'
import { logMeanExp } from '../stats/log-space.ts'
import { quantileIntervals } from '../stats/quantile-interval.ts'
import { type Duration, type Nats, nats } from '../units.ts'
import { type Buckets, type LatencyBlock, slowerThan } from './buckets.ts'
import {
  type BucketHistory,
  commonBounds,
  fewestRequests,
  latencyDispersion,
  totalsOf,
} from './latency-baseline.ts'
import { boundPlans, type LatencyEvidence, slowTally } from './latency-plan.ts'
import { guardThreshold, latencyThresholds } from './plans.ts'
import { podFactor } from './pod-margin.ts'
import type { JudgeSettings, LatencyRule } from './settings.ts'
import { Trace } from './trace.ts'
import type { Channel, LatencyFindings, Side, SlowerAt } from './verdict.ts'

type Direction = 'against' | 'inFavour'

const sides: readonly Side[] = ['canary', 'stable']
const quantiles: readonly number[] = [0.5, 0.95, 0.99]
const intervalAlpha = 0.05

export class Latency {
  readonly #settings: JudgeSettings
  readonly #rule: LatencyRule
  #history: BucketHistory | undefined
  readonly #traces: Readonly<Record<Direction, Trace>> | undefined
  readonly #thresholds: Readonly<Record<Direction, Nats>>
  readonly #seen = { canary: new Map<number, number>(), stable: new Map<number, number>() }
  readonly #normal: Map<number, number>
  #evidence: readonly LatencyEvidence[] | undefined
  /** log E of all bounds together, after the newest block. */
  readonly #now: Record<Direction, number> = { against: 0, inFavour: 0 }
  /** Room for one number a bound, used again for every block. */
  #sums = new Float64Array(0)

  constructor(
    settings: JudgeSettings,
    rule: LatencyRule,
    history: BucketHistory | undefined,
    isTraced: boolean,
  ) {
    this.#settings = settings
    this.#rule = rule
    this.#history = history
    this.#normal = new Map(history === undefined ? [] : totalsOf(history))
    this.#thresholds = latencyThresholds(settings)
    this.#traces = isTraced ? { against: new Trace(), inFavour: new Trace() } : undefined
  }

  add(block: LatencyBlock): void {
    const { canary, stable } = block
    if (!hasRequests(canary) || !hasRequests(stable)) return
    this.#evidence ??= this.#planned(block)
    if (this.#evidence === undefined) {
      increase(this.#normal, stable)
      return
    }
    increase(this.#seen.canary, canary)
    increase(this.#seen.stable, stable)
    for (const each of this.#evidence) weigh(each, block)
    this.#now.against = this.#together('against', logE)
    this.#now.inFavour = this.#together('inFavour', logE)
    this.#traces?.against.add(block.end, nats(this.#now.against))
    this.#traces?.inFavour.add(block.end, nats(this.#now.inFavour))
  }

  /** Whether there is anything that both sides tell. */
  get isComparable(): boolean {
    return this.#evidence !== undefined && this.#evidence.length > 0
  }

  isStrong(): boolean {
    return this.isComparable && this.#now.against >= this.#thresholds.against
  }

  hasSpoken(direction: Direction): boolean {
    return (
      this.isComparable &&
      this.#now[direction] >= this.#thresholds[direction] &&
      this.#guarded(direction) >= guardThreshold
    )
  }

  channel(direction: Direction): Channel | undefined {
    const window = this.#guard()
    if (!this.isComparable) return undefined
    return {
      name: 'latency',
      logE: nats(this.#now[direction]),
      threshold: this.#thresholds[direction],
      guard:
        window === undefined
          ? undefined
          : { logE: nats(this.#guarded(direction)), threshold: guardThreshold, window },
      history: this.#traces?.[direction].points() ?? [],
    }
  }

  /** The bound that speaks the loudest against the canary. */
  slowerAt(): SlowerAt | undefined {
    const [loudest] = (this.#evidence ?? []).toSorted((a, b) => b.against.logE() - a.against.logE())
    return loudest && this.#at(loudest)
  }

  findings(): LatencyFindings {
    if (this.#evidence === undefined) return { kind: 'not-compared', because: 'NoBuckets' }
    if (!this.isComparable) return { kind: 'not-compared', because: 'NoCommonBounds' }
    return {
      kind: 'compared',
      bounds: this.#evidence.map((each) => this.#at(each)),
      quantiles: this.#traces === undefined ? [] : this.#quantiles(),
    }
  }

  #planned({ canary }: LatencyBlock): readonly LatencyEvidence[] | undefined {
    const history = this.#history
    if ((this.#normal.get(Infinity) ?? 0) < fewestRequests) return undefined
    const plans = boundPlans(this.#settings, this.#rule, {
      stable: this.#normal,
      canary,
      dispersionAt: (bound) =>
        history === undefined
          ? { kind: 'unknown' }
          : latencyDispersion(history, bound, this.#settings.block),
    })
    this.#history = undefined
    this.#sums = new Float64Array(plans.length)
    return plans.map((plan) => ({
      plan,
      tallies: {
        canary: { requests: 0, failures: 0 },
        stable: { requests: 0, failures: 0 },
      },
      against: new Evidence(plan.against),
      inFavour: new Evidence(plan.inFavour),
    }))
  }

  /** Against it speaks the average, in its favour the weakest. */
  #together(direction: Direction, of: (evidence: Evidence) => number): number {
    const evidence = this.#evidence ?? []
    for (let k = 0; k < evidence.length; k++) {
      const each = evidence[k]
      if (each !== undefined) this.#sums[k] = of(each[direction])
    }
    return direction === 'against' ? logMeanExp(this.#sums) : least(this.#sums)
  }

  #guarded(direction: Direction): number {
    return this.#together(direction, guarded)
  }

  /** The longest of all bounds; undefined where none has one. */
  #guard(): Duration | undefined {
    return (this.#evidence ?? [])
      .map(({ plan }) => plan.guard)
      .filter((guard) => guard !== undefined)
      .toSorted((a, b) => b - a)[0]
  }

  #at({ plan, against }: LatencyEvidence): SlowerAt {
    return {
      bound: plan.bound,
      canary: slowTally(plan.bound, this.#seen.canary),
      stable: slowTally(plan.bound, this.#seen.stable),
      logE: nats(against.logE()),
    }
  }

  #quantiles(): Extract<LatencyFindings, { kind: 'compared' }>['quantiles'] {
    const bounds = commonBounds(this.#seen.stable, this.#seen.canary)
    const phi = Math.max(1, ...(this.#evidence ?? []).map(({ plan }) => plan.phi))
    const of = (seen: Buckets): ReturnType<typeof quantileIntervals> =>
      quantileIntervals(
        {
          bounds,
          within: bounds.map((bound) => seen.get(bound) ?? 0),
          requests: seen.get(Infinity) ?? 0,
        },
        quantiles,
        intervalAlpha,
        phi,
      )
    const [canary, stable] = [of(this.#seen.canary), of(this.#seen.stable)]
    return quantiles.map((quantile, k) => ({
      quantile,
      canary: canary[k] ?? { low: 0, high: undefined },
      stable: stable[k] ?? { low: 0, high: undefined },
    }))
  }
}

function logE(evidence: Evidence): number {
  return evidence.logE()
}

function guarded(evidence: Evidence): number {
  return evidence.guarded()
}

/**
 * What pods differ for good widens the margin by so many points of the stable side's usual share. A block without the bound says nothing of it: its
 * requests were not all slower.
 */
function weigh({ plan, tallies, against, inFavour }: LatencyEvidence, block: LatencyBlock): void {
  const isThere = block.canary.has(plan.bound) && block.stable.has(plan.bound)
  for (const side of sides) {
    tallies[side].requests = isThere ? (block[side].get(Infinity) ?? 0) : 0
    tallies[side].failures = slowerThan(plan.bound, block[side])
  }
  against.add(tallies, 1, (podFactor(plan.spread, block.serving) - 1) * plan.slow)
  inFavour.add(tallies)
}

function least(values: Float64Array): number {
  let low = Infinity
  for (const value of values) low = Math.min(low, value)
  return low
}

function hasRequests(buckets: Buckets): boolean {
  return (buckets.get(Infinity) ?? 0) > 0
}

function increase(sum: Map<number, number>, more: Buckets): void {
  for (const bound of more.keys()) sum.set(bound, (sum.get(bound) ?? 0) + (more.get(bound) ?? 0))
}
