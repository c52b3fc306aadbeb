/** What the callers' proxies saw: how traffic is really split, and failures that reached no pod. The latter count against the side they were sent to: no pod can own them. */
import { type Instant, type Share, share } from '../units.ts'
import { countsOf } from './blocks.ts'
import { Counters, type Increment } from './counters.ts'
import { isUndelivered } from './failures.ts'
import { looksOf, type Window } from './looks.ts'
import type { Series } from './reading.ts'
import type { FailureRule } from './settings.ts'
import { sideOfService, type Trial } from './trial.ts'
import type { Side } from './verdict.ts'

export type Traffic = { readonly canary: number; readonly stable: number }

/** The share is that of the newest looks with traffic, so that it follows the weight. */
const newestLooks = 4

export class Callers {
  readonly #trial: Trial
  readonly #rule: FailureRule
  readonly #counters = new Counters()
  #newest: readonly Traffic[] = []
  #undelivered: Traffic = { canary: 0, stable: 0 }
  #untaken: readonly { readonly at: Instant; readonly lost: Traffic }[] = []
  #heardUntil: Instant | undefined

  constructor(trial: Trial, rule: FailureRule) {
    this.#trial = trial
    this.#rule = rule
  }

  /** Looks that were heard already are passed over. */
  hear(series: readonly Series[], window: Window): void {
    for (const { at, values } of looksOf(series, window)) {
      if (values.length === 0 || (this.#heardUntil !== undefined && at <= this.#heardUntil))
        continue
      this.#heardUntil = at
      this.#add(at, this.#counters.advance(at, values))
    }
  }

  get undelivered(): Traffic {
    return this.#undelivered
  }

  /** Failures that reached no pod until `at`, each told once. */
  takeUndelivered(at: Instant): Traffic {
    const taken = this.#untaken.filter((each) => each.at <= at)
    this.#untaken = this.#untaken.filter((each) => each.at > at)
    return taken.reduce((total, { lost }) => sumOf(total, lost), { canary: 0, stable: 0 })
  }

  /** Undefined without traffic. */
  canaryShare(): Share | undefined {
    const canary = sum(this.#newest.map((traffic) => traffic.canary))
    const all = canary + sum(this.#newest.map((traffic) => traffic.stable))
    return all > 0 ? share(canary / all) : undefined
  }

  #add(at: Instant, increments: readonly Increment[]): void {
    const traffic = this.#trafficIn(increments)
    if (traffic.canary + traffic.stable > 0) {
      this.#newest = [...this.#newest, traffic].slice(-newestLooks)
    }
    const lost = this.#trafficIn(
      increments.filter(({ of }) => isUndelivered(of.labels['response_flags'] ?? '-')),
    )
    this.#undelivered = sumOf(this.#undelivered, lost)
    if (lost.canary + lost.stable > 0) this.#untaken = [...this.#untaken, { at, lost }]
  }

  #trafficIn(increments: readonly Increment[]): Traffic {
    return {
      canary: this.#requestsOf('canary', increments),
      stable: this.#requestsOf('stable', increments),
    }
  }

  #requestsOf(side: Side, increments: readonly Increment[]): number {
    const its = increments.filter(
      ({ of }) => sideOfService(this.#trial, of.labels['destination_service_name'] ?? '') === side,
    )
    return sum(its.map(({ of, amount }) => countsOf(of.labels, amount, this.#rule).requests))
  }
}

function sumOf(a: Traffic, b: Traffic): Traffic {
  return { canary: a.canary + b.canary, stable: a.stable + b.stable }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
