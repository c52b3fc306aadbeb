/** Whether the pods that a step asks for are there. */
import { basicSplit, olderAreGone } from './basic-pods.ts'
import { isUp, meets } from './counts.ts'
import { canaryPods } from './scale.ts'
import { currentOf, type Scene, stableOf } from './scene.ts'
import type { Standing } from './stage.ts'

/** The canary pods that the current step asks for. */
export function neededPods(scene: Scene, standing: Standing): number {
  return scene.traffic.kind === 'none'
    ? basicSplit(scene, standing).canary
    : canaryPods(scene, standing)
}

/**
 * Those of the canary by the threshold; those of the stable side made at all, available or not. Where pods are the share of traffic no
 * older ones may be left.
 */
export function isScaled(scene: Scene, standing: Standing): boolean {
  const { progressThreshold, dynamicStableScale } = scene.spec.canary
  const current = currentOf(scene)
  const pods = neededPods(scene, standing)
  const enough =
    progressThreshold === undefined ? isUp(current, pods) : meets(progressThreshold, current, pods)
  if (scene.traffic.kind === 'none')
    return enough && isMade(scene, basicSplit(scene, standing).stable) && olderAreGone(scene)
  return enough && (dynamicStableScale || isMade(scene, scene.spec.replicas))
}

function isMade(scene: Scene, pods: number): boolean {
  const stable = stableOf(scene)
  return stable?.wanted === pods && stable.replicas === pods
}
