/** What the engine sees of the objects around a Rollout. */
import type { AnalysisRun, Phase } from '../analysis/metric.ts'
import type { JsonObject } from '../json.ts'
import type { Instant } from '../units.ts'

/** One revision's pods. */
export type ReplicaSetFacts = {
  readonly name: string
  readonly uid: string
  /** Label `rollouts-pod-template-hash`. */
  readonly hash: string
  /** Annotation `rollout.argoproj.io/revision`; 0 when it has none. */
  readonly revision: number
  /** `spec.replicas`. */
  readonly wanted: number
  /** `status.replicas`, `status.readyReplicas`, `status.availableReplicas`. */
  readonly replicas: number
  readonly ready: number
  readonly available: number
  readonly createdAt: Instant
  /** Annotation `scale-down-deadline`. */
  readonly scaleDownAt: Instant | undefined
  /** Annotation `rollout.argoproj.io/desired-replicas`. */
  readonly desiredReplicas: number | undefined
  readonly annotations: Readonly<Record<string, string>>
  /** `spec.template` as stored. */
  readonly template: JsonObject
}

export type ServiceFacts = {
  readonly name: string
  readonly selector: Readonly<Record<string, string>>
  /** Annotation `argo-rollouts.argoproj.io/managed-by-rollouts`. */
  readonly managedBy: string | undefined
}

/** One AnalysisRun that the Rollout owns. */
export type RunFacts = {
  readonly run: AnalysisRun
  readonly phase: Phase | 'New'
  readonly kind: 'Step' | 'Background' | 'other'
  /** Label `step-index` of an inline run. */
  readonly stepIndex: number | undefined
  readonly hash: string
  readonly createdAt: Instant
}
