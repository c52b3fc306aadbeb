/** `status` of a Rollout as Argo writes it (spec §2.11): people, the kubectl plugin and Argo CD read it, and people write to it. */
import type { Instant, Weight } from '../units.ts'

export type PauseReason = 'CanaryPauseStep' | 'InconclusiveAnalysisRun' | 'TrafficWeightDrift'

export type PauseCondition = { readonly reason: PauseReason; readonly startTime: Instant }

export type ConditionType =
  | 'Progressing'
  | 'Available'
  | 'Healthy'
  | 'Completed'
  | 'Paused'
  | 'InvalidSpec'
  | 'ReplicaFailure'

export type Condition = {
  readonly type: ConditionType
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly lastUpdateTime: Instant
  readonly lastTransitionTime: Instant
}

export type RunReference = {
  readonly name: string
  readonly status: string
  readonly message: string | undefined
}

export type WeightDestination = {
  readonly weight: Weight
  readonly serviceName: string | undefined
  readonly podTemplateHash: string | undefined
}

export type PingPong = 'ping' | 'pong'

export type RolloutPhase = 'Healthy' | 'Degraded' | 'Progressing' | 'Paused'

/** Undefined stands for a field that is absent. */
export type RolloutStatus = {
  readonly observedGeneration: string | undefined
  /** The generation of the workload that the template came from. */
  readonly workloadObservedGeneration: string | undefined
  readonly phase: RolloutPhase | undefined
  readonly message: string | undefined
  readonly conditions: readonly Condition[]
  readonly abort: boolean
  readonly abortedAt: Instant | undefined
  readonly promoteFull: boolean
  /** The `spec.restartAt` that is done. */
  readonly restartedAt: Instant | undefined
  readonly pauseConditions: readonly PauseCondition[]
  readonly controllerPause: boolean
  readonly currentStepIndex: number | undefined
  readonly currentStepHash: string | undefined
  readonly currentPodHash: string | undefined
  readonly stableRS: string | undefined
  readonly collisionCount: number | undefined
  readonly replicas: number
  readonly updatedReplicas: number
  readonly readyReplicas: number
  readonly availableReplicas: number
  readonly hpaReplicas: number
  readonly selector: string | undefined
  readonly weights:
    | { readonly canary: WeightDestination; readonly stable: WeightDestination }
    | undefined
  /** Which of two Services that take turns is stable; kept when the spec has none. */
  readonly stablePingPong: PingPong | undefined
  readonly stepRun: RunReference | undefined
  readonly backgroundRun: RunReference | undefined
}
