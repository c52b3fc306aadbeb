/**
 * Labels and annotations that pods carry while they are canary or stable, and no longer: put into the template of their ReplicaSet and onto
 * the live pods, never into the hash. What was put there stands on the ReplicaSet, so that only that is taken away again.
 *
 *     template changed ──> its controller has seen it ──> live pods changed ──> done
 *     (marked as moving)   (no pod with the old one        (bounded each pass)   (mark gone)
 *                           comes any more)
 */
import { at, type Json, type JsonObject, objectAt, parseJson, textEntries } from '../json.ts'
import type { ObjectRef } from '../object.ts'
import type { Action } from './action.ts'
import type { PodFacts, ReplicaSetFacts } from './facts.ts'
import { movingMetadataAnnotation, podMetadataAnnotation } from './keys.ts'
import type { Scene } from './scene.ts'
import type { PodMetadata } from './spec.ts'

/** Live pods that one pass changes; the way back must not wait for more. */
const mostPods = 50

export const noMetadata: PodMetadata = { labels: {}, annotations: {} }

type Texts = Readonly<Record<string, string>>

/** What the pods of a revision carry. With nothing stable yet, the only revision is the one that will be. */
export function metadataFor(hash: string, { spec, status, templateHash }: Scene): PodMetadata {
  const { canaryMetadata, stableMetadata } = spec.canary
  const stable = status.stableRS ?? templateHash
  if (hash === stable) return stableMetadata
  return hash === templateHash ? canaryMetadata : noMetadata
}

/** The template of a ReplicaSet that is to be made, and what it is annotated with. */
export function dressed(
  template: JsonObject,
  wanted: PodMetadata,
): { readonly template: JsonObject; readonly annotations: Readonly<Record<string, string>> } {
  if (isNone(wanted)) return { template, annotations: {} }
  const metadata = objectAt(template, 'metadata')
  const labels = { ...objectAt(metadata, 'labels'), ...wanted.labels }
  const annotations = { ...objectAt(metadata, 'annotations'), ...wanted.annotations }
  return {
    template: { ...template, metadata: { ...metadata, labels, annotations } },
    annotations: { [podMetadataAnnotation]: metadataText(wanted) },
  }
}

/** A stored template without what was put there. */
export function undressed({ template, annotations }: Stored): JsonObject {
  const injected = readMetadata(annotations[podMetadataAnnotation])
  if (isNone(injected)) return template
  const metadata = objectAt(template, 'metadata')
  const bare = {
    labels: without(objectAt(metadata, 'labels'), injected.labels),
    annotations: without(objectAt(metadata, 'annotations'), injected.annotations),
  }
  return { ...template, metadata: { ...metadata, ...bare } }
}

export type Stored = Pick<ReplicaSetFacts, 'template' | 'annotations'>

/* -------------------------------------------------------------- templates */

/** First the templates: a pod that is made from now on is right. */
export function templateMetadataActions(scene: Scene): readonly Action[] {
  return scene.replicaSets.flatMap((replicaSet) => templateAction(replicaSet, scene))
}

function templateAction(replicaSet: ReplicaSetFacts, scene: Scene): readonly Action[] {
  const wanted = metadataFor(replicaSet.hash, scene)
  const before = readMetadata(replicaSet.annotations[podMetadataAnnotation])
  const own = ownMetadata(replicaSet, scene)
  const metadata = changesOf(metadataOf(replicaSet.template), {
    touched: union(before, own),
    wanted: union(own, wanted),
  })
  if (metadata === undefined) return []
  const hasPods = replicaSet.wanted > 0 || replicaSet.replicas > 0
  const moving = [readMetadata(replicaSet.annotations[movingMetadataAnnotation]), before].reduce(
    union,
    metadataOf({ metadata }),
  )
  const annotations = {
    [podMetadataAnnotation]: isNone(wanted) ? null : metadataText(wanted),
    ...(hasPods ? { [movingMetadataAnnotation]: metadataText(moving) } : {}),
  }
  const body = { metadata: { annotations }, spec: { template: { metadata } } }
  return [{ kind: 'merge', ref: refOf(replicaSet, scene), body, notes: [] }]
}

/** What the user's template says itself comes back where something was put over it. It is known of the current template only. */
function ownMetadata({ hash }: ReplicaSetFacts, { spec, templateHash }: Scene): PodMetadata {
  return hash === templateHash ? metadataOf(spec.template) : noMetadata
}

/* -------------------------------------------------------------- live pods */

