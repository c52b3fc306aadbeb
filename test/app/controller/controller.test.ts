import { expect, test } from 'vitest'
import { startController } from '../../../src/app/controller/controller.ts'
import { standardDefaults } from '../../../src/core/manifest/judge-settings.ts'
import type { Kind, KubeObject } from '../../../src/core/object.ts'
import { instant } from '../../../src/core/units.ts'
import { createSteppedClock } from '../../../src/sandbox/clock.ts'
import { FakeCluster, objectOf } from './cluster.ts'

const kinds: readonly Kind[] = [
  'Rollout',
  'AnalysisRun',
  'AnalysisTemplate',
  'ClusterAnalysisTemplate',
  'ReplicaSet',
  'Service',
  'VirtualService',
  'DestinationRule',
]

test('an object that our code fails on does not end the watch that all others live by', async () => {
  const { cluster, errors } = await started()
  const odd: KubeObject = {
    ...objectOf('Rollout', 'odd'),
    get json(): never {
      throw new TypeError('a defect')
    },
  }
  expect(() => cluster.tells('Rollout', { kind: 'set', object: odd })).not.toThrow()
  expect(errors[0]).toContain('what a Rollout names, which is a defect: TypeError: a defect')
  cluster.tells('Rollout', { kind: 'set', object: objectOf('Rollout', 'web') })
  await expect.poll(() => cluster.writes.join()).toContain('merge Rollout/shop/web status')
})

async function started(): Promise<{ cluster: FakeCluster; errors: readonly string[] }> {
  const errors: string[] = []
  const cluster = new FakeCluster()
  const starting = startController({
    cluster,
    metricsAt: () => {
      throw new RangeError('nobody measures')
    },
    clock: createSteppedClock(instant(Date.UTC(2026, 0, 1))),
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (message) => void errors.push(message),
    },
    tell: () => undefined,
    defaults: standardDefaults,
    links: {},
  })
  for (const kind of kinds) cluster.tells(kind, { kind: 'synced' })
  await starting
  return { cluster, errors }
}
