/**
 * One model of traffic with two faces: the sandbox's metrics store reads it directly, a real Prometheus over HTTP.
 *
 *   requests ──▶ gateway ──weights, after the lag──▶ Service ──▶ ready pods
 *                   │ counts as `source`                         │ each counts as `destination`
 *
 * It knows the cluster through the port only, so it works on a real API server as well.
 */
import { between, type Duration, type Instant, plus, seconds } from '../../core/units.ts'
import type { Clock, Cluster, Stop } from '../../ports.ts'
import { addressOf, isRunning } from '../pods.ts'
import type { Random } from '../random.ts'
import { poisson } from '../sampling.ts'
import type { Counted } from './counters.ts'
import { Memory } from './memory.ts'
import { gateway } from './peer.ts'
import { ProxyBuilds } from './proxy-build.ts'
import { defaultMesh, type MeshSettings } from './settings.ts'
import { Traffic } from './traffic.ts'
import { View } from './view.ts'

/** One proxy that can be scraped. */
export type Target = {
  readonly namespace: string
  readonly pod: string
  /** Address and port. */
  readonly instance: string
  /** As they stand at the moment of the call. */
  readonly series: () => readonly Counted[]
}

/** After a clock has jumped, this much traffic is made good. */
const longestGap: Duration = seconds(10)

export class Mesh {
  readonly #clock: Clock
  readonly #random: Random
  readonly #settings: MeshSettings
  readonly #view: View
  readonly #traffic: Traffic
  readonly #memory = new Memory()
  readonly #builds = new ProxyBuilds()
  #last: Instant
  #wake: Stop

  constructor(cluster: Cluster, clock: Clock, random: Random, settings: MeshSettings) {
    this.#clock = clock
    this.#random = random
    this.#settings = settings
    this.#view = new View(cluster, clock, settings.lag)
    this.#traffic = new Traffic(this.#view, random)
    this.#last = clock.now()
    this.#wake = this.#nextTick()
  }

  /** The gateway and every Running pod. */
  targets(): readonly Target[] {
    const entrance = {
      namespace: gateway.namespace,
      pod: gateway.pod,
      instance: `${gateway.address}:15020`,
      series: () => this.#traffic.gateway.series(),
    }
    const pods = this.#view.pods().filter(isRunning)
    return [
      entrance,
      ...pods.map((pod) => ({
        namespace: pod.metadata.namespace,
        pod: pod.metadata.name,
        instance: `${addressOf(pod)}:15020`,
        series: () => [
          ...this.#traffic.proxyOf(pod).series(),
          ...this.#memory.of(pod, this.#clock.now()),
          ...this.#builds.of(pod),
        ],
      })),
    ]
  }

  stop(): void {
    this.#wake()
    this.#view.stop()
  }

  #nextTick(): Stop {
    return this.#clock.wakeAt(plus(this.#clock.now(), this.#settings.tick), () => this.#tick())
  }

  #tick(): void {
    const now = this.#clock.now()
    const elapsed = Math.min(between(this.#last, now), longestGap)
    this.#last = now
    this.#wake = this.#nextTick()
    const alive = new Set(this.#view.pods().map(({ metadata }) => metadata.uid))
    this.#traffic.forget(alive)
    this.#memory.forget(alive)
    this.#builds.forget(alive)
    const expected = this.#settings.rps(now) * (elapsed / 1000)
    for (const virtualService of this.#view.virtualServices()) {
      this.#traffic.send(virtualService, poisson(this.#random, expected))
    }
  }
}

/** Starts at once and runs by the clock until it is stopped. */
export function startMesh(
  world: { readonly cluster: Cluster; readonly clock: Clock; readonly random: Random },
  settings: Partial<MeshSettings> = {},
): Mesh {
  return new Mesh(world.cluster, world.clock, world.random, { ...defaultMesh, ...settings })
}
