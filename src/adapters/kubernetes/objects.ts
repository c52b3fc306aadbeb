/** Reads what every object has out of the server's JSON; the rest stays as it came. */
import { isObject, type Json } from '../../core/json.ts'
import { type Kind, type KubeObject, metadataOf } from '../../core/object.ts'

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
  return { kind, metadata, json: { apiVersion, kind, ...json } }
}
