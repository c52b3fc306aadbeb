/** What a Rollout asks for, as far as it is served. Defaults are filled in. */
import type { Argument } from '../analysis/metric.ts'
import type { Json, JsonObject } from '../json.ts'
import type { ManagedRoute } from '../mesh/managed.ts'
import type { RouteSelection } from '../mesh/selection.ts'
import type { Duration, Instant, Weight } from '../units.ts'

export type RolloutSpec = {
  readonly replicas: number
  /** As written; immutable. */
  readonly selector: JsonObject
  readonly matchLabels: Readonly<Record<string, string>>
  /** The pod template stays opaque. */
  readonly template: JsonObject
  /** The object that brings the template; undefined when it is written here. */
  readonly workload: WorkloadRef | undefined
  /** Pods that are older are to be made anew. */
  readonly restartAt: Instant | undefined
  readonly minReadySeconds: number
  readonly revisionHistoryLimit: number
  readonly paused: boolean
  readonly progressDeadline: Duration
  readonly progressDeadlineAbort: boolean
  /** How far back a rollback may go and still skip the steps, in revisions; 0 skips none. */
  readonly rollbackWindow: number
  /** How many finished AnalysisRuns of earlier revisions are kept. */
  readonly analysisHistory: { readonly successful: number; readonly unsuccessful: number }
  readonly canary: CanarySpec
}

export type CanarySpec = {
  readonly services: ServicesSpec
  readonly traffic: TrafficSpec
  readonly steps: readonly Step[]
  /** `canary.steps` as written, for the step hash. */
  readonly stepsJson: Json
  readonly background: BackgroundAnalysis | undefined
  readonly maxSurge: PodLimit
  readonly maxUnavailable: PodLimit
  /** A ReplicaSet that has pods at all has at least so many; 0 when nothing is asked. */
  readonly minPods: number
  /** How much of the canary must be there for a step to count as scaled; undefined asks for all. */
  readonly progressThreshold: ProgressThreshold | undefined
  /** The stable pods shrink as the canary grows. */
  readonly dynamicStableScale: boolean
  readonly scaleDownDelay: Duration
  /** How many old revisions may wait out the delay at once. */
  readonly scaleDownDelayRevisionLimit: number
  /** How long the canary's pods stay after an abort. `with-traffic`: as long as they carry any. */
  readonly abortScaleDownDelay: Duration | 'never' | 'with-traffic'
  /** Pods of a new revision beside stable pods on one node: not at all, or only where there is no other. */
  readonly antiAffinity: AntiAffinity | undefined
  /** What pods carry while they are canary, and while they are stable. */
  readonly canaryMetadata: PodMetadata
  readonly stableMetadata: PodMetadata
}

/** A number of pods, as such or as a share of `spec.replicas`. */
export type PodLimit =
  | { readonly kind: 'pods'; readonly pods: number }
  | { readonly kind: 'percent'; readonly percent: number }

export type ProgressThreshold = { readonly type: 'Percent' | 'Pods'; readonly value: number }

export type WorkloadRef = {
  readonly kind: 'Deployment' | 'ReplicaSet' | 'PodTemplate'
  readonly name: string
  /** When a Deployment's pods go. */
  readonly scaleDown: 'never' | 'onsuccess' | 'progressively'
}

export type AntiAffinity =
  | { readonly kind: 'required' }
  | { readonly kind: 'preferred'; readonly weight: number }

export type PodMetadata = {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** Names in the Rollout's namespace. */
export type ServicesSpec =
  /** Each stands for its side; undefined where none is given. */
  | {
      readonly kind: 'pair'
      readonly stable: string | undefined
      readonly canary: string | undefined
    }
  /** They take turns: a promotion changes sides instead of selectors. */
  | { readonly kind: 'ping-pong'; readonly ping: string; readonly pong: string }

/** What shares the traffic out. */
export type TrafficSpec =
  /** Nothing does: the number of pods on each side is its share. */
  { readonly kind: 'none' } | MeshSpec

export type MeshSpec = {
  readonly kind: 'mesh'
  /** Whether the manifest says `virtualService` or `virtualServices`. */
  readonly form: 'one' | 'list'
  readonly virtualServices: readonly VirtualServiceSpec[]
  readonly destinationRule: DestinationRuleSpec | undefined
  /** Names of routes that steps may add, in the order in which they are to stand. */
  readonly managedRoutes: readonly string[]
}

export type VirtualServiceSpec = {
  readonly namespace: string
  readonly name: string
  readonly selection: RouteSelection
}

/** A DestinationRule in the Rollout's namespace, and the names of subsets in it. */
export type DestinationRuleSpec = {
  readonly name: string
  readonly stableSubset: string
  readonly canarySubset: string
  /** Subsets of others that share the routes; their weights are left alone. */
  readonly additionalSubsets: readonly string[]
}

export type Step =
  | { readonly kind: 'setWeight'; readonly weight: Weight }
  | PauseStep
  | { readonly kind: 'analysis'; readonly analysis: AnalysisSpec }
  /** No match takes the route away. */
  | { readonly kind: 'setHeaderRoute' | 'setMirrorRoute'; readonly route: ManagedRoute }
  | { readonly kind: 'setCanaryScale'; readonly scale: CanaryScale }

/** How many canary pods there are, whatever the weight is; in force until a later step says otherwise. */
export type CanaryScale =
  | { readonly kind: 'replicas'; readonly replicas: number }
  /** Of `spec.replicas`, in percent. */
  | { readonly kind: 'weight'; readonly percent: number }
  | { readonly kind: 'matchTrafficWeight' }

export type PauseStep = {
  readonly kind: 'pause'
  readonly duration: Duration | 'forever'
  /** The duration as written, for messages. */
  readonly text: string | undefined
}

export type AnalysisSpec = {
  readonly templates: readonly TemplateRef[]
  readonly args: readonly Argument[]
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

export type BackgroundAnalysis = AnalysisSpec & { readonly startingStep: number }

export type TemplateRef = { readonly name: string; readonly clusterScope: boolean }
