/** What scheduler and kubelet do: after a while a pod runs, has an address and is ready. */
import type { JsonObject } from '../../core/json.ts'
import { type KubeObject, keyOf, type ObjectRef, refOf } from '../../core/object.ts'
import {
  type Duration,
  type Instant,
  parseDuration,
  parseTimestamp,
  plus,
  seconds,
  timestamp,
} from '../../core/units.ts'
import { type Change, type Clock, type Cluster, PortError, type Stop } from '../../ports.ts'
import { annotations } from '../annotations.ts'
import { addressOf } from '../pods.ts'

/** After a write that failed. */
const retryAfter: Duration = seconds(1)

export class Kubelet {
  readonly #cluster: Cluster
  readonly #clock: Clock
  readonly #startDelay: Duration
  readonly #stop: Stop
  readonly #starting = new Map<string, Stop>()
  #addresses = 0

  constructor(cluster: Cluster, clock: Clock, startDelay: Duration) {
    this.#cluster = cluster
    this.#clock = clock
    this.#startDelay = startDelay
    this.#stop = cluster.watch('Pod', (change) => this.#changed(change))
  }

  stop(): void {
    for (const stop of [this.#stop, ...this.#starting.values()]) stop()
  }

  #changed(change: Change): void {
    if (change.kind === 'set') this.#schedule(change.object)
    if (change.kind === 'gone') this.#forget(change.ref)
  }

  #schedule(pod: KubeObject): void {
    const ref = refOf(pod)
    if (addressOf(pod) !== '' || this.#starting.has(keyOf(ref))) return
    const born = parseTimestamp(pod.metadata.creationTimestamp) ?? this.#clock.now()
    const own = parseDuration(pod.metadata.annotations[annotations.startDelay] ?? '')
    this.#startAt(plus(born, own ?? this.#startDelay), pod)
  }

  #startAt(at: Instant, pod: KubeObject): void {
    const stop = this.#clock.wakeAt(at, () => void this.#start(pod))
    this.#starting.set(keyOf(refOf(pod)), stop)
  }

  #forget(ref: ObjectRef): void {
    this.#starting.get(keyOf(ref))?.()
    this.#starting.delete(keyOf(ref))
  }

  async #start(pod: KubeObject): Promise<void> {
    this.#addresses += 1
    const status = runningStatus(pod, this.#clock.now(), address(this.#addresses))
    try {
      const patch = { subresource: 'status', type: 'merge', body: { status } } as const
      await this.#cluster.patch(refOf(pod), patch)
    } catch (error) {
      if (!(error instanceof PortError)) throw error
      if (error.code === 'not-found') this.#forget(refOf(pod))
      else this.#startAt(plus(this.#clock.now(), retryAfter), pod)
    }
  }
}

function runningStatus(pod: KubeObject, now: Instant, ip: string): JsonObject {
  const ready = pod.metadata.annotations[annotations.neverReady] === 'true' ? 'False' : 'True'
  const since = timestamp(now)
  return {
    phase: 'Running',
    podIP: ip,
    podIPs: [{ ip }],
    startTime: since,
    conditions: [
      { type: 'Initialized', status: 'True', lastTransitionTime: since },
      { type: 'Ready', status: ready, lastTransitionTime: since },
      { type: 'ContainersReady', status: ready, lastTransitionTime: since },
      { type: 'PodScheduled', status: 'True', lastTransitionTime: since },
    ],
  }
}

/** Of 10.244.0.0/16, without the first 256, where the gateway lives. */
function address(count: number): string {
  return `10.244.${1 + (Math.floor(count / 254) % 255)}.${1 + (count % 254)}`
}
