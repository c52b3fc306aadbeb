/** What the mesh knows of the cluster: pods and Services at once, routes after a while. */
import { listAt, objectAt, textAt, textEntries } from '../../core/json.ts'
import { type Kind, type KubeObject, keyOf, refOf } from '../../core/object.ts'
import { type Duration, type Instant, plus } from '../../core/units.ts'
import type { Change, Clock, Cluster, Stop } from '../../ports.ts'
import { isReady } from '../pods.ts'
import type { Destination } from './routing.ts'

export class View {
  readonly #cluster: Cluster
  readonly #pods = new Map<string, KubeObject>()
  readonly #services = new Map<string, KubeObject>()
  readonly #rules = new Map<string, KubeObject>()
  readonly #routes: LaggingMap
  readonly #stops: readonly Stop[]

  constructor(cluster: Cluster, clock: Clock, lag: Duration) {
    this.#cluster = cluster
    this.#routes = new LaggingMap(clock, lag)
    this.#stops = [
      this.#follow('Pod', this.#pods),
      this.#follow('Service', this.#services),
      this.#follow('DestinationRule', this.#rules),
      cluster.watch('VirtualService', (change) => this.#routes.learn(change)),
    ]
  }

  stop(): void {
    for (const stop of this.#stops) stop()
  }

  pods(): readonly KubeObject[] {
    return [...this.#pods.values()]
  }

  /** As the gateway carries them now. */
  virtualServices(): readonly KubeObject[] {
    return this.#routes.carried()
  }

  service({ namespace, name }: Destination): KubeObject | undefined {
    return this.#services.get(keyOf({ kind: 'Service', namespace, name }))
  }

  /** Labels that the pods of a subset have; undefined when no DestinationRule of the Service knows it. */
  subsetLabels(service: KubeObject, subset: string): Readonly<Record<string, string>> | undefined {
    const known = [...this.#rules.values()]
      .filter((rule) => isAbout(rule, service))
      .flatMap(({ json }) => listAt(json, 'spec', 'subsets'))
      .find((entry) => textAt(entry, 'name') === subset)
    return known === undefined ? undefined : textEntries(objectAt(known, 'labels'))
  }

  readyPods(
    service: KubeObject,
    labels: Readonly<Record<string, string>> = {},
  ): readonly KubeObject[] {
    return this.pods().filter((pod) => selects(service, pod) && has(pod, labels) && isReady(pod))
  }

  /** The Service that a pod's own proxy names: the oldest that selects it, whichever the client has used. */
  serviceOf(pod: KubeObject): KubeObject | undefined {
    return [...this.#services.values()]
      .filter((service) => selects(service, pod))
      .toSorted(older)[0]
  }

  #follow(kind: Kind, known: Map<string, KubeObject>): Stop {
    return this.#cluster.watch(kind, (change) => {
      if (change.kind === 'set') known.set(keyOf(refOf(change.object)), change.object)
      if (change.kind === 'gone') known.delete(keyOf(change.ref))
    })
  }
}

type News = { readonly at: Instant; readonly object: KubeObject | undefined }

/** Obeys a change once it is as old as the lag. What is there in the beginning is carried already. */
class LaggingMap {
  readonly #clock: Clock
  readonly #lag: Duration
  readonly #carried = new Map<string, KubeObject>()
  readonly #coming = new Map<string, News[]>()
  #synced = false

  constructor(clock: Clock, lag: Duration) {
    this.#clock = clock
    this.#lag = lag
  }

  learn(change: Change): void {
    if (change.kind === 'synced') this.#synced = true
    else {
      const object = change.kind === 'set' ? change.object : undefined
      const key = keyOf(change.kind === 'set' ? refOf(change.object) : change.ref)
      const now = this.#clock.now()
      const news = { at: this.#synced ? plus(now, this.#lag) : now, object }
      this.#coming.set(key, [...(this.#coming.get(key) ?? []), news])
    }
  }

  carried(): readonly KubeObject[] {
    for (const [key, news] of this.#coming) this.#arrive(key, news)
    return [...this.#carried.values()]
  }

  #arrive(key: string, news: readonly News[]): void {
    const now = this.#clock.now()
    const latest = news.findLast(({ at }) => at <= now)
    if (latest === undefined) return
    if (latest.object === undefined) this.#carried.delete(key)
    else this.#carried.set(key, latest.object)
    const later = news.filter(({ at }) => at > now)
    if (later.length === 0) this.#coming.delete(key)
    else this.#coming.set(key, later)
  }
}

/** A Service without a selector selects nothing. */
function selects(service: KubeObject, pod: KubeObject): boolean {
  const selector = textEntries(objectAt(service.json, 'spec', 'selector'))
  return (
    service.metadata.namespace === pod.metadata.namespace &&
    Object.keys(selector).length > 0 &&
    has(pod, selector)
  )
}

function has({ metadata }: KubeObject, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([key, value]) => metadata.labels[key] === value)
}

function isAbout(rule: KubeObject, service: KubeObject): boolean {
  const [name, namespace = rule.metadata.namespace] = (
    textAt(rule.json, 'spec', 'host') ?? ''
  ).split('.')
  return name === service.metadata.name && namespace === service.metadata.namespace
}

function older(a: KubeObject, b: KubeObject): number {
  return age(a) < age(b) ? -1 : 1
}

function age({ metadata }: KubeObject): string {
  return `${metadata.creationTimestamp} ${metadata.name}`
}
