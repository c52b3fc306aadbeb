/** How everything should stand, given the stage and what is there. A diff finds the writes (`changes.ts`). */
import type { ManagedRoute } from '../mesh/managed.ts'
import { type Instant, plus, type Weight } from '../units.ts'
import { allTraffic, canaryNeeded, isUp, noTraffic } from './counts.ts'
import type { ReplicaSetFacts, Seen, ServiceFacts } from './facts.ts'
import { managedAt } from './managed.ts'
import { currentOf, type Scene, stableOf } from './scene.ts'
import type { Stage, Standing } from './stage.ts'
import { carriedWeight, isReachable, pinOf, selects, takesBack } from './traffic.ts'

/** How one ReplicaSet should stand. */
export type WantedPods = {
  readonly replicaSet: ReplicaSetFacts
  readonly replicas: number
  /** When it may go; undefined keeps it without a deadline. */
  readonly scaleDownAt: Instant | undefined
}

/** What selects the pods of each side, as pod-template hashes; undefined leaves it as it is. */
export type WantedPins = {
  readonly stable: string | undefined
  readonly canary: string | undefined
}

/** Undefined leaves a thing as it is. */
export type Shape = {
  readonly pods: readonly WantedPods[]
  readonly canary: Weight | undefined
  /** Routes of the release's own, in their order. */
  readonly managed: readonly ManagedRoute[]
  readonly services: WantedPins
  readonly subsets: WantedPins
}

export function shapeFor(scene: Scene, standing: Standing, now: Instant): Shape {
  return {
    pods: scene.replicaSets.map((replicaSet) => podsFor(replicaSet, scene, standing, now)),
    canary: scene.traffic.kind === 'mesh' ? canaryWeightFor(scene, standing) : undefined,
    managed: managedFor(scene, standing),
    services: servicesFor(scene, standing.stage),
    subsets: subsetsFor(scene, standing.stage),
  }
}

/* ---------------------------------------------------------------- traffic */

/** Traffic follows capacity: a canary gets a weight only once the pods for it are up and all that leads to its side selects them. */
export function canaryWeightFor(scene: Scene, standing: Standing): Weight | undefined {
  const { stage } = standing
  switch (stage.kind) {
    case 'aborted':
      return scene.services.stable === 'unknown' ? undefined : noTraffic
    case 'first':
    case 'settled':
      return takesBack(scene, scene.templateHash) || nothingAtCanary(scene) ? noTraffic : undefined
    case 'stepping':
    case 'promoting':
      return risingWeight(scene, standing)
  }
}

function nothingAtCanary(scene: Scene): boolean {
  const carried = carriedWeight(scene)
  return carried === undefined || carried === noTraffic
}

function risingWeight(scene: Scene, standing: Standing): Weight | undefined {
  const current = currentOf(scene)
  if (current === undefined || current.available === 0) return noTraffic
  if (!selects(scene, 'canary', scene.templateHash)) return noTraffic
  const asked = askedWeight(scene, standing)
  if (isUp(current, canaryNeeded(asked, scene.spec.replicas)) && stableCarries(scene, asked))
    return asked
  return earlierWeight(scene, standing)
}