/** Whether live pods of this ReplicaSet may carry something else than its template. */
export function isMoving({ annotations }: ReplicaSetFacts): boolean {
  return annotations[movingMetadataAnnotation] !== undefined
}

/** Then the pods. The mark goes once all are right and no pod with the old template can come any more. */
export function podMetadataActions(scene: Scene): readonly Action[] {
  const { pods } = scene
  if (pods === undefined) return []
  return scene.replicaSets.filter(isMoving).flatMap((replicaSet) => {
    const mine = pods.filter(({ owner, leaving }) => owner === replicaSet.uid && !leaving)
    const changes = mine.flatMap((pod) => podAction(pod, replicaSet, scene))
    const isDone = changes.length <= mostPods && replicaSet.observed
    return [...changes.slice(0, mostPods), ...(isDone ? [arrived(replicaSet, scene)] : [])]
  })
}

function podAction(pod: PodFacts, replicaSet: ReplicaSetFacts, scene: Scene): readonly Action[] {
  const touched = readMetadata(replicaSet.annotations[movingMetadataAnnotation])
  const own = only(ownMetadata(replicaSet, scene), touched)
  const wanted = union(own, metadataFor(replicaSet.hash, scene))
  const metadata = changesOf(pod, { touched, wanted })
  if (metadata === undefined) return []
  const ref = { kind: 'Pod', namespace: scene.rollout.namespace, name: pod.name } as const
  return [{ kind: 'merge', ref, body: { metadata }, notes: [] }]
}

function arrived(replicaSet: ReplicaSetFacts, scene: Scene): Action {
  const body = { metadata: { annotations: { [movingMetadataAnnotation]: null } } }
  return { kind: 'merge', ref: refOf(replicaSet, scene), body, notes: [] }
}

function refOf({ name }: ReplicaSetFacts, { rollout }: Scene): ObjectRef {
  return { kind: 'ReplicaSet', namespace: rollout.namespace, name }
}

/* --------------------------------------------------------------- metadata */

/** `touched` names what we may take away, `wanted` says all that is to be there. */
type Wish = { readonly touched: PodMetadata; readonly wanted: PodMetadata }

/** A merge patch of metadata; undefined when all is as wanted. */
function changesOf(is: PodMetadata, { touched, wanted }: Wish): JsonObject | undefined {
  const labels = changed(is.labels, touched.labels, wanted.labels)
  const annotations = changed(is.annotations, touched.annotations, wanted.annotations)
  const parts = Object.entries({ labels, annotations }).filter(
    ([, part]) => Object.keys(part).length > 0,
  )
  return parts.length === 0 ? undefined : Object.fromEntries(parts)
}

function changed(is: Texts, touched: Texts, wanted: Texts): JsonObject {
  const keys = [...new Set([...Object.keys(touched), ...Object.keys(wanted)])]
  const targets = keys.map((key) => [key, wanted[key] ?? null] as const)
  return Object.fromEntries(targets.filter(([key, target]) => (is[key] ?? null) !== target))
}

/** What `over` says goes before. */
function union(under: PodMetadata, over: PodMetadata): PodMetadata {
  return {
    labels: { ...under.labels, ...over.labels },
    annotations: { ...under.annotations, ...over.annotations },
  }
}

function only(metadata: PodMetadata, keys: PodMetadata): PodMetadata {
  return {
    labels: within(metadata.labels, keys.labels),
    annotations: within(metadata.annotations, keys.annotations),
  }
}

function within(texts: Texts, keys: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => Object.hasOwn(keys, key)))
}

function without(entries: JsonObject, keys: Texts): JsonObject {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => !Object.hasOwn(keys, key)))
}

function isNone({ labels, annotations }: PodMetadata): boolean {
  return Object.keys(labels).length === 0 && Object.keys(annotations).length === 0
}

function metadataOf(template: JsonObject): PodMetadata {
  return partsOf(objectAt(template, 'metadata'))
}

function readMetadata(text: string | undefined): PodMetadata {
  return partsOf(parseJson(text))
}

function partsOf(json: Json): PodMetadata {
  return {
    labels: textEntries(at(json, 'labels')),
    annotations: textEntries(at(json, 'annotations')),
  }
}

/** As Go writes it: what is empty is left out, keys are sorted. */
function metadataText(metadata: PodMetadata): string {
  const parts = (['labels', 'annotations'] as const).flatMap((part) =>
    Object.keys(metadata[part]).length === 0 ? [] : [[part, sorted(metadata[part])] as const],
  )
  return JSON.stringify(Object.fromEntries(parts))
}

function sorted(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
