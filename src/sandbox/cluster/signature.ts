/** Who wrote the spec of a VirtualService, in `metadata.managedFields` as the real server keeps it: the list of routes has one owner. */
import { type JsonObject, objectAt, sameJson } from '../../core/json.ts'
import type { KubeObject } from '../../core/object.ts'
import { type Instant, timestamp } from '../../core/units.ts'

/** Of other kinds nobody asks. */
export function signed(before: KubeObject, json: JsonObject, by: string, now: Instant): JsonObject {
  if (before.kind !== 'VirtualService' || sameJson(before.json['spec'], json['spec'])) return json
  const { apiVersion = null } = json
  const entry = {
    manager: by,
    operation: 'Update',
    apiVersion,
    time: timestamp(now),
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': { 'f:http': {} } },
  }
  return { ...json, metadata: { ...objectAt(json, 'metadata'), managedFields: [entry] } }
}
