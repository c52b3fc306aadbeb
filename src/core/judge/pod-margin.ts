/**
 * The margin that pods differing for good ask for: with one pod, a canary must be worse than a high draw among the stable pods, not just than their
 * average. It shrinks by itself as the canary gets more pods. Source: spec/statistics §3.9.
 *
 *   s2 = log(1 + cv2 / canary pods) + log(1 + cv2 / stable pods)
 *   factor = max(1, exp(z sqrt(s2) - log(1 + cv2 / canary pods) / 2))
 */

/** How much the stable pods differ for good, and how many taught it. */
export type Spread = { readonly cv2: number; readonly pods: number }

export const noSpread: Spread = { cv2: 0, pods: 1 }

/** The draw that a good canary stays below: in 99.4 % of releases. */
const z = 2.5

/** At least 1: how many times as often as the average pod a good canary of `pods` pods may fail. */
export function podFactor(spread: Spread, pods: number): number {
  if (spread.cv2 <= 0) return 1
  const own = Math.log1p(spread.cv2 / Math.max(1, pods))
  const theirs = Math.log1p(spread.cv2 / Math.max(1, spread.pods))
  return Math.max(1, Math.exp(z * Math.sqrt(own + theirs) - own / 2))
}
