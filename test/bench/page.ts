/** The figures as a page. */
import type { Kinds } from './audit.ts'
import { barsOf } from './bars.ts'
import type { Row } from './row.ts'

export type Machine = {
  readonly cores: number
  readonly memoryGiB: number
  readonly node: string
  /** How long the idle time was that is counted. */
  readonly idleSeconds: number
  /** Whether the figures are of several runs. */
  readonly inParts: boolean
}

export function pageOf(rows: readonly Row[], machine: Machine): string {
  return `${[intro(machine), table(rows), barsOf(rows), kindsOf(rows)].join('\n\n')}\n`
}

function intro({ cores, memoryGiB, node, idleSeconds, inParts }: Machine): string {
  return `# What the controller costs

\`npm run bench:controller\` writes this page and [\`benchmarks.json\`](benchmarks.json). It plays the same work twice on a real control plane (etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok), once with Argo's own controller (v1.10.1, its defaults) and once with ours
as its image starts it, each with an identity of its own: N Rollouts of one pod, each with a host-level split on a VirtualService of its own and the steps \`setWeight 20\`, \`pause\`, are created, become Healthy, get a new template all at once, pause, are promoted all at once, become Healthy; the old pods go after 30 s, and ${idleSeconds} idle seconds follow.
Calls are counted from the API server's audit log, CPU and memory from the kernel. CPU is counted from the moment that the controller has started and rests. The weight's time runs from the answer to the new template, or to the signal, until the VirtualService's patch is answered, both in the audit log.
The signals at N = 100 are given one by one, twenty of each kind, among a hundred Rollouts that pause.

One machine for everything, control plane, load and controller: ${cores} cores, ${memoryGiB} GiB of memory; Node ${node}. Seconds depend on it, and on what else it does; compare the two controllers, not the seconds with those of another machine.${inParts ? partly : ''}`
}

const partly =
  ' These figures were taken in parts, one after the other. Work that was not done when the idle time began is counted there.'

type Column = { readonly head: string; readonly of: (row: Row) => string }

const columns: readonly Column[] = [
  { head: 'N', of: ({ n, idleOnly }) => (idleOnly ? `${n}, idle` : String(n)) },
  { head: 'controller', of: ({ controller }) => controller },
  { head: 'writes a release', of: (row) => row.writesPerRelease.toFixed(1) },
  { head: 'without events', of: (row) => row.writesPerReleaseWithoutEvents.toFixed(1) },
  { head: 'reads', of: (row) => row.readsPerRelease.toFixed(1) },
  { head: 'CPU ms a release', of: (row) => row.cpuMsPerRelease.toFixed(0) },
  { head: 'resident / peak MiB', of: (row) => `${row.residentMiB} / ${row.peakMiB}` },
  { head: 'all Healthy, s', of: (row) => row.secondsToHealthy.toFixed(1) },
  { head: 'all Paused, s', of: (row) => orNone(row.secondsToPaused, 1) },
  { head: 'all promoted, s', of: (row) => orNone(row.secondsToPromoted, 1) },
  {
    head: 'first weight ms, median / p99',
    of: (row) => pair(row.weightMedianMs, row.weightP99Ms),
  },
  {
    head: 'promoted ms, median / worst',
    of: (row) => pair(row.promotedMedianMs, row.promotedWorstMs),
  },
  {
    head: 'aborted ms, median / worst',
    of: (row) => pair(row.abortedMedianMs, row.abortedWorstMs),
  },
  { head: 'idle: CPU s', of: (row) => row.idleCpuSeconds.toFixed(2) },
  { head: 'idle: writes, reads', of: (row) => `${row.idleWrites}, ${row.idleReads}` },
]

function table(rows: readonly Row[]): string {
  return [
    line(columns.map(({ head }) => head)),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map(({ of }) => of(row)))),
  ].join('\n')
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function kindsOf(rows: readonly Row[]): string {
  const parts = rows
    .filter(({ idleOnly }) => !idleOnly)
    .map(
      (row) =>
        `- ${row.controller}, N = ${row.n}: ${kindsText(row.writeKinds)}; ${kindsText(row.readKinds)}`,
    )
  return ['## Calls of a release, by kind', '', ...parts].join('\n')
}

function kindsText(kinds: Kinds): string {
  const parts = Object.entries(kinds).filter(([, count]) => count >= 0.05)
  return parts.map(([kind, count]) => `${kind} ${count.toFixed(1)}`).join(', ')
}

function orNone(value: number | undefined, digits: number): string {
  return value === undefined ? '–' : value.toFixed(digits)
}

function pair(a: number | undefined, b: number | undefined): string {
  return a === undefined || b === undefined ? '–' : `${a.toFixed(0)} / ${b.toFixed(0)}`
}
