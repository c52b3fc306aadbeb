/** How everything should stand, given the stage and what is there. A diff finds the writes (`changes.ts`). */
import type { ManagedRoute } from '../mesh/managed.ts'
import type { Instant, Weight } from '../units.ts'
import { unavailableOf } from './counts.ts'
import type { Seen, ServiceFacts } from './facts.ts'
import { managedAt } from './managed.ts'
import { type WantedPods, wantedPods } from './pods.ts'
import { mayServe } from './reach.ts'
import { currentOf, type Scene, stableOf } from './scene.ts'
import type { Stage, Standing } from './stage.ts'
import { pinOf, type Side, selects } from './traffic.ts'
import { canaryWeightFor } from './weight.ts'

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
    pods: wantedPods(scene, standing, now),
    canary: scene.traffic.kind === 'mesh' ? canaryWeightFor(scene, standing) : undefined,
    managed: managedFor(scene, standing),
    services: servicesFor(scene, standing.stage),
    subsets: subsetsFor(scene, standing.stage),
  }
}

/* --------------------------------------------------------- managed routes */

/** A route of its own leads to the canary only while there is one, and steps are what asks for it. */
function managedFor(scene: Scene, { stage }: Standing): readonly ManagedRoute[] {
  const current = currentOf(scene)
  if (stage.kind !== 'stepping' || current === undefined || current.available === 0) return []
  return selects(scene, 'canary', scene.templateHash) ? managedAt(scene.spec, stage.index) : []
}

/* ------------------------------------------------------------------- pins */

function servicesFor(scene: Scene, stage: Stage): WantedPins {
  const { stable, canary } = scene.services
  if (scene.spec.canary.services.kind === 'ping-pong') return turnsFor(scene, stage)
  return {
    stable: pinFor('stable', serviceAdoption(stable, scene), stableHash(scene, stage), scene),
    canary:
      stage.kind === 'aborted'
        ? backFor(scene)
        : pinFor('canary', serviceAdoption(canary, scene), scene.templateHash, scene),
  }
}

/** Of two Services that take turns only the canary's is ever moved, while it is one; the other is pinned once, and where a hand moved it. */
function turnsFor(scene: Scene, stage: Stage): WantedPins {
  const { stable, canary } = scene.services
  const hasCanary = stage.kind === 'stepping' || stage.kind === 'promoting'
  const at = hasCanary ? scene.templateHash : undefined
  // Whose turn it is stands in the status: until the first version is recorded as stable, nobody's.
  const whose = stage.kind === 'first' ? scene.status.stableRS : stableHash(scene, stage)
  return {
    stable: pinFor('stable', serviceAdoption(stable, scene), whose, scene),
    canary: pinFor('canary', serviceAdoption(canary, scene), at, scene),
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
    stable: pinFor('stable', adoption(rule.stable.hash), stableHash(scene, stage), scene),
    canary:
      stage.kind === 'aborted'
        ? undefined
        : pinFor('canary', adoption(rule.canary.hash), scene.templateHash, scene),
  }
}

/** The first version is stable at once, whether or not the status says so yet. */
function stableHash(scene: Scene, stage: Stage): string | undefined {
  const isAlone = stage.kind === 'settled' || stage.kind === 'first'
  return isAlone ? scene.templateHash : scene.status.stableRS
}

/** Whether a pin is ours already. */
type Adoption = 'ours' | 'new'

function serviceAdoption(service: Seen<ServiceFacts>, { rollout }: Scene): Adoption {
  if (service === 'none' || service === 'unknown') return 'new'
  return service.managedBy === rollout.name && pinOf(service) !== undefined ? 'ours' : 'new'
}

/** The first pin waits until everything is up; what is ours already follows the pods for its weight. */
function pinFor(
  side: Side,
  adoption: Adoption,
  hash: string | undefined,
  scene: Scene,
): string | undefined {
  const replicaSet = scene.replicaSets.find((candidate) => candidate.hash === hash)
  if (replicaSet === undefined) return undefined
  const { available, wanted } = replicaSet
  const isReady =
    adoption === 'ours'
      ? available > 0 && mayServe(replicaSet, side, scene, unavailableOf(scene.spec))
      : wanted > 0 && available >= wanted
  return isReady ? hash : undefined
}

/** After an abort the canary Service goes back to the stable pods, once it carries nothing or they can take all. */
function backFor(scene: Scene): string | undefined {
  const stable = stableOf(scene)
  return stable !== undefined && mayServe(stable, 'canary', scene, 0) ? stable.hash : undefined
}
