/**
 * `npm run bench:controller`: what a release costs the controller and the API server, ours and Argo's in one run.
 *
 *   --n 1,100,1000   how many Rollouts; docs/benchmarks.{md,json} are written only for the usual list with both controllers
 *   --only NAME      argo or haldane
 *   --long           also 10,000 Rollouts that are created and left alone, for ours
 *   --idle SECONDS   120 unless said
 *   --json           the figures on stdout, else the page
 *   --from FILES     the figures of runs with --json, on this machine, instead of playing: writes the docs of a run in parts
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Machine, pageOf } from './page.ts'
import { play, type Wish } from './play.ts'
import { type Row, rowOf } from './row.ts'
import { argo, build, haldane } from './subject.ts'

const usual = '1,100,1000'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: usual },
    only: { type: 'string', default: '' },
    long: { type: 'boolean', default: false },
    idle: { type: 'string', default: '120' },
    json: { type: 'boolean', default: false },
    from: { type: 'string', default: '' },
  },
})

const rows = values.from === '' ? await played() : values.from.split(',').flatMap(recorded)
const machine: Machine = {
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  idleSeconds: Number(values.idle),
  inParts: values.from !== '',
}
if (values.from !== '' || (values.n === usual && values.only === '')) write()
process.stdout.write(values.json ? asJson() : pageOf(rows, machine))

async function played(): Promise<readonly Row[]> {
  await build()
  const figures: Row[] = []
  for (const wish of wishes()) figures.push(rowOf(await play(wish)))
  return figures
}

function recorded(file: string): readonly Row[] {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function wishes(): readonly Wish[] {
  const subjects = [argo, haldane].filter(({ name }) => name.includes(values.only))
  const counts = values.n.split(',').map(Number)
  const idleSeconds = Number(values.idle)
  if (subjects.length === 0 || ![...counts, idleSeconds].every((each) => each > 0))
    throw new RangeError('--only is argo or haldane; --n and --idle are numbers above 0')
  const asked = counts.flatMap((count) =>
    subjects.map((subject) => ({ subject, count, idleSeconds, isOnlyIdle: false })),
  )
  const long = { subject: haldane, count: 10_000, idleSeconds, isOnlyIdle: true }
  return [...asked, ...(values.long ? [long] : [])].map((wish) => ({
    ...wish,
    say: progress(wish),
  }))
}

/** A line every ten seconds: long runs are watched by people. */
function progress({ subject, count }: Pick<Wish, 'subject' | 'count'>): (text: string) => void {
  let saidAt = -Infinity
  return (text) => {
    if (performance.now() - saidAt < 10_000) return
    saidAt = performance.now()
    process.stderr.write(`${subject.name}, N = ${count}: ${text}\n`)
  }
}

function asJson(): string {
  return `${JSON.stringify(rows, undefined, 2)}\n`
}

function write(): void {
  const docs = join(import.meta.dirname, '..', '..', 'docs')
  writeFileSync(join(docs, 'benchmarks.md'), pageOf(rows, machine))
  writeFileSync(join(docs, 'benchmarks.json'), asJson())
}
