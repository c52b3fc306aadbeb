/** The objects of a real Kubernetes cluster, behind our port. */
import type { Json } from '../../core/json.ts'
import type { Kind, KubeObject, NewObject, ObjectRef, PodRef } from '../../core/object.ts'
import { fieldManager } from '../../core/rollout/keys.ts'
import { type Cluster, type Eviction, type Patch, PortError } from '../../ports.ts'
import { apiVersionOf, collectionPath, objectPath, resourceOf } from './kinds.ts'
import { type Lists, listAll, sourceOf } from './lists.ts'
import { objectFrom } from './objects.ts'
import { isRefusedEviction, jsonPatchRefusal, refusal } from './refusal.ts'
import type { Answer } from './transport.ts'
import { type Pace, startWatch } from './watch.ts'

export type Means = Lists & { readonly paceOf: (kind: Kind) => Pace }

export function createCluster(means: Means): Cluster {
  return {
    read: (ref) => read(means, ref),
    list: async (kind, namespace = means.namespace, labels = {}) =>
      (await listAll(means, { kind, namespace, labels }))?.objects ?? [],
    create: (object) => create(means, object),
    patch: (ref, patch) => patched(means, ref, patch),
    delete: (ref) => remove(means, ref),
    evict: (pod) => evict(means, pod),
    watch: (kind, on) => startWatch(sourceOf(means, kind), means.paceOf(kind), on),
  }
}

async function read(means: Means, ref: ObjectRef): Promise<KubeObject | undefined> {
  const version = await means.discovery.version(ref.kind)
  if (version === undefined) return undefined
  const what = `read ${nameOf(ref)}`
  const answer = await means.transport.exchange({
    what,
    method: 'GET',
    path: objectPath(version, ref),
  })
  return answer.status === 404 ? undefined : objectOf(what, ref.kind, version, answer)
}

/** An object of a kind that is served in several versions is sent in the one that the cluster serves. */
async function create(means: Means, { ref, json }: NewObject): Promise<KubeObject> {
  const what = `create ${nameOf(ref)}`
  const version = await served(means, ref.kind, what)
  const resource = resourceOf(ref.kind)
  const answer = await means.transport.exchange({
    what,
    method: 'POST',
    path: collectionPath(resource, version, ref.namespace),
    query: { fieldManager },
    body: {
      contentType: 'application/json',
      json: { ...json, apiVersion: apiVersionOf(resource, version) },
    },
  })
  return objectOf(what, ref.kind, version, answer)
}

async function patched(means: Means, ref: ObjectRef, patch: Patch): Promise<KubeObject> {
  const onStatus =
    patch.subresource === 'status' && resourceOf(ref.kind).status === 'subresource' ? '/status' : ''
  const what = `patch ${nameOf(ref)}${onStatus}`
  const version = await served(means, ref.kind, what)
  const answer = await means.transport.exchange({
    what,
    method: 'PATCH',
    path: `${objectPath(version, ref)}${onStatus}`,
    query: { fieldManager },
    body: bodyOf(patch),
  })
  if (patch.type === 'json' && answer.status >= 400) throw jsonPatchRefusal(what, answer)
  return objectOf(what, ref.kind, version, answer)
}

function bodyOf(patch: Patch): { readonly contentType: string; readonly json: Json } {
  return patch.type === 'merge'
    ? { contentType: 'application/merge-patch+json', json: patch.body }
    : { contentType: 'application/json-patch+json', json: patch.operations }
}

/** What the object owns is collected afterwards, in the background. */
async function remove(means: Means, ref: ObjectRef): Promise<void> {
  const version = await means.discovery.version(ref.kind)
  if (version === undefined) return
  const what = `delete ${nameOf(ref)}`
  const answer = await means.transport.exchange({
    what,
    method: 'DELETE',
    path: objectPath(version, ref),
    query: { propagationPolicy: 'Background' },
  })
  if (answer.status >= 400 && answer.status !== 404) throw refusal(what, answer)
}

/** Bound to the uid: whoever took the name meanwhile stays. */
async function evict(means: Means, { namespace, name, uid }: PodRef): Promise<Eviction> {
  const what = `evict Pod ${namespace}/${name}`
  const answer = await means.transport.exchange({
    what,
    method: 'POST',
    path: `${objectPath('v1', { kind: 'Pod', namespace, name })}/eviction`,
    body: {
      contentType: 'application/json',
      json: {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { namespace, name },
        deleteOptions: { preconditions: { uid } },
      },
    },
  })
  if (isRefusedEviction(answer)) return 'refused'
  if (answer.status >= 400 && answer.status !== 404 && answer.status !== 409)
    throw refusal(what, answer)
  return 'evicted'
}

async function served(means: Means, kind: Kind, what: string): Promise<string> {
  const version = await means.discovery.version(kind)
  if (version !== undefined) return version
  const { group } = resourceOf(kind)
  throw new PortError('not-found', `${what}: the cluster serves no ${kind} of ${group}`)
}

function objectOf(what: string, kind: Kind, version: string, answer: Answer): KubeObject {
  if (answer.status < 200 || answer.status >= 300) throw refusal(what, answer)
  const object = objectFrom(kind, apiVersionOf(resourceOf(kind), version), answer.body)
  if (object === undefined) throw new PortError('unavailable', `${what}: answered with no object`)
  return object
}

function nameOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}
