/** Canaries that are worse: how soon they are found. */

import {
  type Asked,
  cell,
  failureRivals,
  latencyRivals,
  none,
  ours,
  ratesOf,
  type Size,
} from './asked.ts'
import type { Cell } from './cell.ts'
import { slowed, slowMode, tailDoubled } from './latency-law.ts'
import type { Regression } from './release.ts'
import { type FailureWorld, failureWorlds, type LatencyWorld, latencyWorlds } from './worlds.ts'

const changes: readonly (readonly [from: number, to: number])[] = [
  [0.001, 0.002],
  [0.001, 0.005],
  [0.001, 0.01],
  [0.001, 0.03],
  [0.001, 1],
  [0.01, 0.02],
  [0.01, 0.05],
]

export function changeName(from: number, to: number): string {
  return `${100 * from} → ${100 * to} %`
}

function becoming(from: number, to: number): Pick<Asked, 'ratio' | 'regression'> {
  return { ratio: from, regression: { name: changeName(from, to), ratio: to } }
}

export function detections(size: Size): readonly Cell[] {
  const runs = Math.round(size.runs / 4)
  const rivals = size.isQuick ? [] : failureRivals
  const wanted = size.isQuick ? changes.filter(([from, to]) => from < 0.01 && to >= 0.01) : changes
  return wanted.flatMap(([from, to]) =>
    ratesOf(size).map((rps) =>
      cell({
        group: 'detection',
        world: failureWorlds.clean,
        rps,
        runs,
        contestants: [...ours, ...rivals],
        ...becoming(from, to),
      }),
    ),
  )
}

export function otherWeights(size: Size): readonly Cell[] {
  if (size.isQuick) return []
  const weights = ['10 %', '25 %', '50 %', 'stepped'] as const
  return weights.flatMap((route) =>
    [[0.001, 0.005] as const, [0.001, 0.01] as const].flatMap(([from, to]) =>
      [50, 500].map((rps) =>
        cell({
          group: 'detection',
          world: failureWorlds.clean,
          rps,
          route,
          runs: Math.round(size.runs / 8),
          contestants: ours,
          ...becoming(from, to),
        }),
      ),
    ),
  )
}

export function detectionsInBadWorlds(size: Size): readonly Cell[] {
  const names: readonly FailureWorld[] = size.isQuick
    ? ['uneven7', 'podburst']
    : ['shared', 'podburst', 'cluster', 'all', 'uneven3', 'uneven7', 'retries', 'stopAndGo']
  const wanted = [[0.001, 0.01] as const, [0.001, 0.03] as const]
  return names.flatMap((name) =>
    wanted.map(([from, to]) =>
      cell({
        group: 'detection',
        world: failureWorlds[name],
        rps: 500,
        runs: Math.round(size.runs / (size.isQuick ? 8 : 4)),
        contestants: size.isQuick ? ours : [...ours, ...failureRivals],
        ...becoming(from, to),
      }),
    ),
  )
}

export function lateOnsets(size: Size): readonly Cell[] {
  const onsets = size.isQuick ? [900] : [300, 900]
  const ends = size.isQuick ? [0.01] : [0.005, 0.01, 1]
  return onsets.flatMap((onset) =>
    ends.map((to) => {
      const { ratio = 0.001, regression = none } = becoming(0.001, to)
      return cell({
        group: 'late onset',
        world: failureWorlds.clean,
        rps: 500,
        runs: Math.round(size.runs / 4),
        contestants: size.isQuick ? ours : [...ours, 'Argo 99 %', 'Kayenta every 5 min'],
        ratio,
        regression: { ...regression, name: `${regression.name} from ${onset} s on`, onset },
      })
    }),
  )
}

const slowings: readonly Regression[] = [
  { name: 'everything +10 %', tail: slowed(1.1) },
  { name: 'everything +25 %', tail: slowed(1.25) },
  { name: 'slowest 2 % twice as slow', tail: tailDoubled },
  { name: '2 % of requests +1 s', tail: slowMode },
]

export function slowDetections(size: Size): readonly Cell[] {
  const names: readonly LatencyWorld[] = size.isQuick ? ['clean'] : ['clean', 'podfx', 'gc']
  return names.flatMap((name) =>
    slowings.flatMap((regression) =>
      (size.isQuick ? [500] : [50, 500]).map((rps) =>
        cell({
          group: 'detection, latency',
          world: latencyWorlds[name],
          rps,
          runs: Math.round(size.runs / 10),
          contestants: size.isQuick ? ours : [...ours, ...latencyRivals],
          regression,
        }),
      ),
    ),
  )
}
