/** Writes as data, in the API's own words. The program applies them in order and stops at the first that fails. */
import type { Json, JsonPatchOperation } from '../json.ts'
import type { NewObject, ObjectRef, PodRef } from '../object.ts'

/** What the user is told, as an event on the Rollout. Reasons are Argo's (spec §2.12). */
export type Note = {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export type Action =
  | { readonly kind: 'create'; readonly object: NewObject; readonly notes: readonly Note[] }
  | {
      readonly kind: 'merge'
      readonly ref: ObjectRef
      readonly body: Json
      readonly notes: readonly Note[]
      /** Nobody acts on it: it may come with the status, or with another write of its object. */
      readonly patient?: true
    }
  | {
      readonly kind: 'json'
      readonly ref: ObjectRef
      readonly operations: readonly JsonPatchOperation[]
      readonly notes: readonly Note[]
    }
  | {
      readonly kind: 'evict'
      /** Asked one after the other, until `most` have gone. A budget may refuse any of them. */
      readonly pods: readonly PodRef[]
      readonly most: number
      readonly notes: readonly Note[]
    }
  | { readonly kind: 'delete'; readonly ref: ObjectRef; readonly notes: readonly Note[] }

export function normal(reason: string, message: string): Note {
  return { type: 'Normal', reason, message }
}

export function warning(reason: string, message: string): Note {
  return { type: 'Warning', reason, message }
}
