/**
 * Pods are many and rarely of interest, so nobody watches them: they are listed in the passes that need them, and only then.
 */
import { type Duration, type Instant, plus, seconds } from '../units.ts'
import type { PodFacts } from './facts.ts'
import { isMoving } from './pod-metadata.ts'
import type { Scene } from './scene.ts'

const lookAgain: Duration = seconds(1)

export function needsPods({ replicaSets }: Scene): boolean {
  return replicaSets.some(isMoving)
}

/** Only those of the Rollout's own ReplicaSets count, whatever else the selector finds. */
export function withPods(scene: Scene, pods: readonly PodFacts[]): Scene {
  const owners = new Set(scene.replicaSets.map(({ uid }) => uid))
  return { ...scene, pods: pods.filter(({ owner }) => owners.has(owner)) }
}

/** When to look even if nothing changes. */
export function nextLookAtPods(scene: Scene, now: Instant): Instant | undefined {
  return needsPods(scene) ? plus(now, lookAgain) : undefined
}
