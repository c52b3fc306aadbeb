/** What the engine sees of the objects around a Rollout. */
import type { AnalysisRun, Phase } from '../analysis/metric.ts'
import type { JsonObject } from '../json.ts'
import type { ManagedEntry } from '../mesh/managed.ts'
import type { DrivenRoute } from '../mesh/routes.ts'
import type { Subset } from '../mesh/subsets.ts'
import type { ObjectRef } from '../object.ts'
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
  readonly minReadySeconds: number
  /** Why its controller cannot make its pods. */
  readonly failure: { readonly reason: string; readonly message: string } | undefined
  readonly createdAt: Instant
  /** Annotation `scale-down-deadline`. */
  readonly scaleDownAt: Instant | undefined
  /** Annotation `rollout.argoproj.io/desired-replicas`. */
  readonly desiredReplicas: number | undefined
  readonly annotations: Readonly<Record<string, string>>
  /** `spec.template` as stored. */
  readonly template: JsonObject
  /** Its controller has seen its spec as it is: pods that come from now on are made of this template. */
  readonly observed: boolean
}

/** One live pod. */
export type PodFacts = {
  readonly name: string
  readonly uid: string
  /** The uid of its ReplicaSet. */
  readonly owner: string
  readonly createdAt: Instant
  /** Ready for long enough. */
  readonly available: boolean
  /** It was told to end. */
  readonly leaving: boolean
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

export type ServiceFacts = {
  readonly name: string
  readonly selector: Readonly<Record<string, string>>
  /** Annotation `argo-rollouts.argoproj.io/managed-by-rollouts`. */
  readonly managedBy: string | undefined
}

/** An object that a Rollout names: what it says; `none` where none is named; `unknown` where it is missing or cannot be read. */
export type Seen<T> = T | 'none' | 'unknown'

/** The Services of the two sides. */
export type ServicesSeen = {
  readonly stable: Seen<ServiceFacts>
  readonly canary: Seen<ServiceFacts>
}

/** What shares the traffic out, as it stands. */
export type TrafficFacts =
  /** The number of pods on each side is its share. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'mesh'
      /** Those that are there. */
      readonly virtualServices: readonly VirtualServiceFacts[]
      readonly destinationRule: Seen<DestinationRuleFacts>
    }

export type VirtualServiceFacts = {
  readonly ref: ObjectRef
  readonly resourceVersion: string
  /** The routes that can be driven. */
  readonly routes: readonly DrivenRoute[]
  /** Whether these are all that should be: what the others carry is not known. */
  readonly isClear: boolean
  /** Who changed its spec last, by `managedFields`; undefined when that is not known. */
  readonly lastWriter: string | undefined
  /** Entries with the names of `managedRoutes`. */
  readonly managed: readonly ManagedEntry[]
}

export type DestinationRuleFacts = {
  readonly ref: ObjectRef
  readonly resourceVersion: string
  readonly managedBy: string | undefined
  /** Whether it has annotations at all. */
  readonly annotated: boolean
  readonly stable: Subset
  readonly canary: Subset
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
