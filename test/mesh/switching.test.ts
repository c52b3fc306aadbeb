/**
 * What our switching costs the callers: a client sends requests without a pause, while releases are promoted, aborted and superseded. The
 * gateway does not retry, so that every request that meets a pod which is not there counts. Argo's controller does the same beside ours, on
 * the same control plane, behind the same gateway, at the same time.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashes, Shop } from '../cluster/shop.ts'
import type { Told } from './client/tally.ts'
import { type MeshRig, startMeshRig } from './rig.ts'

/** For each of the two controllers; half of it where hosts split the traffic, half where subsets do. */
const requests = 100_000
const rate = 450

const splits = ['hosts', 'subsets'] as const
type Split = (typeof splits)[number]

let rig: MeshRig

beforeAll(async () => {
  const ours = splits.map((split) => `haldane-${split}`)
  const argos = splits.map((split) => `argo-${split}`)
  rig = await startMeshRig({ beside: { argos, ours } })
})

afterAll(() => rig.stop())

test('0 in 100 000 requests fail because of our switching: promotion, abort, supersession', async () => {
  const both = await Promise.all([releases('haldane'), releases('argo')])
  const [ours] = both
  process.stdout.write(both.flat().map(line).join(''))
  expect(sum(ours, ({ told }) => told.requests)).toBeGreaterThanOrEqual(requests)
  for (const { rounds } of both.flat()) expect(rounds).toBeGreaterThanOrEqual(2)
  expect(ours.map(({ told }) => told.reasons)).toEqual([{}, {}])
  expect(sum(ours, ({ told }) => told.failures)).toBe(0)
})

type Outcome = { readonly namespace: string; readonly told: Told; readonly rounds: number }

function releases(whose: 'haldane' | 'argo'): Promise<readonly Outcome[]> {
  return Promise.all(splits.map((split) => release(`${whose}-${split}`, split)))
}

/** Rounds of switching for as long as the client runs; the last one is played to its end. */
async function release(namespace: string, split: Split): Promise<Outcome> {
  const shop = new Shop(rig, namespace, {
    steps: [
      { setWeight: 20 },
      { pause: { duration: '3s' } },
      { setWeight: 60 },
      { pause: { duration: '3s' } },
    ],
    route: { retries: { attempts: 0 } },
    split,
  })
  await shop.furnish()
  await shop.push({ image: 'reviews:1' })
  await shop.reaches(/^Healthy$/)
  const host = `reviews.${namespace}.example.com`
  await rig.carries(host, { [split === 'hosts' ? 'reviews-stable' : 'reviews:stable']: 100 })
  const seconds = Math.ceil(requests / splits.length / rate)
  const client = await rig.client({ host, rate, seconds })
  let rounds = 0
  while (client.isRunning()) {
    await round(shop, rounds)
    rounds += 1
  }
  return { namespace, told: await client.end(), rounds }
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

function line({ namespace, told, rounds }: Outcome): string {
  const { requests: all, failures, planted, reasons, moments } = told
  const times = moments.map((moment) => new Date(moment).toISOString()).join(', ')
  const why = failures === 0 ? '' : `: ${JSON.stringify(reasons)} at ${times}`
  return `${namespace}: ${failures} of ${all} requests failed that were not planted (${planted} were), in ${rounds} rounds of promotion, abort and supersession${why}\n`
}

function sum(outcomes: readonly Outcome[], amount: (outcome: Outcome) => number): number {
  return outcomes.reduce((total, outcome) => total + amount(outcome), 0)
}
