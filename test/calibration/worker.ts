/** A worker thread: makes the same plan as the main thread and plays what it is told. */
import { parentPort, workerData } from 'node:worker_threads'
import { cellsOf, type Wanted } from './plan.ts'
import type { Done, Task } from './pool.ts'
import { play, seedOf } from './trial.ts'

const { seed, wanted }: { readonly seed: string; readonly wanted: Wanted } = workerData
const cells = cellsOf(wanted)

parentPort?.on('message', (task: Task) => parentPort?.postMessage(done(task), []))

function done(task: Task): Done {
  const cell = cells[task.index]
  if (cell === undefined) throw new Error(`the plan has no cell ${task.index}`)
  const runs = Array.from({ length: task.to - task.from }, (_, k) =>
    play(cell, seedOf(seed, cell, task.from + k)),
  )
  return { ...task, runs }
}
