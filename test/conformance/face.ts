/** A world in which a scenario can be played: the real control plane, or the sandbox. */
import type { Json, JsonObject, JsonPatchOperation } from '../../src/core/json.ts'
import type { Snapshot } from './facts.ts'
import type { Named } from './scenario.ts'

export type Patch = { readonly subresource?: 'status' | 'scale' } & (
  | { readonly type: 'merge'; readonly body: Json }
  | { readonly type: 'json'; readonly operations: readonly JsonPatchOperation[] }
)

/** One fresh namespace, and whoever looks after it. */
export interface Face {
  readonly namespace: string
  /** Creates, or merges into what is there. */
  apply(object: JsonObject): Promise<void>
  patch(of: Named, patch: Patch): Promise<void>
  remove(of: Named): Promise<void>
  snapshot(): Promise<Snapshot>
  /** Reasons of the Rollout's events since the beginning, in the order in which they were written. */
  events(): readonly string[]
  restartController(): Promise<void>
  /** Lets some time pass. */
  breathe(): Promise<void>
  /** In milliseconds. */
  now(): number
  close(): Promise<void>
}
