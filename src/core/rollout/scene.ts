/** Everything that one pass sees of a Rollout: all reads are done, nothing is decided yet. */
import type { Argument, Metric } from '../analysis/metric.ts'
import type { PodFacts, ReplicaSetFacts, RunFacts, ServicesSeen, TrafficFacts } from './facts.ts'
import type { RolloutSpec } from './spec.ts'
import type { RolloutStatus } from './status.ts'
import type { WorkloadFacts } from './workload.ts'

export type Identity = {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly generation: number
  readonly annotations: Readonly<Record<string, string>>
}

/** What a run of this analysis measures, templates merged and arguments known. */
export type Analysis = { readonly metrics: readonly Metric[]; readonly args: readonly Argument[] }

export type Scene = {
  readonly rollout: Identity
  readonly spec: RolloutSpec
  readonly workload: WorkloadFacts | undefined
  /** As it stands on the server, people's signals included. */
  readonly status: RolloutStatus
  /** Of `spec.template`, collisions counted. */
  readonly templateHash: string
  /** Of the template itself: another one with the same hash has another. */
  readonly templateDigest: string
  /** How often a name was taken already. */
  readonly collisionCount: number | undefined
  readonly stepHash: string
  /** Owned by the Rollout; any order. */
  readonly replicaSets: readonly ReplicaSetFacts[]
  /** Live pods of these ReplicaSets; undefined when nobody looked. See `pod-look.ts`. */
  readonly pods: readonly PodFacts[] | undefined
  readonly services: ServicesSeen
  readonly traffic: TrafficFacts
  readonly runs: readonly RunFacts[]
  /** Of the background, and of each analysis step by its index; undefined where there is nothing to measure. */
  readonly analyses: {
    readonly background: Analysis | undefined
    readonly steps: ReadonlyMap<number, Analysis>
  }
}

/** The ReplicaSet of the template that the spec asks for. */
export function currentOf(scene: Scene): ReplicaSetFacts | undefined {
  return scene.replicaSets.find(({ hash }) => hash === scene.templateHash)
}

/** The ReplicaSet of the last revision that was promoted. */
export function stableOf(scene: Scene): ReplicaSetFacts | undefined {
  return scene.replicaSets.find(({ hash }) => hash === scene.status.stableRS)
}
