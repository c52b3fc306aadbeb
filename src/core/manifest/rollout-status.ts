/** `status` of a Rollout on the wire ↔ the domain. */
import {
  at,
  booleanAt,
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
} from '../json.ts'
import type {
  Condition,
  ConditionType,
  PauseCondition,
  PauseReason,
  RolloutPhase,
  RolloutStatus,
  RunReference,
  WeightDestination,
} from '../rollout/status.ts'
import { isWeight, timestamp } from '../units.ts'
import { compact, filledList, orAbsent, time, timeAt } from './wire.ts'

/**
 * Reads `status` of a whole Rollout object. Never fails: people, the kubectl plugin and other controllers write there too, so what
 * cannot be understood is absent, and `null` is absent.
 */
export function parseRolloutStatus(object: Json | undefined): RolloutStatus {
  const json = objectAt(object, 'status')
  return {
    ...parseState(json),
    ...parseCounts(json),
    phase: known(phases, textAt(json, 'phase')),
    message: textAt(json, 'message'),
    conditions: listAt(json, 'conditions').flatMap(parseCondition),
    pauseConditions: listAt(json, 'pauseConditions').flatMap(parsePause),
    stablePingPong: known(['ping', 'pong'] as const, textAt(json, 'canary', 'stablePingPong')),
    weights: parseWeights(at(json, 'canary', 'weights')),
    stepRun: parseRun(at(json, 'canary', 'currentStepAnalysisRunStatus')),
    backgroundRun: parseRun(at(json, 'canary', 'currentBackgroundAnalysisRunStatus')),
  }
}

/** The whole `status` as Argo writes it: what is absent, false, zero or empty is left out. */
export function rolloutStatusJson(status: RolloutStatus): JsonObject {
  return compact({
    ...stateJson(status),
    ...countsJson(status),
    phase: status.phase,
    message: status.message,
    conditions: filledList(status.conditions.map(conditionJson)),
    pauseConditions: filledList(status.pauseConditions.map(pauseJson)),
    canary: compact({
      weights: status.weights && {
        canary: weightJson(status.weights.canary),
        stable: weightJson(status.weights.stable),
      },
      stablePingPong: status.stablePingPong,
      currentStepAnalysisRunStatus: status.stepRun && runJson(status.stepRun),
      currentBackgroundAnalysisRunStatus: status.backgroundRun && runJson(status.backgroundRun),
    }),
  })
}

type State = Pick<
  RolloutStatus,
  | 'observedGeneration'
  | 'workloadObservedGeneration'
  | 'abort'
  | 'abortedAt'
  | 'promoteFull'
  | 'restartedAt'
  | 'controllerPause'
  | 'currentStepIndex'
  | 'currentStepHash'
  | 'currentPodHash'
  | 'stableRS'
  | 'collisionCount'
>

function parseState(json: JsonObject): State {
  return {
    observedGeneration: generation(json['observedGeneration']),
    workloadObservedGeneration: generation(json['workloadObservedGeneration']),
    abort: booleanAt(json, 'abort'),
    abortedAt: timeAt(json, 'abortedAt'),
    promoteFull: booleanAt(json, 'promoteFull'),
    restartedAt: timeAt(json, 'restartedAt'),
    controllerPause: booleanAt(json, 'controllerPause'),
    currentStepIndex: numberAt(json, 'currentStepIndex'),
    currentStepHash: filledText(json, 'currentStepHash'),
    currentPodHash: filledText(json, 'currentPodHash'),
    stableRS: filledText(json, 'stableRS'),
    collisionCount: numberAt(json, 'collisionCount'),
  }
}

function stateJson(status: State): JsonObject {
  return {
    observedGeneration: status.observedGeneration,
    workloadObservedGeneration: status.workloadObservedGeneration,
    abort: status.abort || undefined,
    abortedAt: time(status.abortedAt),
    promoteFull: status.promoteFull || undefined,
    restartedAt: time(status.restartedAt),
    controllerPause: status.controllerPause || undefined,
    currentStepIndex: status.currentStepIndex,
    currentStepHash: status.currentStepHash,
    currentPodHash: status.currentPodHash,
    stableRS: status.stableRS,
    collisionCount: status.collisionCount,
  }
}

