/**
 * `npm run calibrate`: plays releases, measures our judge and others on the same ones, and writes docs/calibration.md.
 *
 *   --quick      about two minutes on two cores: fewer cells and releases, nothing is written; ends with 1 when a bar is broken
 *   --seed TEXT  the same seed gives the same numbers, on any machine and any number of cores
 *   --runs N     releases in a cell of good canaries; other cells have a part of it
 *   --only TEXT  just the cells whose id has it, on stdout; nothing is written
 *   --workers N  threads; as many as there are cores unless said
 *   --json       everything that was measured, on stdout
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Size } from './asked.ts'
import { type Ruling, rulings } from './bars.ts'
import { charts } from './charts.ts'
import { asJson } from './json.ts'
import { cellsOf, type Wanted } from './plan.ts'
import { playAll } from './pool.ts'
import { progressTo } from './progress.ts'
import { report, standings } from './report.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    runs: { type: 'string' },
    only: { type: 'string', default: '' },
    workers: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

const isQuick = values.quick
const size: Size = { isQuick, runs: Number(values.runs ?? (isQuick ? 120 : 300)) }
const wanted: Wanted = { size, only: values.only }
const workers = Number(values.workers ?? availableParallelism())
const measured = await playAll(cellsOf(wanted), {
  workers,
  data: { seed: values.seed, wanted },
  onProgress: progressTo(process.stderr),
})
const ruled = rulings(measured)
const made = { seed: values.seed, runs: size.runs }
const page = report(made, measured, ruled)
if (!isQuick && wanted.only === '') write()
if (values.json) process.stdout.write(asJson(made, measured, ruled))
else process.stdout.write(wanted.only === '' ? standings(ruled) : `${page}\n`)
process.exitCode = isQuick && ruled.some(isBroken) ? 1 : 0

function write(): void {
  const docs = join(import.meta.dirname, '..', '..', 'docs')
  mkdirSync(join(docs, 'calibration'), { recursive: true })
  writeFileSync(join(docs, 'calibration.md'), page)
  for (const { name, svg } of charts(measured)) {
    writeFileSync(join(docs, 'calibration', `${name}.svg`), svg)
  }
}

function isBroken({ standing }: Ruling): boolean {
  return standing === 'broken'
}
