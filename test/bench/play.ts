/** One controller and N Rollouts on a control plane of their own: a whole release, then rest. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../../src/adapters/kubernetes/connect.ts'
import { minutes } from '../../src/core/units.ts'
import type { Cluster } from '../../src/ports.ts'
import { type Child, Children } from '../cluster/children.ts'
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts'
import { answersTo, type Call, callsIn, type Span, type Traffic, trafficOf } from './audit.ts'
import { type Cost, costOf } from './cost.ts'
import { abortion, create, nameOf, promote, promotion, signal, update } from './load.ts'
import { Phases } from './phases.ts'
import { install, type Subject } from './subject.ts'

export type Wish = {
  readonly subject: Subject
  readonly count: number
  readonly idleSeconds: number
  /** Only created, then left alone: what many Rollouts cost that do nothing. */
  readonly isOnlyIdle: boolean
  readonly say: (text: string) => void
}

export type Played = {
  readonly subject: Subject
  readonly count: number
  readonly isOnlyIdle: boolean
  readonly secondsToHealthy: number
  /** From the first new template to the last Rollout that pauses; undefined where none was updated. */
  readonly secondsToPaused: number | undefined
  readonly secondsToPromoted: number | undefined
  /** From the start of the work to the beginning of the rest. */
  readonly release: Traffic
  readonly releaseCpuSeconds: number
  readonly rest: Traffic
  readonly restCpuSeconds: number
  readonly residentMiB: number
  readonly peakMiB: number
  /** Milliseconds from the new template to its first weight, one for each Rollout, all updated at once. */
  readonly toFirstWeight: readonly number[]
  /** Milliseconds from a signal to the weight, one signal after the other. */
  readonly toPromotedWeight: readonly number[]
  readonly toAbortedWeight: readonly number[]
}

/** Argo keeps the old pods for half a minute; the release is over when they are gone. */
const scaleDownSeconds = 45
/** A Rollout that takes longer is stuck. */
const mostSeconds = 3600
/** Signals of each kind that are given one after the other. */
const signals = 20

export async function play(wish: Wish): Promise<Played> {
  const plane = await startControlPlane()
  const children = new Children(join(plane.folder, 'logs'))
  try {
    await install(plane)
    const child = await children.start(await wish.subject.program(plane))
    await settled(child)
    return await measured(wish, plane, child)
  } finally {
    await children.stop()
    await plane.stop()
  }
}

/** Starting costs something once; what is counted begins when the program has come to rest. */
async function settled(child: Child): Promise<void> {
  let [before, quiet] = [-1, 0]
  while (quiet < 3) {
    await sleep(1000)
    const { cpuSeconds } = costNow(child)
    quiet = cpuSeconds - before < 0.05 ? quiet + 1 : 0
    before = cpuSeconds
  }
}

type Ground = {
  readonly wish: Wish
  readonly cluster: Cluster
  readonly phases: Phases
  readonly child: Child
}

async function measured(wish: Wish, plane: ControlPlane, child: Child): Promise<Played> {
  const cluster = connect({ kubeconfig: plane.kubeconfig, timing: { request: minutes(2) } })
  const ground: Ground = { wish, cluster, phases: new Phases(cluster), child }
  try {
    const before = costNow(child)
    const began = Date.now()
    const times = await release(ground)
    await rest(ground, scaleDownSeconds, 'old pods go')
    const [after, rested] = [costNow(child), Date.now()]
    await rest(ground, wish.idleSeconds, 'idle')
    const [end, ended] = [costNow(child), Date.now()]
    const signalled = await giveSignals(ground)
    const calls = callsOf(plane)
    return {
      subject: wish.subject,
      count: wish.count,
      isOnlyIdle: wish.isOnlyIdle,
      ...times.seconds,
      release: trafficOf(calls, wish.subject.user, { from: began, to: rested }),
      releaseCpuSeconds: after.cpuSeconds - before.cpuSeconds,
      rest: trafficOf(calls, wish.subject.user, { from: rested, to: ended }),
      restCpuSeconds: end.cpuSeconds - after.cpuSeconds,
      residentMiB: end.residentMiB,
      peakMiB: end.peakMiB,
      toFirstWeight: answered(wish.subject, calls, 'rollouts', times.updated),
      toPromotedWeight: answered(wish.subject, calls, 'rollouts/status', signalled.promoted),
      toAbortedWeight: answered(wish.subject, calls, 'rollouts/status', signalled.aborted),
    }
  } finally {
    ground.phases.stop()
  }
}

