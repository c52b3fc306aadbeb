/** How many pods each revision should have now. What traffic can reach stays (`reach.ts`). */
import { type Duration, type Instant, plus, seconds } from '../units.ts'
import { basicPods } from './basic-pods.ts'
import { atLeastMinimum, isUp, podsFor } from './counts.ts'
import type { ReplicaSetFacts } from './facts.ts'
import { isReachable, podsOwed } from './reach.ts'
import { askedWeight, canaryPods, podsOfScale, scaleAt } from './scale.ts'
import { currentOf, type Scene, stableOf } from './scene.ts'
import type { Stage, Standing } from './stage.ts'
import { carriedWeight, pinsOf, selects } from './traffic.ts'
import { goalFor } from './weight.ts'

/** How long proxies may send requests to where a route led before. */
const proxyLag = seconds(5)

/** How one ReplicaSet should stand. */
export type WantedPods = {
  readonly replicaSet: ReplicaSetFacts
  readonly replicas: number
  /** When it may go; undefined keeps it without a deadline. */
  readonly scaleDownAt: Instant | undefined
}

export function wantedPods(scene: Scene, standing: Standing, now: Instant): readonly WantedPods[] {
  if (isHeld(scene, standing)) return scene.replicaSets.map(asItIs)
  return scene.traffic.kind === 'none'
    ? Array.from(basicPods(scene, standing), ([replicaSet, pods]) => staying(replicaSet, pods))
    : routedPods(scene, standing, now)
}

function routedPods(scene: Scene, standing: Standing, now: Instant): readonly WantedPods[] {
  const current = currentOf(scene)
  const stable = stableOf(scene)
  const ours = [
    ...(stable === undefined || stable === current
      ? []
      : [staying(stable, stablePods(stable, scene, standing))]),
    ...(current === undefined ? [] : [currentPods(current, scene, standing, now)]),
  ]
  const others = scene.replicaSets.filter((facts) => facts !== current && facts !== stable)
  return [...ours, ...leaving(others, scene, standing, now)]
}

/** A pause by a person, or for one, stops scaling; a pause step does not, and the way back is never stopped. */
function isHeld({ spec }: Scene, { stage, pauses }: Standing): boolean {
  if (stage.kind === 'aborted') return false
  return spec.paused || pauses.some(({ reason }) => reason === 'InconclusiveAnalysisRun')
}

function asItIs(replicaSet: ReplicaSetFacts): WantedPods {
  return { replicaSet, replicas: replicaSet.wanted, scaleDownAt: replicaSet.scaleDownAt }
}

function staying(replicaSet: ReplicaSetFacts, replicas: number): WantedPods {
  return { replicaSet, replicas, scaleDownAt: undefined }
}

function currentPods(
  current: ReplicaSetFacts,
  scene: Scene,
  standing: Standing,
  now: Instant,
): WantedPods {
  switch (standing.stage.kind) {
    case 'first':
    case 'settled':
    case 'promoting':
      return staying(current, scene.spec.replicas)
    case 'stepping':
      return staying(current, steppingPods(current, scene, standing))
    case 'aborted':
      return abortedPods(current, scene, standing, now)
  }
}

/** What the steps ask for is enough for the weight that they ask for; a higher one that is still carried keeps its pods. */
function steppingPods(current: ReplicaSetFacts, scene: Scene, standing: Standing): number {
  const pods = canaryPods(scene, standing)
  const carried = carriedWeight(scene)
  const isAhead = carried === undefined || carried > askedWeight(scene, standing)
  return isAhead ? keeping(current, pods, scene) : pods
}

/** Stable pods shrink behind the traffic that leaves them and grow ahead of the traffic that comes back, where they may shrink at all. */
function stablePods(stable: ReplicaSetFacts, scene: Scene, standing: Standing): number {
  const { canary, replicas } = scene.spec
  if (!canary.dynamicStableScale) return replicas
  const carried = carriedWeight(scene) ?? 0
  const goal = goalFor(scene, standing) ?? carried
  const pods = atLeastMinimum(podsFor(100 - Math.min(goal, carried), replicas), scene.spec)
  return keeping(stable, pods, scene)
}

/** As many as are asked for; fewer than there are only once traffic has left the others. */
function keeping(replicaSet: ReplicaSetFacts, asked: number, scene: Scene): number {
  return Math.max(asked, Math.min(replicaSet.wanted, podsOwed(replicaSet, scene)))
}

/* ------------------------------------------------------------ after an abort */

