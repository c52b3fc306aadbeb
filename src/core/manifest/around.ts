/** What a Rollout's parts are read among, and what comes of reading them. */
import type { KubeObject, ObjectRef } from '../object.ts'
import { absence, type Problem } from '../result.ts'

export type Around = {
  readonly rollout: KubeObject
  readonly find: (ref: ObjectRef) => KubeObject | undefined
  /** The Rollouts that name an object. */
  readonly naming: (ref: ObjectRef) => readonly KubeObject[]
}

/** What was understood; the problems with the rest stand beside it. */
export type Found<T> = { readonly value: T; readonly problems: readonly Problem[] }

export function missing(path: string, what: string, namespace: string): Problem {
  const message = `${what} does not exist in namespace '${namespace}'; create it or change the name`
  return absence(path, what, message)
}
