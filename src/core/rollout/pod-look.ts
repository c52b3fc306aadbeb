/**
 * Pods are many and rarely of interest, so nobody watches them: they are listed in the passes that need them, and only then.
 */
import { type Duration, type Instant, plus, seconds } from '../units.ts'
import type { PodFacts } from './facts.ts'
import { isMoving } from './pod-metadata.ts'
import { isRestartDue, nextLookAtRestart } from './restart.ts'
import type { Scene } from './scene.ts'

const lookAgain: Duration = seconds(1)

export function needsPods(scene: Scene, now: Instant): boolean {
  return isMetadataMoving(scene) || isRestartDue(scene, now)
}

function isMetadataMoving({ replicaSets }: Scene): boolean {
  return replicaSets.some(isMoving)
}

/**
 * Only those of the Rollout's own ReplicaSets count, whatever else the selector finds. They say more than the ReplicaSets' counts, which
 * may be from before an eviction: of the two the lower one holds.
 */
export function withPods(scene: Scene, all: readonly PodFacts[]): Scene {
  const owners = new Set(scene.replicaSets.map(({ uid }) => uid))
  const pods = all.filter(({ owner }) => owners.has(owner))
  const replicaSets = scene.replicaSets.map((facts) => {
    const up = pods.filter((pod) => pod.owner === facts.uid && pod.available && !pod.leaving)
    return { ...facts, available: Math.min(facts.available, up.length) }
  })
  return { ...scene, replicaSets, pods }
}

/** When to look even if nothing changes. */
export function nextLookAtPods(scene: Scene, now: Instant): Instant | undefined {
  return isMetadataMoving(scene) ? plus(now, lookAgain) : nextLookAtRestart(scene, now)
}
