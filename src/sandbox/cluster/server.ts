/** The memory of the cluster: one store, one version that only grows, hooks around every write. */
import { type JsonObject, objectAt, textAt } from '../../core/json.ts'
import { type Kind, type KubeObject, keyOf, type ObjectRef, refOf } from '../../core/object.ts'
import { timestamp } from '../../core/units.ts'
import {
  type Change,
  type Clock,
  type Eviction,
  type Labels,
  type Patch,
  PortError,
  type Stop,
} from '../../ports.ts'
import type { Random } from '../random.ts'
import { carries, mayGo } from './budgets.ts'
import { Feed } from './feed.ts'
import { kubeObject } from './kube-object.ts'
import { resources } from './resources.ts'
import { revised } from './revise.ts'
import { signed } from './signature.ts'

/** One write that somebody asks for. `ref.name` is empty when the server is to find one. */
export type Write = {
  readonly by: string
  readonly ref: ObjectRef
} & (
  | { readonly verb: 'create'; readonly json: JsonObject }
  | { readonly verb: 'patch'; readonly patch: Patch }
  | { readonly verb: 'delete' }
  | { readonly verb: 'evict'; readonly uid: string }
)

/** A write that has happened. `before` is undefined for a created object, `after` for a deleted one. */
export type Written = {
  readonly by: string
  readonly ref: ObjectRef
  readonly before: KubeObject | undefined
  readonly after: KubeObject | undefined
}

/** Tests look at every write, and make some fail by throwing a PortError. */
export type WriteHook = {
  /** Throws: nothing is written. Not asked about the garbage collector's own deletions. */
  readonly before?: (write: Write) => void
  /** Throws: it is written all the same, but whoever asked does not learn it. Writes that change nothing are not told. */
  readonly after?: (written: Written) => void
}

type Asked<Verb extends Write['verb']> = Write & { readonly verb: Verb }

/** What kube-apiserver does, each call in one go. Throws PortErrors. */
export class Server {
  readonly #clock: Clock
  readonly #random: Random
  readonly #objects = new Map<string, KubeObject>()
  readonly #feed = new Feed()
  readonly #hooks = new Set<WriteHook>()
  #version = 0
  #born = 0
  #calls = 0

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** Nothing happens within the call itself: a request takes its way, like on a network. */
  async answer<T>(act: () => T): Promise<T> {
    this.#calls += 1
    await Promise.resolve()
    return act()
  }

  read(ref: ObjectRef): KubeObject | undefined {
    return this.#objects.get(keyOf(ref))
  }

  /** In order of namespace and name, as etcd keeps them. */
  list(kind: Kind, namespace?: string, labels: Labels = {}): readonly KubeObject[] {
    return [...this.#objects]
      .filter(([, object]) => object.kind === kind)
      .filter(([, { metadata }]) => namespace === undefined || metadata.namespace === namespace)
      .filter(([, { metadata }]) => carries(metadata.labels, labels))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object)
  }

  watch(kind: Kind, on: (change: Change) => void): Stop {
    return this.#feed.watch(kind, this.list(kind), on)
  }

