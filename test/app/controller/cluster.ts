/** A cluster of a few lines: it hands out what it was told, and a test plays the server's part. */
import {
  type Kind,
  type KubeObject,
  keyOf,
  type NewObject,
  type ObjectRef,
  type PodRef,
} from '../../../src/core/object.ts'
import {
  type Change,
  type Cluster,
  type Eviction,
  type Patch,
  PortError,
  type Stop,
} from '../../../src/ports.ts'

export class FakeCluster implements Cluster {
  /** Every write, in words. */
  readonly writes: string[] = []
  readonly #objects = new Map<string, KubeObject>()
  readonly #watchers = new Map<Kind, (change: Change) => void>()
  /** Pods that a budget holds. */
  readonly budgets: Set<string> = new Set<string>()
  /** What the next write throws. */
  refuses: PortError | undefined

  holds(object: KubeObject): this {
    const { kind, metadata } = object
    this.#objects.set(keyOf({ kind, namespace: metadata.namespace, name: metadata.name }), object)
    return this
  }

  tells(kind: Kind, change: Change): void {
    this.#watchers.get(kind)?.(change)
  }

  read(ref: ObjectRef): Promise<KubeObject | undefined> {
    return Promise.resolve(this.#objects.get(keyOf(ref)))
  }

  list(): Promise<readonly KubeObject[]> {
    throw new RangeError('nobody lists')
  }

  create({ ref }: NewObject): Promise<KubeObject> {
    this.writes.push(`create ${keyOf(ref)}`)
    if (this.#objects.has(keyOf(ref)))
      return Promise.reject(new PortError('exists', `${ref.name} exists`))
    return this.#answer(objectOf(ref.kind, ref.name))
  }

  patch(ref: ObjectRef, patch: Patch): Promise<KubeObject> {
    const body = patch.type === 'merge' ? patch.body : patch.operations
    this.writes.push(
      `${patch.type} ${keyOf(ref)}${patch.subresource === 'status' ? ' status' : ''} ${JSON.stringify(body)}`,
    )
    return this.#answer(objectOf(ref.kind, ref.name, { version: 9 }))
  }

  delete(ref: ObjectRef): Promise<void> {
    this.writes.push(`delete ${keyOf(ref)}`)
    return this.refuses === undefined ? Promise.resolve() : Promise.reject(this.refuses)
  }

  evict({ name }: PodRef): Promise<Eviction> {
    this.writes.push(`evict ${name}`)
    if (this.refuses !== undefined) return Promise.reject(this.refuses)
    return Promise.resolve(this.budgets.has(name) ? 'refused' : 'evicted')
  }

  watch(kind: Kind, on: (change: Change) => void): Stop {
    this.#watchers.set(kind, on)
    return () => this.#watchers.delete(kind)
  }

  #answer(answer: KubeObject): Promise<KubeObject> {
    return this.refuses === undefined ? Promise.resolve(answer) : Promise.reject(this.refuses)
  }
}

export function objectOf(
  kind: Kind,
  name: string,
  {
    version = 1,
    uid = `uid of ${name}`,
    owner,
  }: { readonly version?: number; readonly uid?: string; readonly owner?: string } = {},
): KubeObject {
  return {
    kind,
    metadata: {
      name,
      namespace: 'shop',
      uid,
      resourceVersion: String(version),
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      deletionTimestamp: undefined,
      labels: {},
      annotations: {},
      ownerReferences:
        owner === undefined
          ? []
          : [
              {
                apiVersion: 'argoproj.io/v1alpha1',
                kind: 'Rollout',
                name: 'web',
                uid: owner,
                controller: true,
              },
            ],
    },
    json: {},
  }
}

export function refTo(kind: Kind, name: string): ObjectRef {
  return { kind, namespace: 'shop', name }
}
