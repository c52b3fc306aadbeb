/** Pods of a canary whose share of traffic is its share of pods: within `maxSurge` and `maxUnavailable`, older revisions first. */
import { type Weight } from '../units.ts'
import { basicCounts, type Split } from './basic-counts.ts'
import { allTraffic, surgeOf, unavailableOf } from './counts.ts'
import type { ReplicaSetFacts } from './facts.ts'
import { askedWeight } from './scale.ts'
import { currentOf, type Scene, stableOf } from './scene.ts'
import type { Standing } from './stage.ts'

/** How many pods each ReplicaSet should have after this pass. */
export function basicPods(scene: Scene, standing: Standing): ReadonlyMap<ReplicaSetFacts, number> {
  const { canary, stable } = basicSplit(scene, standing)
  const { current, other } = sides(scene)
  return new Map([
    ...(other === undefined ? [] : [[other, stable] as const]),
    ...(current === undefined ? [] : [[current, canary] as const]),
    ...olderPods(scene),
  ])
}

/** What the current revision and the stable one should have. */
export function basicSplit(scene: Scene, standing: Standing): Split {
  const { spec } = scene
  const { current, other, older } = sides(scene)
  const asked = {
    weight: weightOf(scene, standing),
    replicas: spec.replicas,
    surge: surgeOf(spec),
    unavailable: unavailableOf(spec),
  }
  const olderWanted = older.reduce((total, { wanted }) => total + wanted, 0)
  return basicCounts(asked, { canary: current, stable: other, older: olderWanted })
}

function weightOf(scene: Scene, standing: Standing): Weight {
  const { kind } = standing.stage
  return kind === 'first' || kind === 'settled' ? allTraffic : askedWeight(scene, standing)
}

type Sides = {
  readonly current: ReplicaSetFacts | undefined
  /** The stable revision where it is another one. */
  readonly other: ReplicaSetFacts | undefined
  readonly older: readonly ReplicaSetFacts[]
}

function sides(scene: Scene): Sides {
  const current = currentOf(scene)
  const stable = stableOf(scene)
  return {
    current,
    other: stable === current ? undefined : stable,
    older: scene.replicaSets.filter((facts) => facts !== current && facts !== stable),
  }
}

/**
 * Older pods serve traffic by being there, so they go as fast as `maxUnavailable` allows: those that are not available at once, since they
 * serve nobody, then those of the newest revision first.
 */
function olderPods(scene: Scene): readonly (readonly [ReplicaSetFacts, number])[] {
  const { spec, replicaSets } = scene
  const available = replicaSets.reduce((total, facts) => total + facts.available, 0)
  let spare = Math.max(0, available - (spec.replicas - unavailableOf(spec)))
  return sides(scene)
    .older.toSorted((a, b) => b.revision - a.revision)
    .map((facts) => {
      const healthy = Math.min(facts.wanted, facts.available)
      const gone = Math.min(healthy, spare)
      spare -= gone
      return [facts, healthy - gone] as const
    })
}

/** Whether no older revision serves traffic any more. */
export function olderAreGone(scene: Scene): boolean {
  return sides(scene).older.every(({ available }) => available === 0)
}
