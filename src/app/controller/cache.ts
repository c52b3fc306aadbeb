/** What the controller knows of the cluster: kept by watches, and by what its own writes answer. */
import { type Kind, type KubeObject, keyOf, type ObjectRef, refOf } from '../../core/object.ts'
import type { Change, Cluster, Stop } from '../../ports.ts'

/** Told of every object that is new, changed or gone (then as it last was). */
export type Listener = (object: KubeObject) => void

/** Uids of gone objects that are remembered. */
const mostGone = 1000

export class Cache {
  readonly #cluster: Cluster
  readonly #kinds: Set<Kind>
  /** Kinds of which the first picture is complete. */
  readonly #complete = new Set<Kind>()
  readonly #listener: Listener
  readonly #objects = new Map<string, KubeObject>()
  readonly #owned = new Map<string, Set<string>>()
  /** Of objects that are gone: an answer to our own write may come after the watch has said so. */
  readonly #gone = new Set<string>()
  readonly #stops: Stop[] = []

  constructor(cluster: Cluster, kinds: readonly Kind[], listener: Listener) {
    this.#cluster = cluster
    this.#kinds = new Set(kinds)
    this.#listener = listener
  }

  /** Resolves when the first picture of every kind is complete. */
  async start(): Promise<void> {
    await Promise.all([...this.#kinds].map((kind) => this.#follow(kind)))
  }

  /** Begins with a kind that few clusters need, once somebody refers to it. */
  follow(kind: Kind): void {
    if (this.#kinds.has(kind)) return
    this.#kinds.add(kind)
    void this.#follow(kind)
  }

  isComplete(kind: Kind): boolean {
    return this.#complete.has(kind)
  }

  stop(): void {
    for (const stop of this.#stops) stop()
  }

  get(ref: ObjectRef): KubeObject | undefined {
    return this.#objects.get(keyOf(ref))
  }

  /** All objects of a kind whose controller is the object with this uid. */
  ownedBy(uid: string, kind: Kind): readonly KubeObject[] {
    const keys = [...(this.#owned.get(uid) ?? [])]
    return keys
      .flatMap((key) => this.#objects.get(key) ?? [])
      .filter((object) => object.kind === kind)
  }

  all(kind: Kind): readonly KubeObject[] {
    return [...this.#objects.values()].filter((object) => object.kind === kind)
  }

  /** An answer of the server: newer than what a watch has brought so far, or dropped. */
  put(object: KubeObject): void {
    if (!this.#kinds.has(object.kind) || this.#gone.has(object.metadata.uid)) return
    const key = keyOf(refOf(object))
    const known = this.#objects.get(key)
    if (known !== undefined && !isNewer(object, known)) return
    this.#objects.set(key, object)
    for (const uid of known === undefined ? [] : ownersOf(known)) this.#ownedKeys(uid).delete(key)
    for (const uid of ownersOf(object)) this.#ownedKeys(uid).add(key)
    this.#listener(object)
  }

  #follow(kind: Kind): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const synced = (): void => {
      this.#complete.add(kind)
      resolve()
    }
    this.#stops.push(this.#cluster.watch(kind, (change) => this.#hear(change, synced)))
    return promise
  }

  #hear(change: Change, synced: () => void): void {
    switch (change.kind) {
      case 'synced':
        synced()
        return
      case 'set':
        this.put(change.object)
        return
      case 'gone':
        this.#forget(change.ref)
    }
  }

  #forget(ref: ObjectRef): void {
    const key = keyOf(ref)
    const known = this.#objects.get(key)
    if (known === undefined) return
    this.#objects.delete(key)
    this.#bury(known.metadata.uid)
    for (const uid of ownersOf(known)) this.#ownedKeys(uid).delete(key)
    this.#owned.delete(known.metadata.uid)
    this.#listener(known)
  }

  #bury(uid: string): void {
    this.#gone.add(uid)
    const [oldest] = this.#gone
    if (this.#gone.size > mostGone && oldest !== undefined) this.#gone.delete(oldest)
  }

  #ownedKeys(uid: string): Set<string> {
    const keys = this.#owned.get(uid) ?? new Set<string>()
    this.#owned.set(uid, keys)
    return keys
  }
}

function ownersOf({ metadata }: KubeObject): readonly string[] {
  return metadata.ownerReferences
    .filter(({ controller }) => controller === true)
    .map(({ uid }) => uid)
}

/** Versions of one object are compared as the numbers that they are on every API server; another uid is another object. */
function isNewer(object: KubeObject, known: KubeObject): boolean {
  if (object.metadata.uid !== known.metadata.uid) return true
  return BigInt(object.metadata.resourceVersion) > BigInt(known.metadata.resourceVersion)
}
