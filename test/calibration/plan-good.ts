/** Canaries that are as good as the stable side, or as good as: what should not be rolled back, and what should pass. */

import {
  cell,
  failureRivals,
  latencyRivals,
  ours,
  type RouteName,
  ratesOf,
  type Size,
  unlearned,
} from './asked.ts'
import type { Cell } from './cell.ts'
import type { ContestantName } from './contestants.ts'
import { slowed } from './latency-law.ts'
import type { Regression } from './release.ts'
import { failureWorlds, latencyWorlds } from './worlds.ts'

export function falseRollbacks(size: Size): readonly Cell[] {
  const group = 'false rollback' as const
  const rivals = size.isQuick ? [] : failureRivals
  const cells = Object.values(failureWorlds).flatMap((world) =>
    ratesOf(size).map((rps) =>
      cell({
        group,
        world,
        rps,
        route: 'stepped',
        runs: size.runs,
        contestants: [...ours, ...rivals],
      }),
    ),
  )
  if (size.isQuick) return cells
  const { clean, shared, podburst, all } = failureWorlds
  const runs = Math.round(size.runs / 2)
  const untaught = [clean, shared, podburst, all].map((world) =>
    cell({ group, world, rps: 500, ratio: 0.001, route: 'stepped', runs, contestants: unlearned }),
  )
  const onePercent = [clean, podburst].map((world) =>
    cell({
      group,
      world,
      rps: 500,
      ratio: 0.01,
      route: 'stepped',
      runs,
      contestants: [...ours, ...rivals],
    }),
  )
  return [
    ...cells,
    ...untaught.map((each) => ({ ...each, id: `${each.id} | no history` })),
    ...onePercent,
  ]
}

export function slowFalseRollbacks(size: Size): readonly Cell[] {
  const group = 'false rollback, latency' as const
  const runs = Math.round(size.runs / 6)
  const rivals = size.isQuick ? [] : latencyRivals
  return Object.values(latencyWorlds).flatMap((world) =>
    (size.isQuick ? [500] : [50, 500, 5000]).map((rps) =>
      cell({ group, world, rps, route: 'stepped', runs, contestants: [...ours, ...rivals] }),
    ),
  )
}

export function beyondReach(size: Size): readonly Cell[] {
  if (size.isQuick) return []
  const group = 'beyond reach' as const
  const runs = Math.round(size.runs / 2)
  const contestants = [...ours, ...failureRivals]
  const base = { group, route: 'stepped', runs, contestants } as const
  return [
    cell({ ...base, world: failureWorlds.warmUp, rps: 500, warmup: 0 }),
    ...[1.05, 1.1, 1.15].map((times) =>
      cell({
        ...base,
        world: failureWorlds.clean,
        rps: 5000,
        regression: { name: `${times} times`, ratio: 0.001 * times },
      }),
    ),
  ]
}

const passing: readonly ContestantName[] = [
  'proof 5 s',
  'proof 15 s',
  'verdict 5 s',
  'verdict 15 s',
]

export function passes(size: Size): readonly Cell[] {
  const { clean, shared, podburst } = failureWorlds
  const worlds = size.isQuick ? [clean] : [clean, shared, podburst, latencyWorlds.clean]
  const rates = size.isQuick ? [500] : [50, 500, 5000]
  const runs = Math.round(size.runs / (size.isQuick ? 8 : 10))
  return worlds.flatMap((world) =>
    rates.map((rps) => cell({ group: 'pass', world, rps, runs, contestants: passing })),
  )
}

/** The canary is worse by exactly the pass margin: half a point more failures, or a tenth slower. */
export function falsePasses(size: Size): readonly Cell[] {
  const contestants = ['evidence 15 s', 'verdict 5 s', 'verdict 15 s'] as const
  const base = { group: 'false pass' as const, contestants, runs: Math.round(size.runs / 4) }
  const shapes: readonly RouteName[] = size.isQuick ? ['5 %'] : ['5 %', 'stepped']
  const rates = size.isQuick ? [500] : [50, 500, 5000]
  const failing = shapes.flatMap((route) =>
    rates.map((rps) =>
      cell({ ...base, world: failureWorlds.clean, rps, route, regression: failingByTheMargin }),
    ),
  )
  if (size.isQuick) return failing
  const runs = Math.round(size.runs / 6)
  const slow = { ...base, runs, world: latencyWorlds.clean, regression: slowByTheMargin }
  return [...failing, ...[500, 5000].map((rps) => cell({ ...slow, rps }))]
}

const failingByTheMargin: Regression = { name: 'worse by the margin', ratio: 0.006 }
const slowByTheMargin: Regression = { name: 'slower by the margin', tail: slowed(1.1) }
