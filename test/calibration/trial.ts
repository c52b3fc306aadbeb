/** One release of a cell, watched by all its contestants until each has decided or the release is over. */
import type { Cell } from './cell.ts'
import { contestant } from './contestants.ts'
import { Past } from './ours.ts'
import { Release } from './release.ts'

/** What became of a release in the hands of one contestant. */
export type Outcome = {
  /** Seconds from the start; Infinity where it never spoke. */
  readonly at: number
  /** What the canary had served and failed by then. */
  readonly requests: number
  readonly failures: number
}

/** In the order of the cell's contestants. */
export function play(cell: Cell, seed: string): readonly Outcome[] {
  const release = new Release(cell.scenario, seed)
  const past = new Past(release.history())
  const hasDurations = cell.scenario.world.latency !== undefined
  const given = { warmup: cell.warmup, past, hasDurations }
  const watching = cell.contestants.map((name) => contestant(name, given))
  const outcomes: Outcome[] = watching.map(() => ({ at: Infinity, requests: 0, failures: 0 }))
  const served = { requests: 0, failures: 0 }
  for (const step of release.steps()) {
    for (const { requests, failures } of step.canary) {
      served.requests += requests
      served.failures += failures
    }
    for (const [k, each] of watching.entries()) {
      if (outcomes[k]?.at !== Infinity) continue
      const at = each.sees(step) ? step.at : Infinity
      outcomes[k] = { at, ...served }
    }
    if (outcomes.every(({ at }) => at < Infinity)) break
  }
  return outcomes
}

/** The seed of one release, so that any single one can be played again. */
export function seedOf(seed: string, cell: Cell, run: number): string {
  return `${seed}/${cell.id}/${run}`
}
