/** Carries writes out, one after the other; the first that fails ends the pass, and the next pass makes it good. */
import { type JsonObject, textAt } from '../../core/json.ts'
import { type KubeObject, keyOf, type ObjectRef } from '../../core/object.ts'
import type { Action } from '../../core/rollout/action.ts'
import { type Cluster, PortError } from '../../ports.ts'
import type { Cache } from './cache.ts'

/** Writes through the cache, so that the next pass sees them whatever the watches do. */
export class Writer {
  readonly #cluster: Cluster
  readonly #cache: Cache

  constructor(cluster: Cluster, cache: Cache) {
    this.#cluster = cluster
    this.#cache = cache
  }

  /** `tell` hears of each write once it is done. */
  async apply(actions: readonly Action[], tell: (action: Action) => void): Promise<void> {
    for (const action of actions) {
      await this.#write(action)
      tell(action)
    }
  }

  /** The status, or a part of it, on the version that was seen; PortError `conflict` when somebody else was there meanwhile. */
  async record(object: KubeObject, body: JsonObject): Promise<void> {
    const ref: ObjectRef = {
      kind: object.kind,
      namespace: object.metadata.namespace,
      name: object.metadata.name,
    }
    const { resourceVersion } = object.metadata
    const patched = await this.#cluster.patch(ref, {
      type: 'merge',
      body: { metadata: { resourceVersion }, ...body },
      ...(object.kind === 'Rollout' ? { subresource: 'status' as const } : {}),
    })
    this.#cache.put(patched)
  }

  async #write(action: Action): Promise<void> {
    switch (action.kind) {
      case 'create':
        return this.#create(action)
      case 'merge':
        return this.#merge(action)
      case 'json':
        return this.#cache.put(
          await this.#cluster.patch(action.ref, { type: 'json', operations: action.operations }),
        )
      case 'evict':
        return this.#evict(action)
      case 'delete':
        return this.#cluster.delete(action.ref)
    }
  }

  async #evict({ pods, most }: Extract<Action, { kind: 'evict' }>): Promise<void> {
    let gone = 0
    for (const pod of pods) {
      if (gone >= most) return
      if ((await this.#cluster.evict(pod)) === 'evicted') gone += 1
    }
  }

  /** Pods come and go: one that went meanwhile needs nothing any more. */
  async #merge({ ref, body }: Extract<Action, { kind: 'merge' }>): Promise<void> {
    try {
      this.#cache.put(await this.#cluster.patch(ref, { type: 'merge', body }))
    } catch (error) {
      const went = ref.kind === 'Pod' && error instanceof PortError && error.code === 'not-found'
      if (!went) throw error
    }
  }

  /** An object of that name that is there already is taken as it is, when it is ours; the next pass looks at it. */
  async #create({ object }: Extract<Action, { kind: 'create' }>): Promise<void> {
    try {
      this.#cache.put(await this.#cluster.create(object))
    } catch (error) {
      if (!(error instanceof PortError) || error.code !== 'exists') throw error
      const there = await this.#cluster.read(object.ref)
      if (there === undefined) throw error
      if (!sameOwner(there, object.json))
        throw new PortError(
          'exists',
          `${keyOf(object.ref)} exists and belongs to somebody else; rename or delete it`,
        )
      this.#cache.put(there)
    }
  }
}

function sameOwner(there: KubeObject, json: JsonObject): boolean {
  const uid = textAt(json, 'metadata', 'ownerReferences', 0, 'uid')
  return there.metadata.ownerReferences.some(
    (owner) => owner.controller === true && owner.uid === uid,
  )
}
