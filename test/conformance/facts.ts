/** What the world sees of a release: one line a fact, so that two worlds can be compared line by line. */
import {
  at,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  textEntries,
} from '../../src/core/json.ts'
import { mended } from './fold.ts'
import type { KindName } from './kinds.ts'
import { routeFacts } from './routes.ts'

export type Fact = string | number | boolean

/** `replicaSet reviews-abc revision` → `2`, and so on. */
export type Facts = Readonly<Record<string, Fact>>

/** All objects of one namespace. */
export type Snapshot = Readonly<Partial<Record<KindName, readonly JsonObject[]>>>

type Line = readonly [string, Json | undefined]

/** Time stamps and uids are folded; what is not there is left out. */
export function factsOf(snapshot: Snapshot): Facts {
  const of = (kind: KindName): readonly JsonObject[] =>
    (snapshot[kind] ?? []).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const lines: readonly Line[] = [
    ...of('Rollout').flatMap(rolloutFacts),
    ...of('ReplicaSet').filter(isOfRelease).flatMap(replicaSetFacts),
    ...podFacts(podsOfRelease(of('Pod'), of('ReplicaSet'))),
    ...of('Service').flatMap(serviceFacts),
    ...of('VirtualService').flatMap((object) =>
      routeFacts(nameOf(object), objectAt(object, 'spec')),
    ),
    ...of('DestinationRule').flatMap(destinationRuleFacts),
    ...of('Deployment').flatMap(deploymentFacts),
    ...of('AnalysisRun').map(
      (run): Line => [`analysisRun ${nameOf(run)}`, textAt(run, 'status', 'phase')],
    ),
  ]
  const told = lines.flatMap(([name, value]): readonly (readonly [string, Fact])[] =>
    isFact(value) ? [[name, typeof value === 'string' ? mended(value) : value]] : [],
  )
  return Object.fromEntries(told)
}

function isFact(value: Json | undefined): value is Fact {
  return value !== '' && ['string', 'number', 'boolean'].includes(typeof value)
}

function rolloutFacts(rollout: JsonObject): readonly Line[] {
  const status = objectAt(rollout, 'status')
  const set = (key: string): string | undefined => (status[key] === undefined ? undefined : 'set')
  const generation = String(numberAt(rollout, 'metadata', 'generation'))
  return [
    ...['phase', 'message', 'stableRS', 'currentPodHash', 'currentStepHash', 'selector'].map(
      (key): Line => [key, textAt(status, key)],
    ),
    ...['abort', 'promoteFull', 'controllerPause', 'collisionCount'].map(
      (key): Line => [key, status[key] === false ? undefined : status[key]],
    ),
    ['step', numberAt(status, 'currentStepIndex')],
    ['abortedAt', set('abortedAt')],
    ['restartedAt', set('restartedAt')],
    ['observed', textAt(status, 'observedGeneration') === generation],
    ['workloadObservedGeneration', textAt(status, 'workloadObservedGeneration')],
    [
      'pauses',
      listAt(status, 'pauseConditions')
        .map((pause) => textAt(pause, 'reason'))
        .join(', '),
    ],
    ['stablePingPong', textAt(status, 'canary', 'stablePingPong')],
    ['spec.replicas', numberAt(rollout, 'spec', 'replicas')],
    ...counts.map((key): Line => [key, numberAt(status, key) ?? 0]),
    ...listAt(status, 'conditions').map(conditionFact),
    ...weightFacts(objectAt(status, 'canary', 'weights')),
    ...keyed('annotation', objectAt(rollout, 'metadata', 'annotations')),
  ]
}

const counts = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'HPAReplicas']

function conditionFact(condition: Json): Line {
  const text = ['status', 'reason', 'message'].map((key) => textAt(condition, key) ?? '')
  return [`condition ${textAt(condition, 'type')}`, text.join(' ').trim()]
}

function weightFacts(weights: JsonObject): readonly Line[] {
  const sides = ['stable', 'canary'].flatMap((side): readonly Line[] => {
    const entry = weights[side]
    return isObject(entry) ? [[`weight ${side}`, weightText(entry)]] : []
  })
  const more = listAt(weights, 'additional').map(weightText)
  return [
    ...sides,
    ['weight additional', more.join(', ')],
    ['weight verified', weights['verified']],
  ]
}

function weightText(entry: Json): string {
  const parts = [
    String(numberAt(entry, 'weight')),
    textAt(entry, 'serviceName') ?? '',
    textAt(entry, 'podTemplateHash') ?? '',
  ]
  return parts.filter(Boolean).join(' ')
}

/** A Deployment that a Rollout refers to has ReplicaSets of its own, which its counts tell. */
function isOfRelease(replicaSet: JsonObject): boolean {
  return textAt(replicaSet, 'metadata', 'ownerReferences', 0, 'kind') !== 'Deployment'
}

