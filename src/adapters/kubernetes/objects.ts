/** Reads what every object has out of the server's JSON; the rest stays as it came, packed until somebody looks. */
import { isObject, type Json, type JsonObject, objectAt } from '../../core/json.ts'
import { type Kind, type KubeObject, type Metadata, metadataOf } from '../../core/object.ts'

/**
 * Undefined for what is no object with a name. The items of a list come without `apiVersion` and `kind` for built-in
 * kinds; they are put back, so that an object is the same whichever way it was read.
 */
export function objectFrom(
  kind: Kind,
  apiVersion: string,
  json: Json | undefined,
): KubeObject | undefined {
  if (!isObject(json)) return undefined
  const metadata = metadataOf(json)
  if (metadata.name === '') return undefined
  return packed(kind, metadata, { apiVersion, kind, ...json, metadata: kept(kind, json) })
}

/** Who wrote which field is often half of an object. We ask it of routes alone: who else moves them. */
const askedWhoWrote: ReadonlySet<Kind> = new Set<Kind>(['VirtualService', 'DestinationRule'])

function kept(kind: Kind, json: JsonObject): JsonObject {
  const { managedFields, ...rest } = objectAt(json, 'metadata')
  return askedWhoWrote.has(kind) && managedFields !== undefined ? { ...rest, managedFields } : rest
}

/**
 * A program that follows a whole cluster holds many objects of which it looks at few: text takes a fifth of the memory that the same JSON
 * takes unpacked. While somebody holds on to what was unpacked, and for the rest of the turn, it is unpacked once.
 */
function packed(kind: Kind, metadata: Metadata, json: JsonObject): KubeObject {
  const text = JSON.stringify(json)
  let known = new WeakRef(json)
  return {
    kind,
    metadata,
    get json(): JsonObject {
      const there = known.deref()
      if (there !== undefined) return there
      const unpacked: JsonObject = JSON.parse(text)
      known = new WeakRef(unpacked)
      return unpacked
    },
  }
}
