/** What an object becomes under a patch, as kube-apiserver decides it. */
import {
  isObject,
  type Json,
  type JsonObject,
  mergePatched,
  objectAt,
  sameJson,
  textAt,
} from '../../core/json.ts'
import type { KubeObject } from '../../core/object.ts'
import { type Patch, PortError } from '../../ports.ts'
import { jsonPatched } from './json-patch.ts'
import { type Resource, resources } from './resources.ts'

/**
 * The new JSON with the old resourceVersion; undefined when nothing changes.
 *
 * What the real server answers, and what the port makes of it:
 * - a JSON patch that cannot be carried out, because a `test` fails (`/metadata/resourceVersion` included) or a path leads
 *   nowhere: 422 without causes. That is `conflict`: the object is not as the patch expects, somebody else was there;
 * - a patch of either type that leaves another `metadata.resourceVersion` behind: 409, `conflict`;
 * - a patch that changes the name, namespace or uid: 400 or 422, `invalid`; other fields of the server in metadata are kept
 *   silently.
 */
export function revised(current: KubeObject, patch: Patch): JsonObject | undefined {
  const resource = resources[current.kind]
  const asked = patched(current, patch)
  refuseForeignVersion(current, asked)
  refuseForeignIdentity(current, asked)
  const allowed = withinReach(resource, current.json, asked, patch.subresource)
  const kept = withServerFields(current.json, allowed)
  if (sameJson(kept, current.json)) return undefined
  return resource.counts && countsAsNew(resource, current.json, kept)
    ? withMetadata(kept, { generation: current.metadata.generation + 1 })
    : kept
}

function patched(current: KubeObject, patch: Patch): JsonObject {
  const value =
    patch.type === 'merge'
      ? mergePatched(current.json, patch.body)
      : jsonPatchedOrThrow(current, patch.operations)
  if (!isObject(value)) throw new PortError('invalid', `${nameOf(current)}: not an object`)
  return value
}

function jsonPatchedOrThrow(
  current: KubeObject,
  operations: Parameters<typeof jsonPatched>[1],
): Json {
  const result = jsonPatched(current.json, operations)
  if (result.ok) return result.value
  throw new PortError('conflict', `${nameOf(current)}: ${result.message}`)
}

function refuseForeignVersion(current: KubeObject, asked: JsonObject): void {
  const version = textAt(asked, 'metadata', 'resourceVersion')
  if (version === undefined || version === current.metadata.resourceVersion) return
  throw new PortError(
    'conflict',
    `${nameOf(current)}: the object has been modified; read it again and apply the change to that`,
  )
}

function refuseForeignIdentity(current: KubeObject, asked: JsonObject): void {
  const moved = (['name', 'namespace', 'uid'] as const).filter((key) => {
    const value = textAt(asked, 'metadata', key)
    return value !== undefined && value !== current.metadata[key]
  })
  if (moved.length === 0) return
  throw new PortError('invalid', `${nameOf(current)}: metadata.${moved.join(', ')} cannot change`)
}

/** A write of the status changes nothing else, any other write leaves the status alone. */
function withinReach(
  resource: Resource,
  current: JsonObject,
  asked: JsonObject,
  subresource: 'status' | undefined,
): JsonObject {
  if (resource.status === 'inline') return asked
  return subresource === 'status'
    ? { ...current, status: asked['status'] }
    : { ...asked, status: current['status'] }
}

const serverFields = ['name', 'namespace', 'uid', 'resourceVersion', 'generation'] as const

function withServerFields(current: JsonObject, asked: JsonObject): JsonObject {
  const metadata = objectAt(current, 'metadata')
  const kept = [...serverFields, 'creationTimestamp', 'deletionTimestamp'].map((key) => [
    key,
    metadata[key],
  ])
  const { apiVersion, kind } = current
  return withMetadata({ ...asked, apiVersion, kind }, Object.fromEntries(kept))
}

function withMetadata(json: JsonObject, fields: JsonObject): JsonObject {
  return { ...json, metadata: { ...objectAt(json, 'metadata'), ...fields } }
}

function countsAsNew(resource: Resource, before: JsonObject, after: JsonObject): boolean {
  const left = resource.status === 'inline' ? ['metadata'] : ['metadata', 'status']
  return !sameJson(without(before, left), without(after, left))
}

function without(json: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(json).filter(([key]) => !keys.includes(key)))
}

function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`
}
