/**
 * One controller is stopped and the other started in the middle of a release, without a change to any manifest: nothing moves, and the release
 * goes on from where it was. Both ways, so that whoever tries ours can go back as easily.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Json, listAt, numberAt, objectAt, parseJson, textAt } from '../../src/core/json.ts'
import { type Controller, phaseOf, type RigOfTwo, startRig } from './rig.ts'
import { hashes, Shop } from './shop.ts'

let rig: RigOfTwo
beforeAll(async () => {
  rig = await startRig({ controller: 'argo' })
})
afterAll(() => rig?.stop())

test('a release that Argo began is ended by ours, and one that ours began is taken back by Argo', async () => {
  const shop = new Shop(rig, 'handover', {
    steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }],
  })
  const argo = (...args: readonly string[]): Promise<string> => rig.argo(...args, '-n', 'handover')
  await shop.furnish()
  await shop.push({ image: 'reviews:1' })
  await shop.reaches(/^Healthy$/)
  await shop.push({ image: 'reviews:2' })
  await shop.reaches(/^Paused CanaryPauseStep/)

  await nothingMoves(shop, () => handOver(rig.controller, rig.peer))
  await argo('promote', 'reviews')
  await atWeight(shop, '50/50')
  await argo('promote', 'reviews')
  const promoted = await shop.reaches(/^Healthy$/)
  expect(textAt(promoted, 'metadata', 'annotations', 'rollout.argoproj.io/revision')).toBe('2')
  expect(hashes(promoted).stable).toBe(hashes(promoted).current)
  await atWeight(shop, '100/0')
  expect(await replicaSets()).toHaveLength(2)
  await expect
    .poll(() => shop.pods(), { timeout: 30_000 })
    .toEqual({ 1: '0 wanted, 0 up', 2: '4 wanted, 4 up' })

  await shop.push({ image: 'reviews:3' })
  await atWeight(shop, '75/25')
  await shop.reaches(/^Paused CanaryPauseStep/)
  await nothingMoves(shop, () => handOver(rig.peer, rig.controller))
  await argo('abort', 'reviews')
  const aborted = await shop.reaches(/^Degraded RolloutAborted/)
  expect(hashes(aborted).stable).toBe(hashes(promoted).stable)
  await expect.poll(() => shop.weights(), { timeout: 10_000 }).toBe('100/0')
  expect(await replicaSets()).toHaveLength(3)
})

async function handOver(from: Controller, to: Controller): Promise<void> {
  await from.kill()
  await to.start()
}

async function atWeight(shop: Shop, weights: string): Promise<void> {
  await expect.poll(() => shop.weights(), { timeout: 30_000 }).toBe(weights)
}

/** What everybody sees of the release is the same before and after; the status may be written, but says the same. */
async function nothingMoves(shop: Shop, handing: () => Promise<void>): Promise<void> {
  const before = await picture(shop)
  await handing()
  await sleep(8000)
  expect(await picture(shop)).toEqual(before)
}

async function picture(shop: Shop): Promise<Readonly<Record<string, unknown>>> {
  const rollout = await shop.get('rollout', 'reviews')
  return {
    phase: phaseOf(rollout),
    step: numberAt(rollout, 'status', 'currentStepIndex'),
    stepHash: textAt(rollout, 'status', 'currentStepHash'),
    pauses: listAt(rollout, 'status', 'pauseConditions').map((pause) => objectAt(pause)),
    ...hashes(rollout),
    weights: await shop.weights(),
    stableService: await shop.selector('reviews-stable'),
    canaryService: await shop.selector('reviews-canary'),
    pods: await shop.pods(),
    replicaSets: (await replicaSets()).map((each) => [
      textAt(each, 'metadata', 'uid'),
      numberAt(each, 'spec', 'replicas'),
    ]),
  }
}

async function replicaSets(): Promise<readonly Json[]> {
  const found = await rig.plane.kubectl('get', 'replicasets', '-n', 'handover', '-o', 'json')
  return listAt(parseJson(found), 'items')
}
