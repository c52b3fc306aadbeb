/** How everything should stand, given the stage and what is there. A diff finds the writes (`changes.ts`). */
import { type Instant, plus, type Weight, weight } from '../units.ts'
import { allTraffic, canaryNeeded, isUp, noTraffic } from './counts.ts'
import type { ReplicaSetFacts, ServiceFacts } from './facts.ts'
import { hashLabel } from './keys.ts'
import { currentOf, type Scene, stableOf } from './scene.ts'
import type { Stage, Standing } from './stage.ts'

/** How one ReplicaSet should stand. */
export type WantedPods = {
  readonly replicaSet: ReplicaSetFacts
  readonly replicas: number
  /** When it may go; undefined keeps it without a deadline. */
  readonly scaleDownAt: Instant | undefined
}

/** Undefined leaves a thing as it is. */
export type Shape = {
  readonly pods: readonly WantedPods[]
  readonly canary: Weight | undefined
  /** Pod-template hashes that the two Services should select. */
  readonly stableService: string | undefined
  readonly canaryService: string | undefined
}

export function shapeFor(scene: Scene, standing: Standing, now: Instant): Shape {
  return {
    pods: scene.replicaSets.map((replicaSet) => podsFor(replicaSet, scene, standing, now)),
    canary: canaryWeightFor(scene, standing),
    stableService: stableServiceFor(scene, standing.stage),
    canaryService: canaryServiceFor(scene, standing.stage),
  }
}

/* ---------------------------------------------------------------- traffic */

/** Traffic follows capacity: a canary gets a weight only once the pods for it are up and its Service selects them. */
function canaryWeightFor(scene: Scene, standing: Standing): Weight | undefined {
  const { stage } = standing
  switch (stage.kind) {
    case 'aborted':
      return noTraffic
    case 'first':
    case 'settled':
      return selects(scene.services.stable, scene.templateHash) || nothingAtCanary(scene)
        ? noTraffic
        : undefined
    case 'stepping':
    case 'promoting':
      return risingWeight(scene, standing)
  }
}

function nothingAtCanary({ route }: Scene): boolean {
  return route.canary === undefined || route.canary === noTraffic
}

function risingWeight(scene: Scene, standing: Standing): Weight | undefined {
  const current = currentOf(scene)
  if (current === undefined || current.available === 0) return noTraffic
  if (!selects(scene.services.canary, scene.templateHash)) return noTraffic
  const asked = askedWeight(scene, standing)
  if (isUp(current, canaryNeeded(asked, scene.spec.replicas)) && stableCarries(scene, asked))
    return asked
  return earlierWeight(scene, standing)
}

/** The weight of the current step, or of the last one that said a weight. */
export function askedWeight(scene: Scene, { stage, index }: Standing): Weight {
  if (stage.kind === 'promoting') return allTraffic
  if (stage.kind !== 'stepping') return noTraffic
  return lastWeight(scene, index + 1)
}

/** What the route keeps while the pods for the next weight are not there: never more than it carries. */
function earlierWeight(scene: Scene, standing: Standing): Weight | undefined {
  if (standing.promoteFull) return undefined
  const before = lastWeight(scene, standing.index)
  return scene.route.canary === undefined || scene.route.canary > before ? before : undefined
}

function lastWeight({ spec }: Scene, end: number): Weight {
  const weights = spec.canary.steps
    .slice(0, end)
    .flatMap((step) => (step.kind === 'setWeight' ? [step.weight] : []))
  return weights.at(-1) ?? noTraffic
}

/** Whether the stable pods that are up can take the rest. */
function stableCarries(scene: Scene, canary: Weight): boolean {
  const rest = Math.floor(((allTraffic - canary) * scene.spec.replicas) / allTraffic)
  return (stableOf(scene)?.available ?? 0) >= rest
}

/* --------------------------------------------------------------- services */

function stableServiceFor(scene: Scene, stage: Stage): string | undefined {
  const hash = stage.kind === 'settled' ? scene.templateHash : scene.status.stableRS
  const replicaSet = scene.replicaSets.find((candidate) => candidate.hash === hash)
  return adoptable(scene.services.stable, replicaSet, scene) ? hash : undefined
}

