/** A world in a box: a cluster with life in it, a mesh with traffic, a metrics store and a clock that is told to go on. */
import type { Duration, Instant } from '../core/units.ts'
import type { Stop } from '../ports.ts'
import { createSteppedClock, type SteppedClock, untilQuiet } from './clock.ts'
import { createCluster, type SandboxCluster } from './cluster.ts'
import { type Mesh, startMesh } from './mesh/mesh.ts'
import type { MeshSettings } from './mesh/settings.ts'
import { type MetricsStore, type StoreSettings, startMetricsStore } from './metrics-store.ts'
import { createRandom } from './random.ts'
import { startWorkloads } from './workloads.ts'

export type WorldSettings = {
  /** The same seed and the same calls give the same world, to the last request. */
  readonly seed: string
  readonly start: Instant
  /** From a pod's creation until it is ready, where its annotation does not say. */
  readonly startDelay?: Duration
} & Partial<MeshSettings & StoreSettings>

export type World = {
  readonly cluster: SandboxCluster
  readonly metrics: MetricsStore
  readonly clock: SteppedClock
  readonly mesh: Mesh
  /**
   * Lets time pass; everybody acts before the next moment comes. For a world that is watched, advance by small steps and
   * sleep in between: `await world.advance(quantum)`, then sleep `quantum / speed`.
   */
  readonly advance: (duration: Duration) => Promise<void>
  /** Lets time pass until `done` holds or `limit` is over; tells whether it holds. */
  readonly run: (done: () => boolean, limit: Duration) => Promise<boolean>
  readonly stop: Stop
}

export function createWorld(settings: WorldSettings): World {
  const { seed, start, startDelay, ...rest } = settings
  const settled = untilQuiet(() => cluster.activity() + metrics.activity())
  const clock = createSteppedClock(start, settled)
  const cluster = createCluster({ clock, random: createRandom(`${seed}/cluster`) })
  const stopWorkloads = startWorkloads({
    clock,
    controllerManager: cluster.as('kube-controller-manager'),
    kubelet: cluster.as('kubelet'),
    ...(startDelay === undefined ? {} : { startDelay }),
  })
  const mesh = startMesh({ cluster, clock, random: createRandom(`${seed}/mesh`) }, rest)
  const metrics = startMetricsStore({ targets: () => mesh.targets(), clock }, rest)
  return {
    cluster,
    metrics,
    clock,
    mesh,
    advance: (duration) => clock.advance(duration),
    run: (done, limit) => clock.run(done, limit),
    stop: () => {
      for (const part of [metrics, mesh]) part.stop()
      stopWorkloads()
    },
  }
}
