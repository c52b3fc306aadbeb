/** What of `latency` in a judge's body needs a reader of its own. */
import type { LatencyRule, Preset } from '../judge/settings.ts'
import { parseDuration } from '../units.ts'
import { readNumber } from './values.ts'

/** How much slower is fine where nobody says so. */
const margins: Readonly<Record<Preset, number>> = { strict: 0.02, default: 0.05, lenient: 0.1 }

export const boundWords = 'milliseconds such as 250, or a length of time such as 250ms'
export const slowdownWords = 'a percentage such as 5%, or a share such as 0.05; below 50%'

export function toLatency(
  rule: { readonly margin?: number | undefined; readonly bounds?: readonly number[] | undefined },
  preset: Preset,
): LatencyRule {
  return { margin: rule.margin ?? margins[preset], bounds: rule.bounds }
}

/** In milliseconds, which is what Istio's bounds are. */
export function readBound(value: unknown): number | undefined {
  const bound = readNumber(value) ?? (typeof value === 'string' ? parseDuration(value) : undefined)
  return bound !== undefined && bound > 0 ? bound : undefined
}
