import { expect, test } from 'vitest'
import { numberAt } from '../../src/core/json.ts'
import type { Reading } from '../../src/core/judge/reading.ts'
import { between, minus, minutes, seconds } from '../../src/core/units.ts'
import { createWorld, type World } from '../../src/sandbox/world.ts'
import { noon, ref, replicaSet, service, virtualService } from './builders.ts'

async function shop(seed: string): Promise<World> {
  const world = createWorld({ seed, start: noon, rps: () => 200, scrapeInterval: seconds(15) })
  const annotations = { 'sandbox.haldane.dev/failure-ratio': '0.03' }
  const objects = [
    replicaSet('reviews-s', { replicas: 4 }),
    replicaSet('reviews-c', { replicas: 1, annotations }),
    service('stable', 's'),
    service('canary', 'c'),
    virtualService('reviews', 80, 20),
  ]
  for (const object of objects) await world.cluster.create(object)
  return world
}

const counts = 'sum by (pod, response_code) (istio_requests_total{reporter="destination"})'

async function look({ clock, metrics }: World, query: string): Promise<Reading> {
  const to = clock.now()
  return metrics.range(query, { from: minus(to, minutes(5)), to, step: seconds(15) })
}

/** The newest value of each series, by pod and code. */
function newest(reading: Reading): readonly (readonly [string, number])[] {
  if (reading.kind !== 'series') return []
  return reading.series.map(({ labels, samples }) => [
    `${labels['pod']?.slice(0, 9)} ${labels['response_code']}`,
    samples.at(-1)?.value ?? 0,
  ])
}

async function played(seed: string): Promise<Reading> {
  const world = await shop(seed)
  await world.advance(minutes(10))
  return look(world, counts)
}

test('traffic on pods becomes samples in the store', async () => {
  const reading = await played('7')
  const total = (name: string) =>
    newest(reading)
      .filter(([key]) => key.startsWith(name))
      .reduce((sum, [, value]) => sum + value, 0)
  expect(total('reviews-c') / (total('reviews-c') + total('reviews-s'))).toBeCloseTo(0.2, 1)
  expect(total('reviews-c 500') / total('reviews-c')).toBeCloseTo(0.03, 2)
  expect(total('reviews')).toBeGreaterThan(110_000)
})

test('the same seed gives the same numbers, another seed others', async () => {
  expect(await played('7')).toEqual(await played('7'))
  expect(newest(await played('8'))).not.toEqual(newest(await played('7')))
})

test('small steps and a big one come to the same', async () => {
  const [big, small] = [await shop('7'), await shop('7')]
  await big.advance(minutes(2))
  for (let step = 0; step < 240; step++) await small.advance(seconds(0.5))
  expect(await look(small, counts)).toEqual(await look(big, counts))
})

test('runs until something holds', async () => {
  const world = await shop('7')
  let ready: number | undefined
  world.cluster.watch('ReplicaSet', (change) => {
    if (change.kind === 'set' && change.object.metadata.name === 'reviews-s')
      ready = numberAt(change.object.json, 'status', 'readyReplicas')
  })
  expect(await world.run(() => ready === 4, minutes(1))).toBe(true)
  expect(between(noon, world.clock.now())).toBe(3000)
})

test('a stopped world stands still', async () => {
  const world = await shop('7')
  await world.advance(minutes(1))
  world.stop()
  const before = newest(await look(world, counts))
  await world.cluster.create(replicaSet('late-1'))
  await world.advance(minutes(1))
  expect(newest(await look(world, counts))).toEqual(before)
  expect((await world.cluster.list('Pod')).length).toBe(5)
  expect(await world.cluster.read(ref('ReplicaSet', 'late-1'))).toBeDefined()
})

test('an hour of a shop is played in a few seconds', { timeout: 20_000 }, async () => {
  const world = await shop('7')
  await world.advance(minutes(60))
  expect(newest(await look(world, counts)).length).toBeGreaterThan(5)
})
