import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../../src/adapters/kubernetes/connect.ts'
import { listAt, numberAt } from '../../src/core/json.ts'
import { type Rig, startRig } from './rig.ts'
import { hashes, Shop } from './shop.ts'

let rig: Rig
let shop: Shop

beforeAll(async () => {
  rig = await startRig()
  shop = new Shop(rig, 'walk', { steps: [{ setWeight: 50 }, { pause: { duration: '10m' } }] })
  await shop.furnish()
})

afterAll(() => rig.stop())

test('kubectl apply: revision 1 becomes Healthy, weights 100/0, both selectors pinned', async () => {
  await shop.push({ image: 'reviews:1' })
  const rollout = await shop.reaches(/^Healthy$/)
  const { current } = hashes(rollout)
  expect(await shop.weights()).toBe('100/0')
  expect(await shop.selector('reviews-stable')).toBe(current)
  expect(await shop.selector('reviews-canary')).toBe(current)
  expect(await argo('status', 'reviews', '-n', 'walk')).toContain('Healthy')
  expect(station(await argo('get', 'rollout', 'reviews', '-n', 'walk', '--no-color'))).toEqual({
    Status: '✔ Healthy',
    Step: '2/2',
    SetWeight: '100',
    ActualWeight: '100',
    Updated: '4',
    Available: '4',
  })
})

test('a new image: canary pods, the canary Service on them, 50/50, Paused', async () => {
  await shop.push({ image: 'reviews:2' })
  const rollout = await shop.reaches(/^Paused CanaryPauseStep/)
  const { current, stable } = hashes(rollout)
  expect(current).not.toBe(stable)
  expect(await shop.weights()).toBe('50/50')
  expect(await shop.selector('reviews-stable')).toBe(stable)
  expect(await shop.selector('reviews-canary')).toBe(current)
  expect(await shop.pods()).toEqual({ '1': '4 wanted, 4 up', '2': '2 wanted, 2 up' })
  expect(station(await argo('get', 'rollout', 'reviews', '-n', 'walk', '--no-color'))).toEqual({
    Status: '॥ Paused',
    Step: '1/2',
    SetWeight: '50',
    ActualWeight: '50',
    Updated: '2',
    Available: '6',
  })
})

test('promote: 0/100 during the switch, then revision 2 is stable and the old pods go after their delay', async () => {
  const seen = watchWeights()
  await argo('promote', 'reviews', '-n', 'walk')
  const rollout = await shop.reaches(/^Healthy$/)
  const { current, stable } = hashes(rollout)
  expect(stable).toBe(current)
  await expect.poll(() => shop.weights(), { timeout: 5000 }).toBe('100/0')
  expect(seen.stop()).toEqual(['50/50', '0/100', '100/0'])
  expect(await shop.selector('reviews-stable')).toBe(current)
  await expect
    .poll(() => shop.pods(), { timeout: 20_000 })
    .toEqual({ '1': '0 wanted, 0 up', '2': '4 wanted, 4 up' })
  const tree = await argo('get', 'rollout', 'reviews', '-n', 'walk', '--no-color')
  expect(tree).toMatch(/revision:2[\s\S]*✔ Healthy[\s\S]*stable[\s\S]*revision:1[\s\S]*ScaledDown/)
  expect(
    await rig.plane.kubectl(
      'wait',
      'rollout/reviews',
      '-n',
      'walk',
      '--for=condition=Healthy',
      '--timeout=20s',
    ),
  ).toContain('condition met')
})

function argo(...args: readonly string[]): Promise<string> {
  return rig.argo(...args)
}

/** What the header of `get rollout` says. */
function station(text: string): Readonly<Record<string, string | undefined>> {
  const value = (key: string): string | undefined =>
    new RegExp(`^\\s*${key}:\\s+(.*?)\\s*$`, 'm').exec(text)?.[1]
  const keys = ['Status', 'Step', 'SetWeight', 'ActualWeight', 'Updated', 'Available']
  return Object.fromEntries(keys.map((key) => [key, value(key)]))
}

/** Every pair of weights that the VirtualService goes through from now on: none is too short for a watch. */
function watchWeights(): { stop: () => readonly string[] } {
  const seen = new Set<string>()
  const cluster = connect({ kubeconfig: rig.plane.kubeconfig, namespace: 'walk' })
  const stop = cluster.watch('VirtualService', (change) => {
    if (change.kind !== 'set') return
    const route = listAt(change.object.json, 'spec', 'http', 0, 'route')
    seen.add(route.map((each) => numberAt(each, 'weight')).join('/'))
  })
  return {
    stop: () => {
      stop()
      return [...seen]
    },
  }
}