function podsOfRelease(
  pods: readonly JsonObject[],
  replicaSets: readonly JsonObject[],
): readonly JsonObject[] {
  const foreign = replicaSets.filter((object) => !isOfRelease(object)).map(nameOf)
  return pods.filter((pod) => !foreign.includes(ownerOf(pod)))
}

function replicaSetFacts(object: JsonObject): readonly Line[] {
  const name = `replicaSet ${nameOf(object)}`
  const template = objectAt(object, 'spec', 'template')
  const affinity = at(template, 'spec', 'affinity')
  const revision = textAt(object, 'metadata', 'annotations', 'rollout.argoproj.io/revision')
  const wanted = numberAt(object, 'spec', 'replicas') ?? 0
  const available = numberAt(object, 'status', 'availableReplicas') ?? 0
  return [
    [`revision ${revision ?? '-'}`, `${wanted} wanted, ${available} available`],
    [`${name} minReadySeconds`, numberAt(object, 'spec', 'minReadySeconds') || undefined],
    [`${name} affinity`, affinity === undefined ? undefined : JSON.stringify(affinity)],
    [`${name} owner`, textAt(object, 'metadata', 'ownerReferences', 0, 'kind')],
    ...keyed(`${name} label`, objectAt(object, 'metadata', 'labels')),
    ...keyed(`${name} annotation`, objectAt(object, 'metadata', 'annotations')),
    ...keyed(`${name} pod label`, objectAt(template, 'metadata', 'labels')),
    ...keyed(`${name} pod annotation`, objectAt(template, 'metadata', 'annotations')),
  ]
}

/** By ReplicaSet. Pods that are about to go count no more. */
function podFacts(pods: readonly JsonObject[]): readonly Line[] {
  const alive = pods.filter((pod) => at(pod, 'metadata', 'deletionTimestamp') === undefined)
  const owners = [...new Set(alive.map(ownerOf))].toSorted()
  return owners.flatMap((owner) => {
    const own = alive.filter((pod) => ownerOf(pod) === owner)
    const ready = own.filter(isReady).length
    return [
      [`pods ${owner}`, `${ready} of ${own.length} ready`] as const,
      ...distinct(`pods ${owner} label`, own, 'labels'),
      ...distinct(`pods ${owner} annotation`, own, 'annotations'),
    ]
  })
}

export function ownerOf(pod: JsonObject): string {
  return textAt(pod, 'metadata', 'ownerReferences', 0, 'name') ?? '-'
}

export function isReady(pod: JsonObject): boolean {
  return listAt(pod, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
  )
}

/** What all of them say, or everything that one of them says. */
function distinct(name: string, pods: readonly JsonObject[], key: string): readonly Line[] {
  const entries = pods.map((pod) => textEntries(objectAt(pod, 'metadata', key)))
  const keys = [...new Set(entries.flatMap((entry) => Object.keys(entry)))].toSorted()
  return keys.map((each) => {
    const values = [...new Set(entries.map((entry) => entry[each] ?? 'none'))].toSorted()
    return [`${name} ${each}`, values.join(' | ')]
  })
}

function serviceFacts(object: JsonObject): readonly Line[] {
  const name = `service ${nameOf(object)}`
  return [
    ...keyed(`${name} selector`, objectAt(object, 'spec', 'selector')),
    ...keyed(`${name} annotation`, objectAt(object, 'metadata', 'annotations')),
  ]
}

function destinationRuleFacts(object: JsonObject): readonly Line[] {
  const name = `destinationRule ${nameOf(object)}`
  const subsets = listAt(object, 'spec', 'subsets')
  return [
    [`${name} subsets`, subsets.map((subset) => textAt(subset, 'name')).join(', ')],
    ...subsets.flatMap((subset) =>
      keyed(`${name} subset ${textAt(subset, 'name')} label`, objectAt(subset, 'labels')),
    ),
    ...keyed(`${name} annotation`, objectAt(object, 'metadata', 'annotations')),
  ]
}

function deploymentFacts(object: JsonObject): readonly Line[] {
  const name = `deployment ${nameOf(object)}`
  return [
    [`${name} wanted`, numberAt(object, 'spec', 'replicas') ?? 0],
    [`${name} available`, numberAt(object, 'status', 'availableReplicas') ?? 0],
  ]
}

/** Of other controllers, or times. */
const folded: Readonly<Record<string, 'time' | 'foreign'>> = {
  'scale-down-deadline': 'time',
  'haldane.dev/journal': 'time',
  'deployment.kubernetes.io/revision': 'foreign',
}

function keyed(name: string, entries: JsonObject): readonly Line[] {
  return Object.entries(textEntries(entries)).flatMap(([key, value]): readonly Line[] => {
    if (folded[key] === 'foreign') return []
    return [[`${name} ${key}`, folded[key] === 'time' ? 'set' : value]]
  })
}

export function nameOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'name') ?? ''
}
