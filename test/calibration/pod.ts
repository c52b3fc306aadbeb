/** One pod of the simulated service: what it serves in a step, and how that ends. */
import { createRandom, type Random } from '../../src/sandbox/random.ts'
import { binomial, multinomial, poisson } from '../../src/sandbox/sampling.ts'
import { istioBounds, type Tail } from './latency-law.ts'
import { normal, Spells } from './spells.ts'
import type { World } from './worlds.ts'

/** What a pod served in one step. */
export type PodStep = {
  readonly requests: number
  readonly failures: number
  /** Requests that did not fail by bucket, one for each of `istioBounds` and one beyond; empty where requests have no duration. */
  readonly durations: readonly number[]
}

/** What comes to all pods of a side alike, in one step. */
export type Weather = {
  readonly from: number
  readonly to: number
  /** Requests that are expected at each pod. */
  readonly load: number
  /** The share of requests that the version fails. */
  readonly ratio: number
  readonly tail: Tail
  /** The part of the step that an incident takes. */
  readonly incident: number
  /** By how much all pods are slower together. */
  readonly pace: number
}

const burst = { every: 1200, lasting: 10 } as const
const pause = { every: 300, lasting: 5 } as const
const burstPoints = 0.2
const incidentPoints = 0.05
const clusterSize = 5
/** How a pod's own pace wanders: 4 %, forgotten within a minute. */
const wander = { deviation: 0.04, memory: 60 } as const

export class Pod {
  readonly #world: World
  readonly #bornAt: number
  readonly #random: Random
  readonly #level: number
  readonly #speed: number
  readonly #bursts: Spells
  readonly #pauses: Spells
  readonly #wander: Wander

  /** `isFresh` pods are those that a release starts; only they warm up. */
  constructor(seed: string, world: World, bornAt: number) {
    this.#world = world
    this.#bornAt = bornAt
    this.#random = createRandom(seed)
    const { unevenness, latency } = world
    this.#level = Math.exp(unevenness * normal(this.#random) - unevenness ** 2 / 2)
    this.#speed = Math.exp((latency?.unevenness ?? 0) * normal(this.#random))
    this.#bursts = new Spells(this.#random, burst, bornAt)
    this.#pauses = new Spells(this.#random, pause, bornAt)
    this.#wander = new Wander(this.#random, wander)
  }

  serve(weather: Weather, isFresh: boolean): PodStep {
    const asked = poisson(this.#random, weather.load)
    const age = isFresh ? weather.from - this.#bornAt : Infinity
    const { requests, failures } = this.#failures(asked, this.#chance(weather, age))
    const { latency } = this.#world
    const durations = latency ? this.#durations(requests - failures, weather, age) : []
    return { requests, failures, durations }
  }

  #chance({ from, to, ratio, incident }: Weather, age: number): number {
    const { bursts, warmsUp } = this.#world
    if (ratio >= 1) return 1
    const burstPart = bursts ? this.#bursts.during(from, to) : 0
    const warming = warmsUp ? 0.02 * Math.exp(-age / 30) : 0
    const chance = ratio * this.#level + incidentPoints * incident
    return Math.min(1, chance + burstPoints * burstPart + warming)
  }

  #failures(asked: number, chance: number): Pick<PodStep, 'requests' | 'failures'> {
    if (chance >= 1) return { requests: asked, failures: asked }
    switch (this.#world.coming) {
      case 'alone':
        return { requests: asked, failures: binomial(this.#random, asked, chance) }
      case 'clusters':
        return { requests: asked, failures: Math.min(asked, this.#clusters(asked * chance)) }
      case 'threes': {
        const failed = binomial(this.#random, asked, chance / 3)
        return { requests: asked + 2 * failed, failures: 3 * failed }
      }
    }
  }

  /** Sizes are geometric from 1 on. */
  #clusters(expected: number): number {
    const more = Math.log(1 - 1 / clusterSize)
    let failures = 0
    for (let left = poisson(this.#random, expected / clusterSize); left > 0; left--) {
      failures += 1 + Math.floor(Math.log(1 - this.#random()) / more)
    }
    return failures
  }

  #durations(served: number, weather: Weather, age: number): readonly number[] {
    const pace = this.#pace(weather, age)
    const paused = this.#world.latency?.pauses ? this.#pauses.during(weather.from, weather.to) : 0
    const slower = (bound: number): number =>
      blend(paused, 1.8, (pausing) =>
        blend(weather.incident, 2, (incident) => weather.tail(bound / (pace * pausing * incident))),
      )
    const tails = istioBounds.map(slower)
    const shares = [1, ...tails].map((tail, k) => Math.max(0, tail - (tails[k] ?? 0)))
    return multinomial(this.#random, served, shares)
  }

  #pace({ from, to, pace }: Weather, age: number): number {
    const own = this.#world.latency?.wanders ? Math.exp(this.#wander.next(to - from)) : 1
    const warming = this.#world.warmsUp ? 1 + 1.5 * Math.exp(-age / 40) : 1
    return pace * this.#speed * own * warming
  }
}

/** A value that wanders around zero and forgets where it was (AR(1)). */
export class Wander {
  readonly #random: Random
  readonly #deviation: number
  readonly #memory: number
  #value: number

  constructor(random: Random, plan: { readonly deviation: number; readonly memory: number }) {
    this.#random = random
    this.#deviation = plan.deviation
    this.#memory = plan.memory
    this.#value = plan.deviation * normal(random)
  }

  next(seconds: number): number {
    const kept = Math.exp(-seconds / this.#memory)
    const fresh = this.#deviation * Math.sqrt(1 - kept ** 2) * normal(this.#random)
    this.#value = kept * this.#value + fresh
    return this.#value
  }
}

/** The average over a part in which a factor applies and the rest in which it does not. */
function blend(part: number, factor: number, of: (factor: number) => number): number {
  if (part <= 0) return of(1)
  return part * of(factor) + (1 - part) * of(1)
}