function abortedPods(
  current: ReplicaSetFacts,
  scene: Scene,
  standing: Standing,
  now: Instant,
): WantedPods {
  const delay = scene.spec.canary.abortScaleDownDelay
  if (current.wanted === 0) return staying(current, 0)
  if (delay === 'never') return staying(current, keeping(current, leftUp(current, scene), scene))
  if (delay === 'with-traffic') return staying(current, steppedDown(current, scene, standing))
  if (isReachable(current, scene) || !isUp(stableOf(scene), scene.spec.replicas))
    return staying(current, current.wanted)
  return until(current, current.scaleDownAt ?? plus(now, delay), now)
}

/** The pods for the weight that there is, and for the one that comes next. */
function steppedDown(current: ReplicaSetFacts, scene: Scene, standing: Standing): number {
  const { spec } = scene
  const goal = goalFor(scene, standing) ?? 0
  const carried = selects(scene, 'canary', current.hash) ? (carriedWeight(scene) ?? 0) : 0
  const pods = atLeastMinimum(podsFor(Math.max(goal, carried), spec.replicas), spec)
  return keeping(current, pods, scene)
}

/** The pods that stay for ever: those that there are, or those that a `setCanaryScale` of the first step says. */
function leftUp({ wanted }: ReplicaSetFacts, scene: Scene): number {
  const scale = scaleAt(scene, 0)
  return scale === undefined || scale.kind === 'matchTrafficWeight'
    ? wanted
    : podsOfScale(scale, scene)
}

/* ------------------------------------------------------------- old revisions */

/** Those that traffic just left wait out a delay, so that proxies have time to follow; only so many of them, the newest. */
function leaving(
  others: readonly ReplicaSetFacts[],
  scene: Scene,
  standing: Standing,
  now: Instant,
): readonly WantedPods[] {
  const newestFirst = others.toSorted((a, b) => b.revision - a.revision)
  const wanted: WantedPods[] = []
  for (const replicaSet of newestFirst) {
    const before = wanted.filter(({ scaleDownAt }) => scaleDownAt !== undefined).length
    const mayWait = before < scene.spec.canary.scaleDownDelayRevisionLimit
    wanted.push(leave(replicaSet, scene, standing, { now, mayWait }))
  }
  return wanted
}

type Leaving = { readonly now: Instant; readonly mayWait: boolean }

function leave(
  replicaSet: ReplicaSetFacts,
  scene: Scene,
  { stage }: Standing,
  { now, mayWait }: Leaving,
): WantedPods {
  const { wanted, scaleDownAt } = replicaSet
  if (wanted === 0) return staying(replicaSet, 0)
  if (isReachable(replicaSet, scene)) return staying(replicaSet, wanted)
  const isSuperseded = scaleDownAt === undefined && stage.kind !== 'settled'
  if (isSuperseded && isNamed(replicaSet, scene)) return staying(replicaSet, wanted)
  return waiting(replicaSet, scene, stage, { now, mayWait })
}

function waiting(
  replicaSet: ReplicaSetFacts,
  scene: Scene,
  stage: Stage,
  { now, mayWait }: Leaving,
): WantedPods {
  if (!mayWait) return staying(replicaSet, 0)
  const { scaleDownAt } = replicaSet
  const delay = leavingDelay(scene, stage)
  return withoutTheUnhealthy(until(replicaSet, scaleDownAt ?? plus(now, delay), now))
}

/**
 * A superseded revision goes only once the canary's Service or subset leads to its successor: a mirror, or a client that goes by the
 * Service, still sends it requests.
 */
function isNamed({ hash }: ReplicaSetFacts, scene: Scene): boolean {
  return pinsOf(scene, 'canary').includes(hash)
}

/** A revision that another one took the place of is nothing to go back to: it waits for the proxies alone. */
function leavingDelay({ spec }: Scene, { kind }: Stage): Duration {
  const { scaleDownDelay, dynamicStableScale } = spec.canary
  const wasStable = kind === 'settled' && !dynamicStableScale
  return wasStable || scaleDownDelay < proxyLag ? scaleDownDelay : proxyLag
}

/** Pods of an old revision that are not available serve nobody: they need not wait. */
function withoutTheUnhealthy({ replicaSet, replicas, ...rest }: WantedPods): WantedPods {
  const pods = Math.min(replicas, replicaSet.available)
  return pods === 0 ? staying(replicaSet, 0) : { replicaSet, replicas: pods, ...rest }
}

function until(replicaSet: ReplicaSetFacts, scaleDownAt: Instant, now: Instant): WantedPods {
  return now >= scaleDownAt
    ? staying(replicaSet, 0)
    : { replicaSet, replicas: replicaSet.wanted, scaleDownAt }
}
