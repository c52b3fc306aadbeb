/** What the programs ask of the world. Adapters and the sandbox answer. */
import type { Json, JsonPatchOperation } from './core/json.ts'
import type { Reading } from './core/judge/reading.ts'
import type { Kind, KubeObject, NewObject, ObjectRef, PodRef } from './core/object.ts'
import type { News } from './core/report/news.ts'
import type { Duration, Instant } from './core/units.ts'

/** Ends what was begun; calling it twice is harmless. */
export type Stop = () => void

/** A change to one object. `merge` is RFC 7386, `json` is RFC 6902; both fail as a whole. */
export type Patch = {
  /** The status subresource, where the kind has one; else the object itself. */
  readonly subresource?: 'status'
} & (
  | { readonly type: 'merge'; readonly body: Json }
  | { readonly type: 'json'; readonly operations: readonly JsonPatchOperation[] }
)

export type Labels = Readonly<Record<string, string>>

export type Change =
  /** The first full picture of the kind is complete. */
  | { readonly kind: 'synced' }
  | { readonly kind: 'set'; readonly object: KubeObject }
  | { readonly kind: 'gone'; readonly ref: ObjectRef }

/** What a PodDisruptionBudget, or a server that is busy, says of a pod that is asked to go: not now. */
export type Eviction = 'evicted' | 'refused'

/**
 * The objects of a Kubernetes cluster. Every call but `watch` throws a PortError when the world refuses or does not answer.
 * Every write is bounded in time; none is repeated by the adapter.
 */
export interface Cluster {
  /** Undefined when there is no such object. */
  read(ref: ObjectRef): Promise<KubeObject | undefined>
  /** All objects of a kind, in one namespace or (with undefined) in all that the program serves; with labels, those that carry them all. */
  list(kind: Kind, namespace?: string, labels?: Labels): Promise<readonly KubeObject[]>
  /** PortError `exists` when the name is taken. `metadata.generateName` is honoured. */
  create(object: NewObject): Promise<KubeObject>
  /** PortError `not-found`, `conflict` (resourceVersion or a failed `test`), `invalid`. */
  patch(ref: ObjectRef, patch: Patch): Promise<KubeObject>
  /** Idempotent: an absent object is no error. */
  delete(ref: ObjectRef): Promise<void>
  /** Asks a pod to go as a voluntary disruption, which budgets may refuse. A pod that is gone, or another by now, counts as evicted. */
  evict(pod: PodRef): Promise<Eviction>
  /**
   * Every object of the kind, then `synced`, then every change, until stopped. Lost connections and expired versions are
   * made good inside: after them each object that differs is `set` and each that vanished is `gone`. A kind that the cluster does not
   * serve is `synced` and empty, and is looked for again later.
   */
  watch(kind: Kind, on: (change: Change) => void): Stop
}

/** Raw samples from Prometheus or what speaks like it. */
export interface Metrics {
  /**
   * The values of an instant query at `from`, `from + step`, … up to `to`. Never throws for a failing query: the judge
   * must hear of it as a value.
   */
  range(query: string, window: Window): Promise<Reading>
}

export type Window = { readonly from: Instant; readonly to: Instant; readonly step: Duration }

export interface Clock {
  now(): Instant
  /** Calls `wake` once, at `at` or as soon after it as possible. */
  wakeAt(at: Instant, wake: () => void): Stop
}

/** Whoever wants to see the controller work. Must not throw and must not wait. */
export type Tell = (news: News) => void

export type Fields = Readonly<Record<string, Json | undefined>>

/** One line an event. Never a secret. */
export interface Log {
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
}

export type PortErrorCode =
  | 'not-found'
  | 'exists'
  | 'conflict'
  | 'invalid'
  | 'forbidden'
  /** No answer, or one that says: later. */
  | 'unavailable'

/** The world refused or did not answer. Thrown by adapters and the sandbox only. */
export class PortError extends Error {
  readonly code: PortErrorCode

  constructor(code: PortErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PortError'
    this.code = code
  }
}
