/** Short words for cells: what is not said is the usual. */
import type { Cell } from './cell.ts'
import type { ContestantName } from './contestants.ts'
import type { Regression, Route } from './release.ts'
import type { World } from './worlds.ts'

export type Size = {
  /** Releases in a cell of good canaries; other cells have a part of it. */
  readonly runs: number
  readonly isQuick: boolean
}

export const none: Regression = { name: 'none' }

const stepped: Route = [
  { until: 600, share: 0.05 },
  { until: 1200, share: 0.1 },
  { until: 1800, share: 0.25 },
  { until: 2400, share: 0.5 },
]

export type RouteName = '5 %' | '10 %' | '25 %' | '50 %' | 'stepped'

const routes: Readonly<Record<RouteName, Route>> = {
  '5 %': [{ until: 1800, share: 0.05 }],
  '10 %': [{ until: 1800, share: 0.1 }],
  '25 %': [{ until: 1800, share: 0.25 }],
  '50 %': [{ until: 1800, share: 0.5 }],
  stepped,
}

export const ours: readonly ContestantName[] = ['Haldane 5 s', 'Haldane 15 s']
export const failureRivals: readonly ContestantName[] = [
  'plain ratio',
  'Argo 99 %',
  'Argo 95 %',
  'Flagger 99 %',
  'Kayenta once',
  'Kayenta every 5 min',
]
export const latencyRivals: readonly ContestantName[] = [
  'plain ratio',
  'Flagger p99 > 500 ms',
  'p99 > 250 ms',
  'Kayenta once',
  'Kayenta every 5 min',
]
export const unlearned: readonly ContestantName[] = [
  'Haldane 5 s, no history',
  'Haldane 15 s, no history',
]

/** Warm-up is left out as the settings do by default, so only what warms up has any. */
const standardWarmup = 120

export type Asked = {
  readonly group: Cell['group']
  readonly world: World
  readonly rps: number
  readonly runs: number
  readonly contestants: readonly ContestantName[]
  readonly route?: RouteName
  readonly ratio?: number
  readonly regression?: Regression
  readonly warmup?: number
}

export function cell(asked: Asked): Cell {
  const { group, world, rps, runs, contestants, route = '5 %', ratio = 0.001 } = asked
  const { regression = none, warmup = world.warmsUp ? standardWarmup : 0 } = asked
  const kind = world.latency === undefined ? 'failures' : 'durations'
  const id = [group, world.name, kind, rps, route, ratio, regression.name, warmup].join(' | ')
  const scenario = { world, rps, ratio, route: routes[route], regression }
  return { id, group, scenario, routeName: route, runs: Math.max(1, runs), contestants, warmup }
}

export function ratesOf({ isQuick }: Size): readonly number[] {
  return isQuick ? [50, 500] : [5, 50, 500, 5000]
}
