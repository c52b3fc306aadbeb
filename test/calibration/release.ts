/** One simulated release: half an hour of the stable pods before it, and then both sides, step by step. The same seed gives the same release. */
import { createRandom } from '../../src/sandbox/random.ts'
import { healthy, istioBounds, type Tail } from './latency-law.ts'
import { Pod, type PodStep, Wander, type Weather } from './pod.ts'
import { Spells } from './spells.ts'
import type { World } from './worlds.ts'

/** Seconds of one step: a scrape interval. */
export const stepSeconds = 5
export const historySeconds = 1800

const podsInAll = 20

/** Which share of the traffic the canary gets, until when. */
export type Route = readonly { readonly until: number; readonly share: number }[]

/** What the canary is like from `onset` on; before, it is as good as the stable side. */
export type Regression = {
  readonly name: string
  readonly ratio?: number
  readonly tail?: Tail
  /** Seconds from the start of the release. */
  readonly onset?: number
}

export type Scenario = {
  readonly world: World
  /** Requests a second, of both sides together. */
  readonly rps: number
  /** The share of requests that a healthy version fails. */
  readonly ratio: number
  readonly route: Route
  readonly regression: Regression
}

export type CanaryStep = PodStep & { readonly pod: string; readonly age: number }

export type Step = {
  /** Seconds from the start of the release to the end of the step. */
  readonly at: number
  readonly canary: readonly CanaryStep[]
  readonly stable: PodStep
  readonly stablePods: number
}

export class Release {
  readonly #scenario: Scenario
  readonly #seed: string
  readonly #stable: readonly Pod[]
  readonly #canary: { readonly name: string; readonly bornAt: number; readonly pod: Pod }[] = []
  readonly #incidents: readonly (readonly [number, number])[]
  readonly #phase: number
  readonly #rests: Spells
  readonly #pace: Wander

  constructor(scenario: Scenario, seed: string) {
    const { world, route } = scenario
    const random = createRandom(`${seed}/service`)
    this.#scenario = scenario
    this.#seed = seed
    this.#stable = Array.from(
      { length: podsInAll },
      (_, k) => new Pod(`${seed}/stable ${k}`, world, -historySeconds),
    )
    this.#phase = random()
    this.#incidents = [-historySeconds, -historySeconds, 0, 0].map((from) => {
      const lasts = 60 + 60 * random()
      const room = (from < 0 ? historySeconds : lengthOf(route)) - lasts
      const start = from + random() * room
      return [start, start + lasts] as const
    })
    this.#rests = new Spells(random, { every: 120, lasting: 60 }, -historySeconds)
    this.#pace = new Wander(random, { deviation: 0.15, memory: 120 })
  }

  /** What each of the stable pods served in each step before the release; asked once, and first. */
  history(): readonly (readonly PodStep[])[] {
    return Array.from({ length: historySeconds / stepSeconds }, (_, k) => {
      const sky = this.#sky(k * stepSeconds - historySeconds)
      const weather = { ...sky, load: sky.load / podsInAll }
      return this.#stable.map((pod) => pod.serve(weather, false))
    })
  }

  /** The steps of the release, each drawn when asked for. */
  *steps(): Generator<Step> {
    for (let from = 0; from < lengthOf(this.#scenario.route); from += stepSeconds) {
      yield this.#step(from)
    }
  }

  #step(from: number): Step {
    const share = shareAt(this.#scenario.route, from)
    const pods = Math.max(1, Math.round(podsInAll * share))
    this.#grow(pods, from)
    const sky = this.#sky(from)
    const stablePods = podsInAll - pods
    const stable = { ...sky, load: (sky.load * (1 - share)) / stablePods }
    const canary = { ...this.#version(sky), load: (sky.load * share) / pods }
    return {
      at: from + stepSeconds,
      canary: this.#canary.map(({ name, bornAt, pod }) => ({
        pod: name,
        age: from - bornAt,
        ...pod.serve(canary, true),
      })),
      stable: sumOf(this.#stable.slice(0, stablePods).map((pod) => pod.serve(stable, false))),
      stablePods,
    }
  }

  #grow(pods: number, bornAt: number): void {
    while (this.#canary.length < pods) {
      const name = `canary ${this.#canary.length}`
      const pod = new Pod(`${this.#seed}/${name}`, this.#scenario.world, bornAt)
      this.#canary.push({ name, bornAt, pod })
    }
  }

  /** What a healthy version meets; `load` is that of the whole service. */
  #sky(from: number): Weather {
    const { world, rps, ratio } = this.#scenario
    const to = from + stepSeconds
    const tide = world.drifts ? 1 + 0.4 * Math.sin(2 * Math.PI * (from / 1800 + this.#phase)) : 1
    const flowing = world.rests ? 1 - this.#rests.during(from, to) : 1
    return {
      from,
      to,
      load: rps * stepSeconds * tide * flowing,
      ratio,
      tail: healthy,
      incident: world.incidents ? this.#incidentDuring(from, to) : 0,
      pace: world.latency?.wanders ? Math.exp(this.#pace.next(stepSeconds)) : 1,
    }
  }

  #version(sky: Weather): Weather {
    const { ratio = sky.ratio, tail = sky.tail, onset = 0 } = this.#scenario.regression
    return sky.from < onset ? sky : { ...sky, ratio, tail }
  }

  #incidentDuring(from: number, to: number): number {
    const parts = this.#incidents.map(([start, end]) =>
      Math.max(0, Math.min(end, to) - Math.max(start, from)),
    )
    return Math.min(1, parts.reduce((sum, part) => sum + part, 0) / (to - from))
  }
}

export function lengthOf(route: Route): number {
  return route.at(-1)?.until ?? 0
}

/** What a histogram of Prometheus counts: the last holds all requests. */
const bounds: readonly number[] = [...istioBounds, Infinity]

/** The requests up to each bound. */
export function cumulative(durations: readonly number[]): ReadonlyMap<number, number> {
  const buckets = new Map<number, number>()
  let sum = 0
  for (const [k, bound] of bounds.entries()) {
    sum += durations[k] ?? 0
    buckets.set(bound, sum)
  }
  return buckets
}

/** What Prometheus calls the bounds. */
export const boundNames: readonly string[] = [...istioBounds.map(String), '+Inf']

export function sumOf(pods: readonly PodStep[]): PodStep {
  let [requests, failures] = [0, 0]
  const durations = (pods[0]?.durations ?? []).map(() => 0)
  for (const pod of pods) {
    requests += pod.requests
    failures += pod.failures
    for (const [k, count] of pod.durations.entries()) durations[k] = (durations[k] ?? 0) + count
  }
  return { requests, failures, durations }
}

function shareAt(route: Route, seconds: number): number {
  return route.find(({ until }) => seconds < until)?.share ?? 0
}
