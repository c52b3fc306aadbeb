/** The walk-through of a release with real requests: who answered them is counted. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { numberAt, parseJson, textAt } from '../../src/core/json.ts'
import { hashes, Shop } from '../cluster/shop.ts'
import type { Told } from './client/tally.ts'
import { type MeshRig, startMeshRig } from './rig.ts'

let rig: MeshRig

beforeAll(async () => {
  rig = await startMeshRig()
})

afterAll(() => rig.stop())

describe('by hosts', () => {
  const host = 'reviews.walk.example.com'
  let shop: Shop

  beforeAll(async () => {
    shop = new Shop(rig, 'walk', { steps: [{ setWeight: 50 }, { pause: {} }] })
    await shop.furnish()
  })

  test('the first revision answers every request', async () => {
    await shop.push({ image: 'reviews:1' })
    await shop.reaches(/^Healthy$/)
    await rig.carries(host, { 'reviews-stable': 100 })
    expect(await asked(host, 1000)).toMatchObject({ images: { 'reviews:1': 1000 }, failures: 0 })
  })

  test('at 50 % a new image answers half of the requests, as chance allows', async () => {
    await shop.push({ image: 'reviews:2' })
    await shop.reaches(/^Paused CanaryPauseStep/)
    await rig.carries(host, { 'reviews-stable': 50, 'reviews-canary': 50 })
    const { images, failures } = await asked(host, 2000)
    expect(Object.keys(images).toSorted()).toEqual(['reviews:1', 'reviews:2'])
    expect(failures).toBe(0)
    // Five standard deviations of a fair coin thrown 2000 times are 112.
    expect(Math.abs((images['reviews:2'] ?? 0) - 1000)).toBeLessThan(112)
  })

  test('promoted, the new image answers every request', async () => {
    await promote(shop)
    await rig.carries(host, { 'reviews-stable': 100 })
    expect(await asked(host, 1000)).toMatchObject({ images: { 'reviews:2': 1000 }, failures: 0 })
  })
})

describe('by subsets, with a route for testers', () => {
  const host = 'reviews.subsets.example.com'
  const tester = { agent: 'tester' }
  let shop: Shop

  beforeAll(async () => {
    const match = [{ headerName: 'agent', headerValue: { exact: 'tester' } }]
    shop = new Shop(rig, 'subsets', {
      steps: [{ setWeight: 20 }, { setHeaderRoute: { name: 'testers', match } }, { pause: {} }],
      split: 'subsets',
      managedRoutes: ['testers'],
    })
    await shop.furnish()
    await shop.push({ image: 'reviews:1' })
    await shop.reaches(/^Healthy$/)
    await rig.carries(host, { 'reviews:stable': 100 })
  })

  test('at 20 % the canary answers a fifth of the requests, and every one of a tester', async () => {
    await shop.push({ image: 'reviews:2' })
    await shop.reaches(/^Paused CanaryPauseStep/)
    await rig.carries(host, { 'reviews:stable': 80, 'reviews:canary': 20 })
    await rig.carries(host, { 'reviews:canary': 100 }, 'testers')
    const { images, failures } = await asked(host, 2000)
    expect(Object.keys(images).toSorted()).toEqual(['reviews:1', 'reviews:2'])
    expect(failures).toBe(0)
    // Five standard deviations of 2000 throws of a die that hits one time in five are 90.
    expect(Math.abs((images['reviews:2'] ?? 0) - 400)).toBeLessThan(90)
    expect(await asked(host, 500, tester)).toMatchObject({
      images: { 'reviews:2': 500 },
      failures: 0,
    })
  })

  test('aborted, no request reaches the canary any more, whoever asks', async () => {
    await rig.argo('abort', 'reviews', '-n', 'subsets')
    await shop.reaches(/^Degraded RolloutAborted/)
    await rig.carries(host, { 'reviews:stable': 100 })
    await rig.carries(host, undefined, 'testers')
    for (const headers of [{}, tester])
      expect(await asked(host, 500, headers)).toMatchObject({
        images: { 'reviews:1': 500 },
        failures: 0,
      })
  })

  test('promoted, the new image answers every request, whoever asks', async () => {
    await shop.push({ image: 'reviews:3' })
    await shop.reaches(/^Paused CanaryPauseStep/)
    await promote(shop)
    await rig.carries(host, { 'reviews:stable': 100 })
    for (const headers of [{}, tester])
      expect(await asked(host, 500, headers)).toMatchObject({
        images: { 'reviews:3': 500 },
        failures: 0,
      })
  })
})

test('istiod judged every write: it refuses what is invalid, and refused nothing of ours', async () => {
  const total = { destination: { host: 'reviews-stable' }, weight: 0 }
  const invalid = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'invalid', namespace: 'walk' },
    spec: { hosts: ['invalid.example.com'], http: [{ route: [total, total] }] },
  }
  await expect(rig.plane.apply(JSON.stringify(invalid))).rejects.toThrow(/denied the request/)
  for (const resource of ['virtualservices', 'destinationrules']) {
    const codes = codesOfOurs(resource)
    expect(codes.length).toBeGreaterThanOrEqual(3)
    expect(new Set(codes)).toEqual(new Set([200]))
  }
})

/** What our controller's patches were answered with. */
function codesOfOurs(resource: string): readonly (number | undefined)[] {
  return readFileSync(rig.plane.auditLog, 'utf8')
    .trimEnd()
    .split('\n')
    .map(parseJson)
    .filter((event) => textAt(event, 'user', 'username')?.endsWith(':haldane') === true)
    .filter((event) => textAt(event, 'objectRef', 'resource') === resource)
    .filter((event) => textAt(event, 'verb') === 'patch')
    .map((event) => numberAt(event, 'responseStatus', 'code'))
}

async function promote(shop: Shop): Promise<void> {
  await rig.argo('promote', 'reviews', '-n', shop.namespace)
  const { current, stable } = hashes(await shop.reaches(/^Healthy$/))
  expect(stable).toBe(current)
}

async function asked(
  host: string,
  count: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Told> {
  const client = await rig.client({ host, rate: 500, seconds: count / 500, headers })
  return client.end()
}
