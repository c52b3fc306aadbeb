/**
 * `npm run conformance`: every scenario with Argo's controller and with ours, compared station by station.
 *
 *   --only PATTERN     scenarios whose names contain it; may be given several times
 *   --recorded         compare with Argo's recorded traces instead of playing Argo again
 *   --sandbox          play ours in the sandbox, without Go; compares with the recorded traces
 *   --record           play Argo alone and write its traces to fixtures/argo-traces
 *   --quick            a choice that takes a few minutes
 *   --parallel N       so many scenarios at a time; 24 when left out
 *   --json             the result as JSON
 *   --list             the names of the scenarios
 */
import { parseArgs } from 'node:util'
import { compare, isExpected } from './compare.ts'
import { type Differences, readDifferences } from './differences.ts'
import { type Plane, type Played, startPlane, type Whose } from './plane-run.ts'
import { restless } from './player.ts'
import { playInSandbox } from './sandbox-run.ts'
import type { Scenario } from './scenario.ts'
import { quick, scenarios } from './scenarios/all.ts'
import { defects, differencesOf, type Row, tableOf, unneeded } from './table.ts'
import type { Trace } from './trace.ts'
import { readTrace, writeTrace } from './traces.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    recorded: { type: 'boolean', default: false },
    sandbox: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    parallel: { type: 'string', default: '24' },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
})

const chosen = scenarios
  .filter(({ name }) => !options.quick || quick.includes(name))
  .filter(
    ({ name }) => options.only.length === 0 || options.only.some((part) => name.includes(part)),
  )

process.exitCode = await main()

async function main(): Promise<number> {
  if (options.list) return print(chosen.map(({ name }) => name).join('\n'))
  if (chosen.length === 0) return print('no scenario has such a name; see --list', 1)
  if (options.record) return record()
  const listed = readDifferences()
  const rows = await compared(listed)
  if (options.json) print(JSON.stringify(rows, undefined, 2))
  else report(rows, listed)
  return defects(rows) === 0 ? 0 : 1
}

async function record(): Promise<number> {
  const played = await onPlane((plane) => playAll(plane, 'argo', new Map()))
  const wrong = played.flatMap((each) => problemsOf(each))
  for (const each of played) {
    if ('trace' in each && problemsOf(each).length === 0) writeTrace(each.trace)
  }
  print(`${played.length - wrong.length} traces written, ${wrong.length} not\n${wrong.join('\n')}`)
  return wrong.length === 0 ? 0 : 1
}

function problemsOf(played: Played): readonly string[] {
  if ('error' in played) return [`${played.scenario}: ${played.error}`]
  return played.trace.stations.flatMap(({ station, facts }) =>
    facts['missed'] === undefined || facts['missed'] === restless
      ? []
      : [
          `${played.scenario}: ${station} does not come: ${facts['missed']}; ${facts['phase']} ${facts['message'] ?? ''} ${facts['step'] ?? ''} ${facts['replicas']}`,
        ],
  )
}

async function compared(listed: Differences): Promise<readonly Row[]> {
  if (options.sandbox) {
    const ours = await Promise.all(
      chosen.map((scenario) =>
        playInSandbox(scenario, expectedOf(recorded(), listed)(scenario.name)),
      ),
    )
    return rowsOf(recorded(), ours, listed)
  }
  return onPlane(async (plane) => {
    const argos = options.recorded ? recorded() : tracesOf(await playAll(plane, 'argo', new Map()))
    const ours = await playAll(plane, 'haldane', argos, listed)
    return rowsOf(argos, ours, listed)
  })
}

type Traces = ReadonlyMap<string, Trace>

function recorded(): Traces {
  const found = chosen.flatMap(({ name }) => {
    const trace = readTrace(name)
    return trace === undefined ? [] : [[name, trace] as const]
  })
  return new Map(found)
}

function tracesOf(played: readonly Played[]): Traces {
  return new Map(
    played.flatMap((each) => ('trace' in each ? [[each.scenario, each.trace] as const] : [])),
  )
}

function expectedOf(argos: Traces, listed: Differences) {
  return (scenario: string) => {
    const trace = argos.get(scenario)
    return trace === undefined ? undefined : isExpected(trace, listed)
  }
}

function rowsOf(argos: Traces, ours: readonly Played[], listed: Differences): readonly Row[] {
  return ours.map((played): Row => {
    const { scenario } = played
    const argo = argos.get(scenario)
    if ('error' in played) return { kind: 'failed', scenario, error: played.error }
    if (argo === undefined)
      return { kind: 'failed', scenario, error: 'no trace of Argo; record it with --record' }
    return {
      kind: 'compared',
      comparison: compare(argo, played.trace, listed),
    }
  })
}

async function onPlane<T>(work: (plane: Plane) => Promise<T>): Promise<T> {
  const plane = await startPlane()
  try {
    return await work(plane)
  } finally {
    await plane.stop()
  }
}

async function playAll(
  plane: Plane,
  whose: Whose,
  argos: Traces,
  listed?: Differences,
): Promise<readonly Played[]> {
  let done = 0
  return plane.run(whose, chosen, {
    parallel: Number(options.parallel),
    expected: listed === undefined ? () => undefined : expectedOf(argos, listed),
    told: (played) => {
      done += 1
      const wrong = problemsOf(played).join('; ')
      process.stderr.write(`${whose} ${done}/${chosen.length} ${played.scenario} ${wrong}\n`)
    },
  })
}

function report(rows: readonly Row[], listed: Differences): void {
  print(differencesOf(rows).join('\n'))
  print(tableOf(rows))
  if (options.only.length > 0 || options.quick || options.sandbox) return
  const idle = unneeded(rows, listed)
  if (idle.length > 0) print(`no longer needed:\n${idle.join('\n')}`)
}

function print(text: string, code = 0): number {
  process.stdout.write(`${text}\n`)
  return code
}

export type { Scenario }