function canaryServiceFor(scene: Scene, stage: Stage): string | undefined {
  if (stage.kind === 'aborted') return scene.status.stableRS
  return adoptable(scene.services.canary, currentOf(scene), scene) ? scene.templateHash : undefined
}

/** The first pin waits until everything is up; a Service that is ours already follows the first pod. */
function adoptable(
  service: ServiceFacts,
  replicaSet: ReplicaSetFacts | undefined,
  scene: Scene,
): boolean {
  if (replicaSet === undefined) return false
  const managed =
    service.managedBy === scene.rollout.name && service.selector[hashLabel] !== undefined
  return managed
    ? replicaSet.available > 0
    : replicaSet.wanted > 0 && replicaSet.available >= replicaSet.wanted
}

export function selects(service: ServiceFacts, hash: string | undefined): boolean {
  return hash !== undefined && service.selector[hashLabel] === hash
}

/* ------------------------------------------------------------------- pods */

function podsFor(
  replicaSet: ReplicaSetFacts,
  scene: Scene,
  standing: Standing,
  now: Instant,
): WantedPods {
  const { replicas } = scene.spec
  if (replicaSet.hash === scene.status.stableRS) return staying(replicaSet, replicas)
  if (replicaSet.hash !== scene.templateHash) return leaving(replicaSet, scene, standing, now)
  switch (standing.stage.kind) {
    case 'first':
    case 'settled':
    case 'promoting':
      return staying(replicaSet, isHeld(scene, standing) ? replicaSet.wanted : replicas)
    case 'stepping':
      return staying(
        replicaSet,
        isHeld(scene, standing)
          ? replicaSet.wanted
          : canaryNeeded(askedWeight(scene, standing), replicas),
      )
    case 'aborted':
      return leavingAfterAbort(replicaSet, scene, now)
  }
}

/** A pause by a person, or for one, stops scaling; a pause step does not. */
function isHeld({ spec }: Scene, { pauses }: Standing): boolean {
  return spec.paused || pauses.some(({ reason }) => reason === 'InconclusiveAnalysisRun')
}

function staying(replicaSet: ReplicaSetFacts, replicas: number): WantedPods {
  return { replicaSet, replicas, scaleDownAt: undefined }
}

/** Pods of older revisions. Those that just were stable wait out a delay, so that proxies have time to follow. */
function leaving(
  replicaSet: ReplicaSetFacts,
  scene: Scene,
  standing: Standing,
  now: Instant,
): WantedPods {
  if (replicaSet.wanted === 0) return staying(replicaSet, 0)
  if (isReachable(replicaSet, scene)) return staying(replicaSet, replicaSet.wanted)
  if (replicaSet.scaleDownAt !== undefined) return until(replicaSet, replicaSet.scaleDownAt, now)
  if (standing.stage.kind !== 'settled') return staying(replicaSet, 0)
  return until(replicaSet, plus(now, scene.spec.canary.scaleDownDelay), now)
}

function leavingAfterAbort(replicaSet: ReplicaSetFacts, scene: Scene, now: Instant): WantedPods {
  const delay = scene.spec.canary.abortScaleDownDelay
  const stableIsUp = isUp(stableOf(scene), scene.spec.replicas)
  if (replicaSet.wanted === 0) return staying(replicaSet, 0)
  if (delay === 'never' || !stableIsUp || isReachable(replicaSet, scene))
    return staying(replicaSet, replicaSet.wanted)
  return until(replicaSet, replicaSet.scaleDownAt ?? plus(now, delay), now)
}

function until(replicaSet: ReplicaSetFacts, scaleDownAt: Instant, now: Instant): WantedPods {
  return now >= scaleDownAt
    ? staying(replicaSet, 0)
    : { replicaSet, replicas: replicaSet.wanted, scaleDownAt }
}

/** May these pods go? Not while traffic can reach them: through the stable Service, or through the canary Service while it has a weight. */
function isReachable({ hash }: ReplicaSetFacts, { services, route }: Scene): boolean {
  if (selects(services.stable, hash)) return true
  const canaryCarries = route.canary === undefined || route.canary > weight(0)
  return (
    canaryCarries &&
    (selects(services.canary, hash) || services.canary.selector[hashLabel] === undefined)
  )
}
