/**
 * `npm run bench:judge`: what the judge costs, as ratios and counts that mean the same on any machine. `--json` for programs.
 *
 * The unit is the plain arithmetic of one CE update: failures alone need eighteen of them a block, and as many other bets and sums.
 */
import { parseArgs } from 'node:util'
import { getHeapStatistics } from 'node:v8'
import {
  BlockCase,
  type GivenBlock,
  type GivenHistory,
  type GivenPodHistory,
} from '../../src/core/judge/block-case.ts'
import type { JudgeSettings } from '../../src/core/judge/settings.ts'
import { countIncrement } from '../../src/core/stats/count-evidence.ts'
import { blockOf, Past, settingsFor } from './ours.ts'
import { Release, type Scenario } from './release.ts'
import { failureWorlds, latencyWorlds, type World } from './worlds.ts'

type Measured = {
  /** Nanoseconds of the unit. */
  readonly unit: number
  readonly failures: Cost
  /** Failures, ten latency bounds, and a pass of both. */
  readonly everything: Cost
  /** Milliseconds for one block of each of a thousand canaries that are judged for everything. */
  readonly thousandCanaries: number
}

type Cost = {
  readonly blocksPerSecond: number
  /** How many units one block takes. */
  readonly units: number
  readonly bytesAllocatedPerBlock: number
  /** What one canary holds in memory, after learning. */
  readonly bytesOfState: number
}

const tenBounds: readonly number[] = [25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000]
const blockSeconds = 5

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
const measured = measureAll()
process.stdout.write(values.json ? `${JSON.stringify(measured)}\n` : told(measured))

function measureAll(): Measured {
  const unit = unitCost()
  const failures = { ...settingsFor(blockSeconds), latency: false as const }
  const everything: JudgeSettings = {
    ...settingsFor(blockSeconds),
    latency: { margin: 0.05, bounds: tenBounds },
  }
  const small = given(failureWorlds.podburst)
  const large = given({ ...latencyWorlds.gc, bursts: true })
  return {
    unit,
    failures: costOf(failures, small, unit),
    everything: costOf(everything, large, unit),
    thousandCanaries: thousandCanaries(everything, large),
  }
}

type Given = { readonly history: GivenHistory; readonly blocks: readonly GivenBlock[] }

function given(world: World): Given {
  const scenario: Scenario = {
    world,
    rps: 500,
    ratio: 0.001,
    route: [{ until: 1800, share: 0.05 }],
    regression: { name: 'none' },
  }
  const release = new Release(scenario, 'bench')
  const history = new Past(release.history()).inRowsOf(blockSeconds)
  const blocks = [...release.steps()].map((step) => blockOf([step], { warmup: 0 }))
  return { history, blocks }
}

function unitCost(): number {
  const tally = { canary: { requests: 125, failures: 1 }, stable: { requests: 2375, failures: 2 } }
  const test = { ratio: 1.2, points: 0.0002, phi: 1 }
  const times = 2_000_000
  let sum = 0
  const passed = timed(() => {
    for (let k = 0; k < times; k++) sum += countIncrement(tally, test, 2 + (k & 7), 0.001)
  })
  if (!Number.isFinite(sum)) throw new Error('the unit is no number')
  return (passed * 1e6) / times
}

function costOf(settings: JudgeSettings, { history, blocks }: Given, unit: number): Cost {
  const judge = new BlockCase(settings, history, 'verdict')
  for (const block of blocks) judge.add(block)
  const rounds = 20
  const allocated = allocatedBytes()
  const passed = timed(() => {
    for (let round = 0; round < rounds; round++) for (const block of blocks) judge.add(block)
  })
  const perBlock = passed / (rounds * blocks.length)
  return {
    blocksPerSecond: 1000 / perBlock,
    units: (perBlock * 1e6) / unit,
    bytesAllocatedPerBlock: Math.round((allocatedBytes() - allocated) / (rounds * blocks.length)),
    bytesOfState: bytesOfState(() => opened(settings, { history, blocks })),
  }
}

function thousandCanaries(settings: JudgeSettings, { history, blocks }: Given): number {
  const shortHistory = { ...history, pods: history.pods.slice(0, 2).map(shortened) }
  const judges = Array.from({ length: 1000 }, () =>
    opened(settings, { history: shortHistory, blocks }),
  )
  const [next] = blocks
  if (next === undefined) throw new Error('there is no block')
  return timed(() => {
    for (const judge of judges) judge.add(next)
  })
}

/** Learning is not what is timed. */
function shortened({ requests, failures, buckets = {} }: GivenPodHistory): GivenPodHistory {
  const rows = 60
  const short = Object.entries(buckets).map(([le, counts]) => [le, counts.slice(0, rows)] as const)
  return {
    requests: requests.slice(0, rows),
    failures: failures.slice(0, rows),
    buckets: Object.fromEntries(short),
  }
}

function opened(settings: JudgeSettings, { history, blocks }: Given): BlockCase {
  const judge = new BlockCase(settings, history, 'verdict')
  for (const block of blocks.slice(0, 3)) judge.add(block)
  return judge
}

/** On average over some. */
function bytesOfState(make: () => BlockCase): number {
  const count = 20
  const before = usedBytes()
  const kept = Array.from({ length: count }, make)
  const after = usedBytes()
  if (kept.length !== count) throw new Error('they were not kept')
  return Math.round((after - before) / count)
}

function allocatedBytes(): number {
  return getHeapStatistics().total_allocated_bytes
}

function usedBytes(): number {
  if (globalThis.gc === undefined) throw new Error('needs node --expose-gc')
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Milliseconds of processor time: others may be at work on this machine, too. */
function timed(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function told({ unit, failures, everything, thousandCanaries: ms }: Measured): string {
  return [
    `unit: ${unit.toFixed(0)} ns, the arithmetic of one CE update`,
    `failures: ${costText(failures)}`,
    `failures, ten latency bounds, pass: ${costText(everything)}`,
    `1000 canaries, one block each: ${ms.toFixed(0)} ms (bar 250)`,
    '',
  ].join('\n')
}

function costText(cost: Cost): string {
  const { blocksPerSecond, units, bytesAllocatedPerBlock: bytes } = cost
  const kib = (cost.bytesOfState / 1024).toFixed(1)
  return `${blocksPerSecond.toFixed(0)} blocks a second, ${units.toFixed(0)} units and ${bytes} bytes allocated a block, ${kib} KiB a canary`
}
