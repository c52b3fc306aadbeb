/** Brings pods up and takes them down as the API server says. */
import { type Json, type JsonObject, listAt, textAt } from '../../../src/core/json.ts'
import { type KubeObject, keyOf, refOf } from '../../../src/core/object.ts'
import { type Change, type Cluster, type Log, PortError } from '../../../src/ports.ts'
import { gatewayAddress, podAddress } from '../network.ts'
import { behaviourOf } from './behaviour.ts'
import { PodServer } from './pod-server.ts'

export type Means = {
  readonly cluster: Cluster
  readonly log: Log
  readonly ports: { readonly app: number; readonly scrape: number }
}

/** One group of Prometheus' http_sd. */
type Target = {
  readonly targets: readonly string[]
  readonly labels: Readonly<Record<string, string>>
}

export class Kubelet {
  readonly #means: Means
  readonly #servers = new Map<string, PodServer>()
  #addresses = 0

  constructor(means: Means) {
    this.#means = means
  }

  hear(change: Change): void {
    if (change.kind === 'synced') return
    if (change.kind === 'gone') this.#end(keyOf(change.ref))
    else if (change.object.metadata.deletionTimestamp !== undefined)
      this.#end(keyOf(refOf(change.object)))
    else if (isToStart(change.object) && !this.#servers.has(keyOf(refOf(change.object))))
      void this.#start(change.object)
  }

  targets(): readonly Target[] {
    const { scrape } = this.#means.ports
    return [...this.#servers.values()].map(({ address, pod: { metadata } }) => ({
      targets: [`${address}:${scrape}`],
      labels: { namespace: metadata.namespace, pod: metadata.name },
    }))
  }

  /** Addresses are never used twice: what still asks for an old one is refused. */
  async #start(pod: KubeObject): Promise<void> {
    const { cluster, log, ports } = this.#means
    this.#addresses += 1
    const server = new PodServer(pod, podAddress(this.#addresses), behaviourOf(pod))
    this.#servers.set(keyOf(refOf(pod)), server)
    await server.listen(ports)
    const ref = refOf(pod)
    try {
      const body = { status: running(pod, server.address) }
      await cluster.patch(ref, { subresource: 'status', type: 'merge', body })
      log.info('a pod is Ready', { pod: ref.name, address: server.address })
    } catch (error) {
      if (!(error instanceof PortError)) throw error
      log.warn('a pod could not be told Ready', { pod: ref.name, error: error.message })
      this.#end(keyOf(ref))
    }
  }

  #end(key: string): void {
    const server = this.#servers.get(key)
    if (server === undefined) return
    this.#servers.delete(key)
    server.close()
    this.#means.log.info('a pod is gone', { pod: key, address: server.address })
  }
}

function isToStart({ json }: KubeObject): boolean {
  const isScheduled = textAt(json, 'spec', 'nodeName') !== undefined
  return isScheduled && textAt(json, 'status', 'phase') === 'Pending'
}

function running({ json }: KubeObject, address: string): JsonObject {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const kept = listAt(json, 'status', 'conditions').filter(
    (condition) => textAt(condition, 'type') === 'PodScheduled',
  )
  const met = ['PodReadyToStartContainers', 'Initialized', 'ContainersReady', 'Ready']
  return {
    phase: 'Running',
    startTime: now,
    hostIP: gatewayAddress,
    podIP: address,
    podIPs: [{ ip: address }],
    conditions: [
      ...kept,
      ...met.map((type) => ({ type, status: 'True', lastTransitionTime: now })),
    ],
    containerStatuses: listAt(json, 'spec', 'containers').map(
      (container): Json => ({
        name: textAt(container, 'name') ?? '',
        image: textAt(container, 'image') ?? '',
        imageID: '',
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: now } },
      }),
    ),
  }
}
