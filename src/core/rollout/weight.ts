/** Which share of traffic the canary should have now: traffic follows capacity, on the way up and on the way down. */
import { type Weight, weight } from '../units.ts'
import { allTraffic, noTraffic, podsFor, unavailableOf } from './counts.ts'
import type { ReplicaSetFacts } from './facts.ts'
import { behind } from './reach.ts'
import { askedWeight, weightBefore } from './scale.ts'
import { isScaled } from './scaled.ts'
import { currentOf, type Scene, stableOf } from './scene.ts'
import type { Standing } from './stage.ts'
import { carriedWeight, selects, takesBack } from './traffic.ts'

/** The weight to write; undefined leaves the route as it is. */
export function canaryWeightFor(scene: Scene, standing: Standing): Weight | undefined {
  const goal = goalFor(scene, standing)
  const carried = carriedWeight(scene)
  if (goal === undefined || carried === undefined || goal >= carried) return goal
  return falling(goal, carried, scene)
}

/** Where the weight should end, were the stable pods there for the rest. */
export function goalFor(scene: Scene, standing: Standing): Weight | undefined {
  switch (standing.stage.kind) {
    case 'aborted':
      return scene.services.stable === 'unknown' ? undefined : stepDown(scene)
    case 'first':
    case 'settled':
      return takesBack(scene, scene.templateHash) || nothingAtCanary(scene) ? noTraffic : undefined
    case 'stepping':
    case 'promoting':
      return rising(scene, standing)
  }
}

function nothingAtCanary(scene: Scene): boolean {
  const carried = carriedWeight(scene)
  return carried === undefined || carried === noTraffic
}

/** A canary gets a weight only once the pods for it are up and all that leads to its side selects them. */
function rising(scene: Scene, standing: Standing): Weight | undefined {
  const { templateHash, spec } = scene
  const up = currentOf(scene)?.available ?? 0
  if (up === 0 || !selects(scene, 'canary', templateHash)) return noTraffic
  return standing.promoteFull && spec.canary.dynamicStableScale
    ? shareOf(up, spec.replicas)
    : byStep(scene, standing)
}

/** A lower weight needs no more canary pods than there are. */
function byStep(scene: Scene, standing: Standing): Weight | undefined {
  const asked = askedWeight(scene, standing)
  const falls = asked < (carriedWeight(scene) ?? 0)
  const isReady = isScaled(scene, standing) && stableCarries(scene, asked)
  return falls || isReady ? asked : earlier(scene, standing)
}

/** What the route keeps while the pods for the next weight are not there: never more than it carries. */
function earlier(scene: Scene, standing: Standing): Weight | undefined {
  if (standing.promoteFull) return undefined
  const before = weightBefore(scene, standing.index)
  const carried = carriedWeight(scene)
  return carried === undefined || carried > before ? before : undefined
}

/** Whether the stable pods that are up can take the rest. */
function stableCarries({ spec, ...scene }: Scene, canary: Weight): boolean {
  const rest = Math.floor(((allTraffic - canary) * spec.replicas) / allTraffic)
  return (stableOf({ spec, ...scene })?.available ?? 0) >= rest
}

/** The share that so many pods carry. */
function shareOf(pods: number, replicas: number): Weight {
  return replicas === 0 ? allTraffic : weight(Math.min(100, Math.floor((100 * pods) / replicas)))
}

/**
 * The way down goes as fast as the stable pods that there are. The last `maxUnavailable` of them are not waited for, a canary without
 * pods is not waited for, and where no split would have its pods the stable side gets everything.
 */
function falling(goal: Weight, carried: Weight, scene: Scene): Weight {
  const { replicas } = scene.spec
  const canary = behind(scene, 'canary')
  if (canary === undefined || selects(scene, 'stable', canary.hash)) return goal
  const up = (behind(scene, 'stable') ?? stableOf(scene))?.available ?? 0
  const lowest = weight(Math.max(goal, allTraffic - shareOf(up, replicas)))
  return takesAll(up, scene) || !holds(canary, lowest, up, scene)
    ? goal
    : weight(Math.min(carried, lowest))
}

function takesAll(up: number, { spec }: Scene): boolean {
  return up > 0 && up >= spec.replicas - unavailableOf(spec)
}

/** Whether the canary has the pods for this weight; any pod will do while no stable one is up. */
function holds(canary: ReplicaSetFacts, share: Weight, stableUp: number, { spec }: Scene): boolean {
  const needed = podsFor(share, spec.replicas) - unavailableOf(spec)
  return canary.available > 0 && (stableUp === 0 || canary.available >= needed)
}

/**
 * Back to stable. Where the stable pods were taken away as the canary grew they come back by the steps in reverse, so that an abort near
 * the end does not ask for twice the pods at once.
 */
function stepDown(scene: Scene): Weight {
  const { canary, replicas } = scene.spec
  if (!canary.dynamicStableScale) return noTraffic
  const missing = replicas - (stableOf(scene)?.available ?? 0)
  const held = canary.abortScaleDownDelay === 'with-traffic' ? canaryUp(scene) : 0
  const now = Math.max(missing, held)
  const weights = canary.steps.flatMap((step) => (step.kind === 'setWeight' ? [step.weight] : []))
  const next = weights.findLast((each) => podsFor(each, replicas) < now) ?? noTraffic
  return weight(Math.min(next, carriedWeight(scene) ?? next))
}

function canaryUp(scene: Scene): number {
  const canary = behind(scene, 'canary')
  return canary === undefined || canary.hash === scene.status.stableRS ? 0 : canary.available
}
