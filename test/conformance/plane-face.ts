/** Scenarios on the real control plane, each in a namespace of its own. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Json, type JsonObject, numberAt, textAt } from '../../src/core/json.ts'
import { eventReasons } from './event-reason.ts'
import type { Face, Patch } from './face.ts'
import { nameOf, type Snapshot } from './facts.ts'
import { isKindName, type KindName, kinds, watched } from './kinds.ts'
import type { KubeApi } from './kube-api.ts'
import type { Named } from './scenario.ts'

/** What all namespaces hold, kept by watches. */
export class Picture {
  readonly #objects = new Map<string, Map<KindName, Map<string, JsonObject>>>()
  readonly #events = new Map<string, string[]>()
  readonly #counts = new Map<string, number>()

  async follow(api: KubeApi): Promise<void> {
    for (const kind of watched)
      await api.follow(kind, (change, object) => this.#hear(kind, change, object))
  }

  of(namespace: string): Snapshot {
    const kindsThere = [...(this.#objects.get(namespace) ?? [])]
    return Object.fromEntries(kindsThere.map(([kind, objects]) => [kind, [...objects.values()]]))
  }

  events(namespace: string): readonly string[] {
    return this.#events.get(namespace) ?? []
  }

  forget(namespace: string): void {
    this.#objects.delete(namespace)
    this.#events.delete(namespace)
  }

  #hear(kind: KindName, change: 'set' | 'gone', object: JsonObject): void {
    const namespace = textAt(object, 'metadata', 'namespace') ?? ''
    if (kind === 'Event') return change === 'set' ? this.#tell(namespace, object) : undefined
    const there = this.#objects.get(namespace) ?? new Map<KindName, Map<string, JsonObject>>()
    const objects = there.get(kind) ?? new Map<string, JsonObject>()
    if (change === 'set') objects.set(nameOf(object), object)
    else objects.delete(nameOf(object))
    there.set(kind, objects)
    this.#objects.set(namespace, there)
  }

  /** An event that is told again comes as a higher count. */
  #tell(namespace: string, event: JsonObject): void {
    const reasons = eventReasons(event)
    if (reasons.length === 0) return
    const key = `${namespace}/${nameOf(event)}`
    const count = numberAt(event, 'count') ?? 1
    const isNew = count > (this.#counts.get(key) ?? 0)
    this.#counts.set(key, count)
    if (isNew) this.#events.set(namespace, [...this.events(namespace), ...reasons])
  }
}

export class PlaneFace implements Face {
  readonly namespace: string
  readonly #api: KubeApi
  readonly #picture: Picture
  readonly #eventsOf: (namespace: string) => readonly string[]
  readonly #restart: () => Promise<void>

  constructor(
    namespace: string,
    with_: {
      readonly api: KubeApi
      readonly picture: Picture
      readonly eventsOf: (namespace: string) => readonly string[]
      readonly restart: () => Promise<void>
    },
  ) {
    this.namespace = namespace
    this.#api = with_.api
    this.#picture = with_.picture
    this.#eventsOf = with_.eventsOf
    this.#restart = with_.restart
  }

  async open(): Promise<this> {
    const metadata = { name: this.namespace }
    await this.#call('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata,
    })
    return this
  }

  async apply(object: JsonObject): Promise<void> {
    const kind = textAt(object, 'kind') ?? ''
    if (!isKindName(kind)) throw new Error(`scenarios know no ${kind}; add it to kinds.ts`)
    const { status, json } = await this.#api.call('POST', this.#path(kind), object)
    if (status === 409)
      return this.patch({ kind, name: nameOf(object) }, { type: 'merge', body: object })
    if (status >= 300) throw new Error(`${kind} ${nameOf(object)}: ${JSON.stringify(json)}`)
  }

  async patch({ kind, name }: Named, patch: Patch): Promise<void> {
    const below = patch.subresource === undefined ? '' : `/${patch.subresource}`
    const body = patch.type === 'merge' ? patch.body : [...patch.operations]
    const type = patch.type === 'merge' ? 'merge-patch' : 'json-patch'
    await this.#call(
      'PATCH',
      `${this.#path(kind)}/${name}${below}`,
      body,
      `application/${type}+json`,
    )
  }

  async remove({ kind, name }: Named): Promise<void> {
    await this.#call('DELETE', `${this.#path(kind)}/${name}`)
  }

  async snapshot(): Promise<Snapshot> {
    return this.#picture.of(this.namespace)
  }

  events(): readonly string[] {
    return this.#eventsOf(this.namespace)
  }

  restartController(): Promise<void> {
    return this.#restart()
  }

  async breathe(): Promise<void> {
    await sleep(200)
  }

  now(): number {
    return Date.now()
  }

  /** The namespace goes in the background. */
  async close(): Promise<void> {
    await this.#call('DELETE', `${this.#path('Rollout')}/reviews`).catch(() => undefined)
    await this.#call('DELETE', `/api/v1/namespaces/${this.namespace}`)
    this.#picture.forget(this.namespace)
  }

  #path(kind: KindName): string {
    return `${kinds[kind].prefix}/namespaces/${this.namespace}/${kinds[kind].plural}`
  }

  async #call(method: string, path: string, body?: Json, type?: string): Promise<void> {
    const { status, json } = await this.#api.call(method, path, body, type)
    if (status >= 300)
      throw new Error(`${method} ${path} answers ${status}: ${JSON.stringify(json)}`)
  }
}