type Counts = Pick<
  RolloutStatus,
  | 'replicas'
  | 'updatedReplicas'
  | 'readyReplicas'
  | 'availableReplicas'
  | 'hpaReplicas'
  | 'selector'
>

function parseCounts(json: JsonObject): Counts {
  return {
    replicas: numberAt(json, 'replicas') ?? 0,
    updatedReplicas: numberAt(json, 'updatedReplicas') ?? 0,
    readyReplicas: numberAt(json, 'readyReplicas') ?? 0,
    availableReplicas: numberAt(json, 'availableReplicas') ?? 0,
    hpaReplicas: numberAt(json, 'HPAReplicas') ?? 0,
    selector: filledText(json, 'selector'),
  }
}

function countsJson(status: Counts): JsonObject {
  return {
    replicas: orAbsent(status.replicas),
    updatedReplicas: orAbsent(status.updatedReplicas),
    readyReplicas: orAbsent(status.readyReplicas),
    availableReplicas: orAbsent(status.availableReplicas),
    HPAReplicas: orAbsent(status.hpaReplicas),
    selector: status.selector,
  }
}

/** Decimal text, as Argo has it; a number counts as well. */
function generation(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Go leaves empty text out, so empty is absent. */
function filledText(json: JsonObject, name: string): string | undefined {
  return textAt(json, name) || undefined
}

const phases: readonly RolloutPhase[] = ['Healthy', 'Degraded', 'Progressing', 'Paused']
const pauseReasons: readonly PauseReason[] = [
  'CanaryPauseStep',
  'InconclusiveAnalysisRun',
  'TrafficWeightDrift',
]
const conditionStates: readonly Condition['status'][] = ['True', 'False', 'Unknown']
const conditionTypes: readonly ConditionType[] = [
  'Progressing',
  'Available',
  'Healthy',
  'Completed',
  'Paused',
  'InvalidSpec',
  'ReplicaFailure',
]

function known<T extends string>(names: readonly T[], text: string | undefined): T | undefined {
  return names.find((name) => name === text)
}

function parseCondition(json: Json): readonly Condition[] {
  const type = known(conditionTypes, textAt(json, 'type'))
  const status = known(conditionStates, textAt(json, 'status'))
  const changed = timeAt(json, 'lastTransitionTime')
  const updated = timeAt(json, 'lastUpdateTime') ?? changed
  if (type === undefined || status === undefined || updated === undefined) return []
  return [
    {
      type,
      status,
      reason: textAt(json, 'reason') ?? '',
      message: textAt(json, 'message') ?? '',
      lastUpdateTime: updated,
      lastTransitionTime: changed ?? updated,
    },
  ]
}

function conditionJson(condition: Condition): JsonObject {
  return {
    ...condition,
    lastUpdateTime: timestamp(condition.lastUpdateTime),
    lastTransitionTime: timestamp(condition.lastTransitionTime),
  }
}

function parsePause(json: Json): readonly PauseCondition[] {
  const reason = known(pauseReasons, textAt(json, 'reason'))
  const startTime = timeAt(json, 'startTime')
  return reason === undefined || startTime === undefined ? [] : [{ reason, startTime }]
}

function pauseJson({ reason, startTime }: PauseCondition): JsonObject {
  return { reason, startTime: timestamp(startTime) }
}

function parseWeights(json: Json | undefined): RolloutStatus['weights'] {
  const canary = parseWeight(at(json, 'canary'))
  const stable = parseWeight(at(json, 'stable'))
  return canary === undefined || stable === undefined ? undefined : { canary, stable }
}

function parseWeight(json: Json | undefined): WeightDestination | undefined {
  const weight = numberAt(json, 'weight')
  if (weight === undefined || !isWeight(weight)) return undefined
  return {
    weight,
    serviceName: textAt(json, 'serviceName'),
    podTemplateHash: textAt(json, 'podTemplateHash'),
  }
}

function weightJson(destination: WeightDestination): JsonObject {
  return compact(destination)
}

function parseRun(json: Json | undefined): RunReference | undefined {
  const name = textAt(json, 'name')
  if (name === undefined) return undefined
  return { name, status: textAt(json, 'status') ?? '', message: textAt(json, 'message') }
}

function runJson(run: RunReference): JsonObject {
  return compact(run)
}