  create(write: Asked<'create'>): KubeObject {
    this.#ask(write)
    const ref = { ...write.ref, name: this.#nameFor(write) }
    if (this.#objects.has(keyOf(ref)))
      throw new PortError('exists', `${textOf(ref)} exists already`)
    if (textAt(write.json, 'metadata', 'resourceVersion') !== undefined) {
      throw new PortError(
        'invalid',
        `${textOf(ref)}: resourceVersion must not be set on a new object`,
      )
    }
    return this.#store(write, undefined, this.#newborn(ref, write.json))
  }

  patch(write: Asked<'patch'>): KubeObject {
    this.#ask(write)
    const current = this.read(write.ref)
    if (current === undefined) throw new PortError('not-found', `${textOf(write.ref)} not found`)
    const json = revised(current, write.patch)
    return json === undefined
      ? current
      : this.#store(write, current, signed(current, json, write.by, this.#clock.now()))
  }

  delete(write: Asked<'delete'>): void {
    this.#ask(write)
    const current = this.read(write.ref)
    if (current !== undefined) this.#remove(write.by, current)
  }

  evict(write: Asked<'evict'>): Eviction {
    this.#ask(write)
    const pod = this.read(write.ref)
    if (pod === undefined || pod.metadata.uid !== write.uid) return 'evicted'
    const { namespace } = write.ref
    const budgets = this.list('PodDisruptionBudget', namespace)
    if (!mayGo(pod, budgets, this.list('Pod', namespace))) return 'refused'
    this.#remove(write.by, pod)
    return 'evicted'
  }

  onWrite(hook: WriteHook): Stop {
    this.#hooks.add(hook)
    return () => {
      this.#hooks.delete(hook)
    }
  }

  activity(): number {
    return this.#calls + this.#feed.delivered()
  }

  #ask(write: Write): void {
    for (const hook of this.#hooks) hook.before?.(write)
  }

  #nameFor({ ref, json }: Asked<'create'>): string {
    const name = textAt(json, 'metadata', 'name') ?? ref.name
    const stem = textAt(json, 'metadata', 'generateName')
    if (name !== '') return name
    if (stem !== undefined) return `${stem}${suffix(this.#random)}`
    throw new PortError('invalid', `${ref.kind} ${ref.namespace}: name or generateName is required`)
  }

  #newborn(ref: ObjectRef, json: JsonObject): JsonObject {
    const resource = resources[ref.kind]
    this.#born += 1
    const metadata = {
      ...objectAt(json, 'metadata'),
      name: ref.name,
      namespace: resource.namespaced ? ref.namespace : undefined,
      uid: uidOf(this.#born),
      generation: resource.counts ? 1 : undefined,
      creationTimestamp: timestamp(this.#clock.now()),
    }
    const status = resource.status === 'inline' ? json['status'] : resource.newborn
    return {
      ...json,
      apiVersion: json['apiVersion'] ?? resource.apiVersion,
      kind: ref.kind,
      metadata,
      status,
    }
  }

  #store(
    { by, ref: { kind } }: Write,
    before: KubeObject | undefined,
    json: JsonObject,
  ): KubeObject {
    this.#version += 1
    const metadata = { ...objectAt(json, 'metadata'), resourceVersion: `${this.#version}` }
    const after = kubeObject(kind, { ...json, metadata })
    const ref = refOf(after)
    this.#objects.set(keyOf(ref), after)
    this.#feed.tell(kind, { kind: 'set', object: after })
    this.#told({ by, ref, before, after })
    return after
  }

  /** Objects whose last owner is gone go with it, at once. */
  #remove(by: string, before: KubeObject): void {
    const ref = refOf(before)
    if (!this.#objects.delete(keyOf(ref))) return
    this.#version += 1
    this.#feed.tell(ref.kind, { kind: 'gone', ref })
    this.#told({ by, ref, before, after: undefined })
    for (const orphan of this.#ownedBy(before)) this.#remove('garbage-collector', orphan)
  }

  #ownedBy({ metadata: { uid } }: KubeObject): readonly KubeObject[] {
    const alive = new Set([...this.#objects.values()].map(({ metadata }) => metadata.uid))
    return [...this.#objects.values()].filter(({ metadata: { ownerReferences } }) => {
      const owners = ownerReferences.map((owner) => owner.uid)
      return owners.includes(uid) && !owners.some((owner) => alive.has(owner))
    })
  }

  #told(written: Written): void {
    for (const hook of this.#hooks) hook.after?.(written)
  }
}

/** Letters that form no words, as Kubernetes takes them. */
const letters = 'bcdfghjklmnpqrstvwxz2456789'

function suffix(random: Random): string {
  return Array.from({ length: 5 }, () => letters[Math.floor(random() * letters.length)]).join('')
}

function uidOf(count: number): string {
  return `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`
}

function textOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace}/${name}`
}