/** A route of its own leads to the canary only while there is one, and steps are what asks for it. */
function managedFor(scene: Scene, { stage }: Standing): readonly ManagedRoute[] {
  const current = currentOf(scene)
  if (stage.kind !== 'stepping' || current === undefined || current.available === 0) return []
  return selects(scene, 'canary', scene.templateHash) ? managedAt(scene.spec, stage.index) : []
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
  const carried = carriedWeight(scene)
  return carried === undefined || carried > before ? before : undefined
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

/* ------------------------------------------------------------------- pins */

function servicesFor(scene: Scene, stage: Stage): WantedPins {
  const { stable, canary } = scene.services
  if (scene.spec.canary.services.kind === 'ping-pong') return turnsFor(scene, stage)
  return {
    stable: pinFor(serviceAdoption(stable, scene), stableHash(scene, stage), scene),
    canary:
      stage.kind === 'aborted'
        ? scene.status.stableRS
        : pinFor(serviceAdoption(canary, scene), scene.templateHash, scene),
  }
}

/** Of two Services that take turns only the canary's is ever moved, while it is one; the other is pinned once, and where a hand moved it. */
function turnsFor(scene: Scene, stage: Stage): WantedPins {
  const { stable, canary } = scene.services
  const hasCanary = stage.kind === 'stepping' || stage.kind === 'promoting'
  const at = hasCanary ? scene.templateHash : undefined
  return {
    stable: pinFor(serviceAdoption(stable, scene), stableHash(scene, stage), scene),
    canary: pinFor(serviceAdoption(canary, scene), at, scene),
  }
}

/** An abort leaves the canary's subset where it is, as Argo does: no route gives it weight. */
function subsetsFor(scene: Scene, stage: Stage): WantedPins {
  const rule = scene.traffic.kind === 'mesh' ? scene.traffic.destinationRule : 'none'
  if (rule === 'none' || rule === 'unknown') return { stable: undefined, canary: undefined }
  const ours = rule.managedBy === scene.rollout.name
  const adoption = (hash: string | undefined): Adoption =>
    ours && hash !== undefined ? 'ours' : 'new'
  return {
    stable: pinFor(adoption(rule.stable.hash), stableHash(scene, stage), scene),
    canary:
      stage.kind === 'aborted'
        ? undefined
        : pinFor(adoption(rule.canary.hash), scene.templateHash, scene),
  }
}

function stableHash(scene: Scene, stage: Stage): string | undefined {
  return stage.kind === 'settled' ? scene.templateHash : scene.status.stableRS
}

/** Whether a pin is ours already. */
type Adoption = 'ours' | 'new'

function serviceAdoption(service: Seen<ServiceFacts>, { rollout }: Scene): Adoption {
  if (service === 'none' || service === 'unknown') return 'new'
  return service.managedBy === rollout.name && pinOf(service) !== undefined ? 'ours' : 'new'
}

/** The first pin waits until everything is up; what is ours already follows the first pod. */
function pinFor(adoption: Adoption, hash: string | undefined, scene: Scene): string | undefined {
  const replicaSet = scene.replicaSets.find((candidate) => candidate.hash === hash)
  if (replicaSet === undefined) return undefined
  const { available, wanted } = replicaSet
  const isReady = adoption === 'ours' ? available > 0 : wanted > 0 && available >= wanted
  return isReady ? hash : undefined
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
  if (isReachable(scene, replicaSet.hash)) return staying(replicaSet, replicaSet.wanted)
  if (replicaSet.scaleDownAt !== undefined) return until(replicaSet, replicaSet.scaleDownAt, now)
  if (standing.stage.kind !== 'settled') return staying(replicaSet, 0)
  return until(replicaSet, plus(now, scene.spec.canary.scaleDownDelay), now)
}

function leavingAfterAbort(replicaSet: ReplicaSetFacts, scene: Scene, now: Instant): WantedPods {
  const delay = scene.spec.canary.abortScaleDownDelay
  const stableIsUp = isUp(stableOf(scene), scene.spec.replicas)
  if (replicaSet.wanted === 0) return staying(replicaSet, 0)
  if (delay === 'never' || !stableIsUp || isReachable(scene, replicaSet.hash))
    return staying(replicaSet, replicaSet.wanted)
  return until(replicaSet, replicaSet.scaleDownAt ?? plus(now, delay), now)
}

function until(replicaSet: ReplicaSetFacts, scaleDownAt: Instant, now: Instant): WantedPods {
  return now >= scaleDownAt
    ? staying(replicaSet, 0)
    : { replicaSet, replicas: replicaSet.wanted, scaleDownAt }
}
