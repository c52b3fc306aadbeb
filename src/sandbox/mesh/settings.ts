/** What the mesh is like. */
import { type Duration, type Instant, milliseconds, seconds } from '../../core/units.ts'

export type MeshSettings = {
  /** Requests a second that arrive at the gateway for the hosts of each VirtualService. */
  readonly rps: (at: Instant) => number
  /** From the write of a VirtualService until the gateway obeys it. */
  readonly lag: Duration
  /** How often traffic is dealt out; counters stand still in between. */
  readonly tick: Duration
}

export const defaultMesh: MeshSettings = {
  rps: () => 50,
  lag: seconds(1),
  tick: milliseconds(500),
}
