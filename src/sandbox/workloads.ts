/** Life in the cluster: ReplicaSets have pods, and pods start. */
import { type Duration, seconds } from '../core/units.ts'
import type { Clock, Cluster, Stop } from '../ports.ts'
import { Kubelet } from './workloads/kubelet.ts'
import { ReplicaSets } from './workloads/replica-sets.ts'

export const defaultStartDelay: Duration = seconds(3)

/** Each writes through a face of its own, so that hooks can tell them from others. */
export function startWorkloads(world: {
  readonly clock: Clock
  readonly controllerManager: Cluster
  readonly kubelet: Cluster
  /** From a pod's creation until it is ready, unless its annotation says otherwise. */
  readonly startDelay?: Duration
}): Stop {
  const { clock, startDelay = defaultStartDelay } = world
  const replicaSets = new ReplicaSets(world.controllerManager, clock)
  const kubelet = new Kubelet(world.kubelet, clock, startDelay)
  return () => {
    replicaSets.stop()
    kubelet.stop()
  }
}
