/**
 * Differences of counters, look by look.
 *
 * What it promises: a request that a proxy counted while it was watched is counted here once, at the first look that shows it. Never twice: where the
 * store contradicts itself the lower number is believed.
 *
 *   what is there at the very first look      only the starting point
 *   a new proxy, or a new counter of one      from 0: Istio's series are born with their first event, and that event matters
 *   a missing look                            its requests come with the next one
 *   all of a proxy falls to at most half      it restarted: what fell counts from 0
 *   a counter that vanished comes back lower  it was evicted: counts from 0
 *   a counter alone falls a little            the store's doing: the highest value is held
 */
import type { Instant } from '../units.ts'
import type { Value } from './looks.ts'

export type Increment = { readonly of: Value; readonly amount: number }

type Counter = { highest: number; seenAt: Instant }
type Proxy = { readonly counters: Map<string, Counter>; seenAt: Instant }

export class Counters {
  readonly #proxies = new Map<string, Proxy>()
  #restarts = 0
  #stepsBack = 0

  get restarts(): number {
    return this.#restarts
  }

  get stepsBack(): number {
    return this.#stepsBack
  }

  /** What was counted since the look before. Looks come in order of time; empty ones need not come. */
  advance(at: Instant, values: readonly Value[]): readonly Increment[] {
    const isFirst = this.#proxies.size === 0
    const byProxy = Map.groupBy(values, ({ proxy }) => proxy)
    return [...byProxy].flatMap(([name, counts]) => this.#advanceProxy(name, at, counts, isFirst))
  }

  #advanceProxy(
    name: string,
    at: Instant,
    values: readonly Value[],
    isFirst: boolean,
  ): readonly Increment[] {
    const proxy = this.#proxies.get(name) ?? { counters: new Map<string, Counter>(), seenAt: at }
    this.#proxies.set(name, proxy)
    const increments = hasRestarted(proxy, values)
      ? this.#restart(proxy, values)
      : values.map((value) => ({ of: value, amount: this.#difference(proxy, value) }))
    for (const { key, count } of values) {
      const highest = Math.max(count, proxy.counters.get(key)?.highest ?? 0)
      proxy.counters.set(key, { highest, seenAt: at })
    }
    proxy.seenAt = at
    return isFirst ? [] : increments
  }

  /** What fell counts from 0; what did not fall is believed to have gone on, so that nothing counts twice. */
  #restart(proxy: Proxy, values: readonly Value[]): readonly Increment[] {
    this.#restarts += 1
    return values.map((value) => {
      const highest = proxy.counters.get(value.key)?.highest ?? 0
      proxy.counters.delete(value.key)
      return { of: value, amount: value.count < highest ? value.count : value.count - highest }
    })
  }

  #difference(proxy: Proxy, { key, count }: Value): number {
    const counter = proxy.counters.get(key)
    if (counter === undefined) return count
    if (count >= counter.highest) return count - counter.highest
    if (counter.seenAt < proxy.seenAt) {
      proxy.counters.delete(key)
      return count
    }
    this.#stepsBack += 1
    return 0
  }
}

/** A restart takes all counters of a proxy down together. Judged by those that are there before and after. */
function hasRestarted(proxy: Proxy, values: readonly Value[]): boolean {
  let before = 0
  let after = 0
  for (const { key, count } of values) {
    const counter = proxy.counters.get(key)
    if (counter?.seenAt !== proxy.seenAt) continue
    before += counter.highest
    after += count
  }
  return before > 0 && after <= before / 2
}
