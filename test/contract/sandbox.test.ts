import { instant, seconds } from '../../src/core/units.ts'
import { createSteppedClock } from '../../src/sandbox/clock.ts'
import { createCluster } from '../../src/sandbox/cluster.ts'
import { startMetricsStore } from '../../src/sandbox/metrics-store.ts'
import { createRandom } from '../../src/sandbox/random.ts'
import { clusterContract } from './cluster.ts'
import { type Counter, metricsContract } from './metrics.ts'

const noon = instant(Date.UTC(2026, 10, 25, 12))

clusterContract('the sandbox', async () => ({
  cluster: createCluster({ clock: createSteppedClock(noon), random: createRandom('contract') }),
  stop: async () => undefined,
}))

metricsContract('the sandbox', async () => {
  const clock = createSteppedClock(noon)
  const pods = new Map<string, readonly Counter[]>()
  const targets = () =>
    [...pods].map(([pod, series]) => ({
      namespace: 'shop',
      pod,
      instance: `${pod}:15020`,
      series: () => series,
    }))
  const scrapeInterval = seconds(15)
  const metrics = startMetricsStore({ targets, clock }, { scrapeInterval })
  return {
    metrics,
    pods,
    scrapeInterval,
    now: () => clock.now(),
    pass: () => clock.advance(scrapeInterval),
    stop: async () => metrics.stop(),
  }
})
