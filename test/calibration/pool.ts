/** Plays all cells on all cores. What is played does not depend on how many there are: each release has its own seed. */
import { Worker } from 'node:worker_threads'
import type { Cell } from './cell.ts'
import { type Measured, measure } from './tally.ts'
import type { Outcome } from './trial.ts'

/** Releases `from` to `to` (excluded) of a cell, the `index`-th of the plan. */
export type Task = { readonly index: number; readonly from: number; readonly to: number }

/** `runs` are in order, each with the outcomes of all contestants. */
export type Done = Task & { readonly runs: readonly (readonly Outcome[])[] }

export type Crew = {
  readonly workers: number
  /** What a worker needs to make the same plan. */
  readonly data: unknown
  readonly onProgress: (played: number, all: number) => void
}

/** So many releases at a time. */
const portion = 10

export async function playAll(cells: readonly Cell[], crew: Crew): Promise<readonly Measured[]> {
  const tasks = tasksOf(cells)
  const played = cells.map((): (readonly Outcome[])[] => [])
  const all = cells.reduce((sum, { runs }) => sum + runs, 0)
  let finished = 0
  const take = ({ index, from, runs }: Done): void => {
    for (const [k, outcomes] of runs.entries()) {
      const own = played[index]
      if (own !== undefined) own[from + k] = outcomes
    }
    finished += runs.length
    crew.onProgress(finished, all)
  }
  const hands = Array.from({ length: crew.workers }, () => work(tasks, crew.data, take))
  await Promise.all(hands)
  return cells.map((cell, index) => measure(cell, played[index] ?? []))
}

/** One worker, until no task is left. */
function work(tasks: Task[], workerData: unknown, take: (done: Done) => void): Promise<void> {
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  })
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const task = tasks.shift()
      if (task !== undefined) worker.postMessage(task, [])
      else worker.terminate().then(() => resolve(), reject)
    }
    worker.on('error', reject)
    worker.on('message', (done: Done) => {
      take(done)
      next()
    })
    next()
  })
}

function tasksOf(cells: readonly Cell[]): Task[] {
  return cells.flatMap(({ runs }, index) =>
    Array.from({ length: Math.ceil(runs / portion) }, (_, k) => ({
      index,
      from: k * portion,
      to: Math.min(runs, (k + 1) * portion),
    })),
  )
}
