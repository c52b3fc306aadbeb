/** Other objects → what the engine needs of them. Never fails: they were checked by the API server, and what is missing has a plain reading. */
import { at, type JsonObject, listAt, numberAt, objectAt, textAt, textEntries } from '../json.ts'
import type { KubeObject } from '../object.ts'
import type { PodFacts, ReplicaSetFacts, RunFacts, ServiceFacts } from '../rollout/facts.ts'
import {
  desiredReplicasAnnotation,
  hashLabel,
  managedByAnnotation,
  revisionAnnotation,
  runTypeLabel,
  scaleDownAnnotation,
  stepIndexLabel,
} from '../rollout/keys.ts'
import { type Instant, instant, parseTimestamp, plus, seconds } from '../units.ts'
import { runOf } from './analysis.ts'

export function replicaSetFacts({ metadata, json }: KubeObject): ReplicaSetFacts {
  const { annotations } = metadata
  return {
    name: metadata.name,
    uid: metadata.uid,
    hash: metadata.labels[hashLabel] ?? '',
    revision: wholeNumber(annotations[revisionAnnotation]) ?? 0,
    // Kubernetes' own default.
    wanted: numberAt(json, 'spec', 'replicas') ?? 1,
    replicas: count(json, 'status', 'replicas'),
    ready: count(json, 'status', 'readyReplicas'),
    available: count(json, 'status', 'availableReplicas'),
    minReadySeconds: count(json, 'spec', 'minReadySeconds'),
    failure: failureOf(json),
    createdAt: moment(metadata.creationTimestamp) ?? instant(0),
    scaleDownAt: moment(annotations[scaleDownAnnotation]),
    desiredReplicas: wholeNumber(annotations[desiredReplicasAnnotation]),
    annotations,
    template: objectAt(json, 'spec', 'template'),
    observed: isObserved({ metadata, json }),
  }
}

function count(json: JsonObject, ...path: readonly string[]): number {
  return numberAt(json, ...path) ?? 0
}

function failureOf(json: JsonObject): ReplicaSetFacts['failure'] {
  const failure = listAt(json, 'status', 'conditions').find(
    (condition) =>
      textAt(condition, 'type') === 'ReplicaFailure' && textAt(condition, 'status') === 'True',
  )
  if (failure === undefined) return undefined
  return { reason: textAt(failure, 'reason') ?? '', message: textAt(failure, 'message') ?? '' }
}

function isObserved({ metadata, json }: Pick<KubeObject, 'metadata' | 'json'>): boolean {
  return (numberAt(json, 'status', 'observedGeneration') ?? 0) >= metadata.generation
}

/** Of a pod that a ReplicaSet owns; empty for any other. */
export function podFacts(
  { metadata, json }: KubeObject,
  { now, minReadySeconds }: { readonly now: Instant; readonly minReadySeconds: number },
): readonly PodFacts[] {
  const owner = metadata.ownerReferences.find(({ controller }) => controller === true)
  if (owner === undefined) return []
  const readyAt = readySince(json)
  return [
    {
      name: metadata.name,
      uid: metadata.uid,
      owner: owner.uid,
      createdAt: moment(metadata.creationTimestamp) ?? instant(0),
      available: readyAt !== undefined && plus(readyAt, seconds(minReadySeconds)) <= now,
      leaving: metadata.deletionTimestamp !== undefined,
      labels: metadata.labels,
      annotations: metadata.annotations,
    },
  ]
}

function readySince(json: JsonObject): Instant | undefined {
  const ready = listAt(json, 'status', 'conditions').find(
    (each) => textAt(each, 'type') === 'Ready' && textAt(each, 'status') === 'True',
  )
  return ready === undefined
    ? undefined
    : (moment(textAt(ready, 'lastTransitionTime')) ?? instant(0))
}

export function serviceFacts({ metadata, json }: KubeObject): ServiceFacts {
  return {
    name: metadata.name,
    selector: textEntries(at(json, 'spec', 'selector')),
    managedBy: metadata.annotations[managedByAnnotation],
  }
}

/** A run that cannot be understood is still a run: the engine must not create it again. */
export function runFacts({ metadata, json }: KubeObject): RunFacts {
  const run = runOf(json)
  const type = metadata.labels[runTypeLabel]
  return {
    run,
    phase: run.status.phase ?? 'New',
    kind: type === 'Step' || type === 'Background' ? type : 'other',
    stepIndex: wholeNumber(metadata.labels[stepIndexLabel]),
    hash: metadata.labels[hashLabel] ?? '',
    createdAt: moment(metadata.creationTimestamp) ?? instant(0),
  }
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

function moment(text: string | undefined): Instant | undefined {
  return text === undefined ? undefined : parseTimestamp(text)
}