type Times = {
  readonly seconds: Pick<Played, 'secondsToHealthy' | 'secondsToPaused' | 'secondsToPromoted'>
  readonly updated: Span
}

async function release(ground: Ground): Promise<Times> {
  const { wish, cluster } = ground
  const { count } = wish
  const secondsToHealthy = await timed(ground, 'Healthy', () => create(cluster, count))
  if (wish.isOnlyIdle)
    return {
      seconds: { secondsToHealthy, secondsToPaused: undefined, secondsToPromoted: undefined },
      updated: { from: 0, to: 0 },
    }
  await sleep(5000)
  const from = Date.now()
  const secondsToPaused = await timed(ground, 'Paused', () => update(cluster, count, 'app:v2'))
  await sleep(5000)
  const to = Date.now()
  const secondsToPromoted = await timed(ground, 'Healthy', () => promote(cluster, count))
  return {
    seconds: { secondsToHealthy, secondsToPaused, secondsToPromoted },
    updated: { from, to },
  }
}

/** From the first request of `work` until every Rollout is in the phase. */
async function timed(
  { wish, phases }: Ground,
  phase: string,
  work: () => Promise<void>,
): Promise<number> {
  const since = performance.now()
  const [, passed] = await Promise.all([
    work(),
    phases.reach(phase, wish.count, { since, limit: mostSeconds, say: wish.say }),
  ])
  return passed
}

async function rest({ wish }: Ground, forSeconds: number, what: string): Promise<void> {
  for (let passed = 0; passed < forSeconds; passed += 1) {
    wish.say(`${what}, ${passed} of ${forSeconds} s`)
    await sleep(1000)
  }
}

type Signalled = { readonly promoted: Span; readonly aborted: Span }

/** One Rollout after the other, as people do, among all the others that pause. */
async function giveSignals(ground: Ground): Promise<Signalled> {
  const { wish, cluster } = ground
  const none = { from: 0, to: 0 }
  if (wish.isOnlyIdle || wish.count < 2 * signals || wish.count > 200)
    return { promoted: none, aborted: none }
  await timed(ground, 'Paused', () => update(cluster, wish.count, 'app:v3'))
  await sleep(3000)
  return {
    promoted: await giveEach(ground, 0, promotion),
    aborted: await giveEach(ground, signals, abortion),
  }
}

async function giveEach(
  { wish, cluster }: Ground,
  first: number,
  status: typeof promotion,
): Promise<Span> {
  const from = Date.now()
  for (let index = first; index < first + signals; index += 1) {
    wish.say(`signal ${index + 1}`)
    await signal(cluster, nameOf(index), status)
    await sleep(500)
  }
  await sleep(3000)
  return { from, to: Date.now() }
}

function answered(
  { user }: Subject,
  calls: readonly Call[],
  patched: 'rollouts' | 'rollouts/status',
  span: Span,
): readonly number[] {
  return answersTo(calls, { person: 'admin', controller: user, patched }, span)
}

function costNow(child: Child): Cost {
  if (child.pid === undefined || !child.isRunning())
    throw new Error(`${child.name} has ended; ${child.logTail()}`)
  return costOf(child.pid)
}

/** The server begins another file when one is large. */
function callsOf({ auditLog }: ControlPlane): readonly Call[] {
  const folder = dirname(auditLog)
  const files = readdirSync(folder).filter((file) => /^audit.*\.log$/.test(file))
  return files.flatMap((file) => callsIn(readFileSync(join(folder, file), 'utf8')))
}
