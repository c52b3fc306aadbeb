/** Everything that was measured, for programs. */
import type { Ruling } from './bars.ts'
import { type Measured, quantileTime, type Tally } from './tally.ts'

/** What the numbers depend on. */
export type Made = { readonly seed: string; readonly runs: number }

export function asJson(
  made: Made,
  measured: readonly Measured[],
  ruled: readonly Ruling[],
): string {
  const cells = measured.map(({ cell, tallies }) => ({
    id: cell.id,
    group: cell.group,
    world: cell.scenario.world.name,
    rps: cell.scenario.rps,
    route: cell.routeName,
    ratio: cell.scenario.ratio,
    regression: cell.scenario.regression.name,
    tallies: tallies.map(tallyJson),
  }))
  const bars = ruled.map(({ bar, worst, standing }) => ({
    name: bar.name,
    limit: bar.limit,
    standing,
    cell: worst?.cell.id ?? null,
    contestant: worst?.tally.contestant ?? null,
    value: finite(worst?.value),
  }))
  return `${JSON.stringify({ ...made, bars, cells }, undefined, 1)}\n`
}

/** Times that half or more never reached are null. */
function tallyJson(tally: Tally): unknown {
  const { contestant, runs, spoke, early, requests, failures } = tally
  const median = finite(quantileTime(tally, 0.5))
  const p95 = finite(quantileTime(tally, 0.95))
  return { contestant, runs, spoke, early, median, p95, requests, failures }
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}
