/** How fast anybody could be. Source: spec/statistics §9. */
import type { Scenario } from './release.ts'

const alpha = 0.01

/**
 * Seconds that a sequential test needs on average, to first order, to tell such a canary from a good one with 1 % false alarms, when it does not know
 * the stable side's failure ratio and that may move (Wald).
 */
export function leastSeconds({ rps, ratio, route, regression }: Scenario): number {
  const share = route[0]?.share ?? 0
  const canary = share * (regression.ratio ?? ratio)
  const stable = (1 - share) * ratio
  const own = canary / (canary + stable)
  const information = own * Math.log(own / share) + (1 - own) * Math.log((1 - own) / (1 - share))
  return -Math.log(alpha) / (rps * (canary + stable) * information)
}
