/** What kube-controller-manager does for ReplicaSets: as many pods as wanted, and a status that says how they are. */
import { numberAt, objectAt } from '../../core/json.ts'
import { type KubeObject, keyOf, type NewObject, type ObjectRef, refOf } from '../../core/object.ts'
import { type Duration, earliest, type Instant, plus, seconds } from '../../core/units.ts'
import { type Change, type Clock, type Cluster, PortError, type Stop } from '../../ports.ts'
import { controllerOf, isReady, readySince, replicaSetOf, wantedReplicas } from '../pods.ts'

/** After a write that failed. */
const retryAfter: Duration = seconds(1)

/** Works on one ReplicaSet at a time, in the order in which they called for it. */
export class ReplicaSets {
  readonly #cluster: Cluster
  readonly #clock: Clock
  readonly #stops: readonly Stop[]
  readonly #due = new Map<string, ObjectRef>()
  readonly #owners = new Map<string, ObjectRef>()
  readonly #alarms = new Map<string, Stop>()
  #working = false
  #stopped = false

  constructor(cluster: Cluster, clock: Clock) {
    this.#cluster = cluster
    this.#clock = clock
    this.#stops = [
      cluster.watch('ReplicaSet', (change) => this.#replicaSetChanged(change)),
      cluster.watch('Pod', (change) => this.#podChanged(change)),
    ]
  }

  stop(): void {
    this.#stopped = true
    for (const stop of [...this.#stops, ...this.#alarms.values()]) stop()
  }

  #replicaSetChanged(change: Change): void {
    if (change.kind === 'set') this.#call(refOf(change.object))
  }

  #podChanged(change: Change): void {
    if (change.kind === 'synced') return
    const pod = keyOf(change.kind === 'set' ? refOf(change.object) : change.ref)
    const owner = change.kind === 'set' ? replicaSetOf(change.object) : this.#owners.get(pod)
    if (owner === undefined) return
    if (change.kind === 'set') this.#owners.set(pod, owner)
    else this.#owners.delete(pod)
    this.#call(owner)
  }

  #call(ref: ObjectRef): void {
    this.#due.set(keyOf(ref), ref)
    if (!this.#working) void this.#work()
  }

  #callAt(at: Instant, ref: ObjectRef): void {
    this.#alarms.get(keyOf(ref))?.()
    this.#alarms.set(
      keyOf(ref),
      this.#clock.wakeAt(at, () => this.#call(ref)),
    )
  }

  async #work(): Promise<void> {
    this.#working = true
    for (const [key, ref] of this.#due) {
      if (this.#stopped) break
      this.#due.delete(key)
      await this.#lookAfter(ref)
    }
    this.#working = false
  }

  async #lookAfter(ref: ObjectRef): Promise<void> {
    try {
      const replicaSet = await this.#cluster.read(ref)
      if (replicaSet === undefined) return
      const all = await this.#cluster.list('Pod', ref.namespace)
      const pods = all.filter((pod) => controllerOf(pod)?.uid === replicaSet.metadata.uid)
      await this.#growOrShrink(replicaSet, pods)
      await this.#report(replicaSet, pods)
    } catch (error) {
      if (!(error instanceof PortError)) throw error
      this.#callAt(plus(this.#clock.now(), retryAfter), ref)
    }
  }

  async #growOrShrink(replicaSet: KubeObject, pods: readonly KubeObject[]): Promise<void> {
    const wanted = wantedReplicas(replicaSet)
    for (let missing = wanted - pods.length; missing > 0; missing--) {
      await this.#cluster.create(podFor(replicaSet))
    }
    const leaving = pods.toSorted(firstToGo).slice(0, Math.max(0, pods.length - wanted))
    for (const pod of leaving) await this.#cluster.delete(refOf(pod))
  }

  /** Pods that came or went in this pass call for another one, which reports them. */
  async #report(replicaSet: KubeObject, pods: readonly KubeObject[]): Promise<void> {
    const ready = pods.filter(isReady)
    const patience = seconds(numberAt(replicaSet.json, 'spec', 'minReadySeconds') ?? 0)
    const availableAt = ready.map((pod) => plus(readySince(pod) ?? this.#clock.now(), patience))
    const later = availableAt.filter((at) => at > this.#clock.now())
    const next = earliest(...later)
    if (next !== undefined) this.#callAt(next, refOf(replicaSet))
    const status = {
      replicas: pods.length,
      fullyLabeledReplicas: orNone(pods.length),
      readyReplicas: orNone(ready.length),
      availableReplicas: orNone(ready.length - later.length),
      observedGeneration: replicaSet.metadata.generation,
    }
    const patch = { subresource: 'status', type: 'merge', body: { status } } as const
    await this.#cluster.patch(refOf(replicaSet), patch)
  }
}

/** Zero is left out, as Kubernetes does it. */
function orNone(count: number): number | null {
  return count === 0 ? null : count
}

function podFor({ json, metadata }: KubeObject): NewObject {
  const template = objectAt(json, 'spec', 'template')
  const { labels, annotations } = objectAt(template, 'metadata')
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: metadata.name,
    uid: metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  }
  return {
    ref: { kind: 'Pod', namespace: metadata.namespace, name: '' },
    json: {
      metadata: {
        generateName: `${metadata.name}-`,
        labels,
        annotations,
        ownerReferences: [owner],
      },
      spec: objectAt(template, 'spec'),
    },
  }
}

/** Pods that serve nobody go first, then the newest: those with the higher uid, which is counted up. */
function firstToGo(a: KubeObject, b: KubeObject): number {
  const [aReady, bReady] = [isReady(a), isReady(b)]
  if (aReady !== bReady) return aReady ? 1 : -1
  return a.metadata.uid < b.metadata.uid ? 1 : -1
}
