/** How many canary pods the steps ask for. */

import type { Weight } from '../units.ts'
import { allTraffic, atLeastMinimum, noTraffic, podsFor, unavailableOf } from './counts.ts'
import type { Scene } from './scene.ts'
import type { CanaryScale } from './spec.ts'
import type { Standing } from './stage.ts'

/** The weight of the current step, or of the last one that said a weight. */
export function askedWeight(scene: Scene, { stage, index }: Standing): Weight {
  if (stage.kind === 'promoting') return allTraffic
  if (stage.kind !== 'stepping') return noTraffic
  return weightBefore(scene, index + 1)
}

/** The last weight that the steps before this one say. */
export function weightBefore({ spec }: Scene, end: number): Weight {
  const weights = spec.canary.steps
    .slice(0, end)
    .flatMap((step) => (step.kind === 'setWeight' ? [step.weight] : []))
  return weights.at(-1) ?? noTraffic
}

/**
 * The pods that the canary should have at its step: those for its weight, or as many as a `setCanaryScale` says. A scale never starves
 * the weight: were it smaller than the pods for it less `maxUnavailable`, the weight could not be written.
 */
export function canaryPods(scene: Scene, standing: Standing): number {
  const { spec } = scene
  const asked = askedWeight(scene, standing)
  const scale = standing.stage.kind === 'stepping' ? scaleAt(scene, standing.index) : undefined
  if (scale === undefined || scale.kind === 'matchTrafficWeight')
    return atLeastMinimum(podsFor(asked, spec.replicas), spec)
  return Math.max(podsOfScale(scale, scene), fewestFor(asked, scene))
}

/** The `setCanaryScale` in force at a step. */
export function scaleAt({ spec }: Scene, index: number): CanaryScale | undefined {
  const scales = spec.canary.steps
    .slice(0, index + 1)
    .flatMap((step) => (step.kind === 'setCanaryScale' ? [step.scale] : []))
  return scales.at(-1)
}

/** An explicit number is taken as it is; a share has the minimum of pods. */
export function podsOfScale(
  scale: Exclude<CanaryScale, { kind: 'matchTrafficWeight' }>,
  { spec }: Scene,
): number {
  if (scale.kind === 'weight') return atLeastMinimum(podsFor(scale.percent, spec.replicas), spec)
  return spec.canary.dynamicStableScale ? atLeastMinimum(scale.replicas, spec) : scale.replicas
}

function fewestFor(asked: Weight, { spec }: Scene): number {
  const needed = podsFor(asked, spec.replicas)
  return needed === 0 ? 0 : Math.max(1, needed - unavailableOf(spec))
}
