/**
 * What our switching costs the callers: a client sends requests without a pause, while releases are promoted, aborted and superseded. The
 * gateway does not retry, so that every request that meets a pod which is not there counts. Argo's controller does the same beside ours, on
 * the same control plane, behind the same gateway, at the same time.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashes, Shop } from '../cluster/shop.ts'
import type { Told } from './client/tally.ts'
import { type MeshRig, startMeshRig } from './rig.ts'

/** For each of the two. */
const requests = 100_000
const rate = 600

let rig: MeshRig

beforeAll(async () => {
  rig = await startMeshRig({ beside: { argos: 'argos', ours: 'ours' } })
})

afterAll(() => rig.stop())

test('0 in 100 000 requests fail because of our switching: promotion, abort, supersession', async () => {
  const [ours, argos] = await Promise.all([release('ours'), release('argos')])
  process.stdout.write(`${line('haldane', ours)}\n${line('argo', argos)}\n`)
  expect(ours.told.requests).toBeGreaterThanOrEqual(requests)
  expect(ours.rounds).toBeGreaterThanOrEqual(2)
  expect(ours.told.examples).toEqual([])
  expect(ours.told.failures).toBe(0)
})

type Outcome = { readonly told: Told; readonly rounds: number; readonly refused: number }

/** Rounds of switching for as long as the client runs; the last one is played to its end. */
async function release(namespace: 'ours' | 'argos'): Promise<Outcome> {
  const shop = new Shop(rig, namespace, {
    steps: [
      { setWeight: 20 },
      { pause: { duration: '3s' } },
      { setWeight: 60 },
      { pause: { duration: '3s' } },
    ],
    route: { retries: { attempts: 0 } },
  })
  await shop.furnish()
  await shop.push({ image: 'reviews:1' })
  await shop.reaches(/^Healthy$/)
  const host = `reviews.${namespace}.example.com`
  await rig.carries(host, { 'reviews-stable': 100 })
  const client = await rig.client({ host, rate, seconds: Math.ceil(requests / rate) })
  let rounds = 0
  while (client.isRunning()) {
    await round(shop, rounds)
    rounds += 1
  }
  const told = await client.end()
  return { told, rounds, refused: await rig.gateway.total(namespace, 'upstream_cx_connect_fail') }
}

/** One promotion, one abort with the way back, one release that another one takes the place of. */
async function round(shop: Shop, n: number): Promise<void> {
  const image = (k: number): { image: string } => ({ image: `reviews:${4 * n + k}` })
  const argo = (...args: readonly string[]): Promise<string> =>
    rig.argo(...args, '-n', shop.namespace)
  await shop.push(image(2))
  await promoted(shop)
  await shop.push(image(3))
  await shop.reaches(/^Paused CanaryPauseStep/)
  await argo('abort', 'reviews')
  await shop.reaches(/^Degraded RolloutAborted/)
  await shop.push(image(4))
  await shop.reaches(/^Paused CanaryPauseStep/)
  await shop.push(image(5))
  await promoted(shop)
}

async function promoted(shop: Shop): Promise<void> {
  const rollout = await shop.reaches(/^Healthy$/, 120)
  const { current, stable } = hashes(rollout)
  expect(stable).toBe(current)
}

function line(who: string, { told, rounds, refused }: Outcome): string {
  const { requests: all, failures, planted } = told
  return `${who}: ${failures} of ${all} requests failed that were not planted (${planted} were), in ${rounds} rounds of promotion, abort and supersession; ${refused} connections refused`
}
