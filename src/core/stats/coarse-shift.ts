/**
 * The bounds of `shift-interval.ts` as Kayenta searches them: Brent's method on W, stopped at an absolute 1e-4.
 *
 * W is a step function, so what comes out lies within about 1e-4 of a jump, and where depends on the path. Data of that size (error ratios,
 * seconds) and data that is mostly zero therefore get arbitrary bounds, and the unit decides the verdict (spec/kayenta §5.4). It is here so that
 * a score can be compared with Kayenta's own; use the exact one to judge.
 */
import { brentRoot } from './brent.ts'
import { rankScore, type SortedSamples } from './rank-score.ts'
import { criticalValue, isComparable, type Shift } from './shift-interval.ts'

/** Undefined where the exact interval is. */
export function coarseShift(samples: SortedSamples, level: number): Shift | undefined {
  if (!isComparable(samples)) return undefined
  const { canary, stable } = samples
  const from = (canary[0] ?? 0) - (stable.at(-1) ?? 0)
  const to = (canary.at(-1) ?? 0) - (stable[0] ?? 0)
  const scoreBeyond = (bar: number) => (shift: number) => (rankScore(samples, shift) ?? NaN) - bar
  const bound = (bar: number): number => {
    const score = scoreBeyond(bar)
    if (score(from) <= 0) return from
    return score(to) >= 0 ? to : brentRoot(score, from, to)
  }
  const reach = criticalValue(level)
  return { low: bound(reach), high: bound(-reach), estimate: brentRoot(scoreBeyond(0), from, to) }
}
