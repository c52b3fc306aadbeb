/**
 * Versions of the proxies that count on both sides. While istiod is upgraded only new pods get the new proxy, and those of the canary are new.
 *
 * Since Envoy 1.38 (Istio 1.30) a classic bucket holds what rounds down to its bound: `le="100"` has everything below 110 ms, before it was below
 * 100 ms. A canary with the newer proxy then looks quicker by six to twelve points at 100 or 1000 ms, with the same code. So such sides are not compared.
 * Source: spec/istio-prometheus-grafana §1.9.
 */
import type { Instant } from '../units.ts'
import type { Series } from './reading.ts'
import { sideOfPod, type Trial } from './trial.ts'
import type { Side } from './verdict.ts'

/** Istio's tags, sorted; empty while nobody told. */
export type Versions = Readonly<Record<Side, readonly string[]>>

export const unknownVersions: Versions = { canary: [], stable: [] }

/** At each instant, the versions of those that told theirs. */
export function versionsIn(
  series: readonly Series[],
  trial: Trial,
): ReadonlyMap<Instant, Versions> {
  const found = new Map<Instant, Record<Side, Set<string>>>()
  for (const { labels, samples } of series) {
    const side = sideOfPod(trial, labels['pod'] ?? '')
    const tag = labels['tag'] ?? ''
    if (side === undefined || tag === '') continue
    for (const { at } of samples) {
      const there = found.get(at) ?? { canary: new Set(), stable: new Set() }
      found.set(at, there)
      there[side].add(tag)
    }
  }
  return new Map(
    [...found].map(([at, { canary, stable }]) => [
      at,
      { canary: [...canary].toSorted(), stable: [...stable].toSorted() },
    ]),
  )
}

/** A side that tells nothing now is taken for what it was. */
export function after(before: Versions, now: Versions | undefined): Versions {
  if (now === undefined) return before
  return {
    canary: now.canary.length > 0 ? now.canary : before.canary,
    stable: now.stable.length > 0 ? now.stable : before.stable,
  }
}

/** Whether both sides told, and not the same. */
export function areDifferent({ canary, stable }: Versions): boolean {
  return canary.length > 0 && stable.length > 0 && canary.join(' ') !== stable.join(' ')
}

/** Whether a bucket of one proxy holds other times than the same bucket of another. */
export function countDifferently(versions: Versions): boolean {
  if (!areDifferent(versions)) return false
  return new Set([...versions.canary, ...versions.stable].map(roundingOf)).size > 1
}

/** Of a tag that is no version only it itself is known. */
function roundingOf(tag: string): string {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(tag) ?? []
  if (major === undefined) return tag
  return Number(major) === 1 && Number(minor) < 30 ? 'below' : 'roundedDown'
}
