import { instant } from '../../src/core/units.ts'
import { createSteppedClock } from '../../src/sandbox/clock.ts'
import { createCluster } from '../../src/sandbox/cluster.ts'
import { createRandom } from '../../src/sandbox/random.ts'
import { clusterContract } from './cluster.ts'

const noon = instant(Date.UTC(2026, 10, 25, 12))

clusterContract('the sandbox', async () => ({
  cluster: createCluster({ clock: createSteppedClock(noon), random: createRandom('contract') }),
  stop: async () => undefined,
}))
