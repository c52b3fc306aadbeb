/**
 * Services and DestinationRules that their Rollout has let go of: it is gone, or it names them no longer. They get back what was put into
 * them, or they would lead to the pods of one revision for ever, and to none once those go.
 */
import { textAt } from '../json.ts'
import { escaped, releaseOperations } from '../mesh/subsets.ts'
import { type KubeObject, keyOf, refOf } from '../object.ts'
import type { Action } from '../rollout/action.ts'
import { hashLabel, managedByAnnotation } from '../rollout/keys.ts'
import { salvageRollout } from './rollout.ts'
import { referencesOf } from './scene.ts'

/** The Rollout, by name, that an object says it is managed by. */
export function managerOf({ kind, metadata }: KubeObject): string | undefined {
  const isManaged = kind === 'Service' || kind === 'DestinationRule'
  return isManaged ? metadata.annotations[managedByAnnotation] : undefined
}

/** What gives an object back; nothing as long as its Rollout may still need it. `manager` is the Rollout of that name, if there is one. */
export function lettingGo(object: KubeObject, manager: KubeObject | undefined): readonly Action[] {
  if (managerOf(object) === undefined || !isPinned(object)) return []
  if (manager !== undefined && mayName(manager, object)) return []
  return [object.kind === 'Service' ? service(object) : destinationRule(object)]
}

/** A Service that selects all that its author wanted needs nothing; whose it is stays, as Argo leaves it. */
function isPinned({ kind, json }: KubeObject): boolean {
  return kind !== 'Service' || textAt(json, 'spec', 'selector', hashLabel) !== undefined
}

/** A Rollout that is not understood may name anything. */
function mayName(rollout: KubeObject, object: KubeObject): boolean {
  if (salvageRollout(rollout.json) === undefined) return true
  const key = keyOf(refOf(object))
  return referencesOf(rollout).some((ref) => keyOf(ref) === key)
}

function service(object: KubeObject): Action {
  const { resourceVersion } = object.metadata
  return {
    kind: 'merge',
    ref: refOf(object),
    body: {
      metadata: { resourceVersion, annotations: { [managedByAnnotation]: null } },
      spec: { selector: { [hashLabel]: null } },
    },
    notes: [],
  }
}

function destinationRule(object: KubeObject): Action {
  const { resourceVersion } = object.metadata
  const annotation = `/metadata/annotations/${escaped(managedByAnnotation)}`
  return {
    kind: 'json',
    ref: refOf(object),
    operations: [
      { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
      { op: 'remove', path: annotation },
      ...releaseOperations(object.json, hashLabel),
    ],
    notes: [],
  }
}
