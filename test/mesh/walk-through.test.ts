/** The walk-through of a release with real requests: who answered them is counted. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { numberAt, parseJson, textAt } from '../../src/core/json.ts'
import { hashes, Shop } from '../cluster/shop.ts'
import { type MeshRig, startMeshRig } from './rig.ts'

const host = 'reviews.walk.example.com'

let rig: MeshRig
let shop: Shop

beforeAll(async () => {
  rig = await startMeshRig()
  shop = new Shop(rig, 'walk', { steps: [{ setWeight: 50 }, { pause: {} }] })
  await shop.furnish()
})

afterAll(() => rig.stop())

test('the first revision answers every request', async () => {
  await shop.push({ image: 'reviews:1' })
  await shop.reaches(/^Healthy$/)
  await rig.carries(host, { 'reviews-stable': 100 })
  const { images, failures } = await asked(1000)
  expect(images).toEqual({ 'reviews:1': 1000 })
  expect(failures).toBe(0)
})

test('at 50 % a new image answers half of the requests, as chance allows', async () => {
  await shop.push({ image: 'reviews:2' })
  await shop.reaches(/^Paused CanaryPauseStep/)
  await rig.carries(host, { 'reviews-stable': 50, 'reviews-canary': 50 })
  const { images, failures } = await asked(2000)
  expect(failures).toBe(0)
  expect((images['reviews:1'] ?? 0) + (images['reviews:2'] ?? 0)).toBe(2000)
  // Five standard deviations of a fair coin thrown 2000 times are 112.
  expect(Math.abs((images['reviews:2'] ?? 0) - 1000)).toBeLessThan(112)
})

test('promoted, the new image answers every request', async () => {
  await rig.argo('promote', 'reviews', '-n', 'walk')
  const rollout = await shop.reaches(/^Healthy$/)
  const { current, stable } = hashes(rollout)
  expect(stable).toBe(current)
  await rig.carries(host, { 'reviews-stable': 100 })
  const { images, failures } = await asked(1000)
  expect(images).toEqual({ 'reviews:2': 1000 })
  expect(failures).toBe(0)
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
  const codes = readFileSync(rig.plane.auditLog, 'utf8')
    .trimEnd()
    .split('\n')
    .map(parseJson)
    .filter((event) => textAt(event, 'user', 'username')?.endsWith(':haldane') === true)
    .filter((event) => textAt(event, 'objectRef', 'resource') === 'virtualservices')
    .filter((event) => textAt(event, 'verb') === 'patch')
    .map((event) => numberAt(event, 'responseStatus', 'code'))
  expect(codes.length).toBeGreaterThanOrEqual(3)
  expect(new Set(codes)).toEqual(new Set([200]))
})

async function asked(count: number): ReturnType<Awaited<ReturnType<MeshRig['client']>>['end']> {
  const client = await rig.client({ host, rate: 500, seconds: count / 500 })
  return client.end()
}
