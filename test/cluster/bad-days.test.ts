import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listAt, textAt } from '../../src/core/json.ts'
import { createRandom } from '../../src/sandbox/random.ts'
import { phaseOf, type Rig, startRig } from './rig.ts'
import { hashes, Shop } from './shop.ts'

const seed = process.env['HALDANE_SEED'] ?? String(Date.now())
const random = createRandom(seed)
let rig: Rig

beforeAll(async () => {
  process.stderr.write(`bad days are drawn with HALDANE_SEED=${seed}\n`)
  rig = await startRig()
})

afterAll(() => rig.stop())

test('the controller is killed in each phase of a good release: same outcome, no weight lost, no second ReplicaSet', async () => {
  const shop = new Shop(rig, 'killed', {
    steps: [{ setWeight: 25 }, { pause: { duration: '4s' } }, { setWeight: 50 }, { pause: {} }],
  })
  await shop.furnish()
  await shop.push({ image: 'reviews:1' })
  await killSoon()
  await shop.reaches(/^Healthy$/)
  await shop.push({ image: 'reviews:2' })
  await killSoon()
  await killSoon()
  await shop.reaches(/^Paused/)
  await killSoon()
  await stepReaches(shop, 3)
  await shop.reaches(/^Paused/)
  await killSoon()
  expect(await shop.weights()).toBe('50/50')
  await rig.argo('promote', 'reviews', '-n', 'killed')
  await killSoon()
  await killSoon()
  const rollout = await shop.reaches(/^Healthy$/)
  expect(hashes(rollout).stable).toBe(hashes(rollout).current)
  await killSoon()
  await expect.poll(() => shop.weights(), { timeout: 10_000 }).toBe('100/0')
  await expect
    .poll(() => shop.pods(), { timeout: 30_000 })
    .toEqual({ '1': '0 wanted, 0 up', '2': '4 wanted, 4 up' })
})

test('the controller is killed and Prometheus is away while a bad release is judged: rolled back all the same', async () => {
  const shop = new Shop(rig, 'dark', {
    annotations: { 'haldane.dev/judge': 'default' },
    steps: [{ setWeight: 50 }, { pause: {} }],
  })
  await shop.furnish()
  await shop.push({ image: 'reviews:1' })
  await shop.reaches(/^Healthy$/)
  await rig.prometheus.stop()
  await shop.push({ image: 'reviews:2', failureRatio: '0.03' })
  const blind = await shop.reaches(/^Paused CanaryPauseStep; analysis: no data: /, 60)
  expect(phaseOf(blind)).toMatch(/Prometheus|answer/)
  await killSoon()
  await sleep(3000)
  expect(await shop.weights()).toBe('50/50')
  await rig.prometheus.start()
  await sleep(3000)
  await killSoon()
  const rollout = await shop.reaches(/^Degraded RolloutAborted/, 240)
  expect(textAt(rollout, 'status', 'message')).toMatch(/requests/)
  expect(await shop.weights()).toBe('100/0')
  await killSoon()
  await expect
    .poll(() => shop.pods(), { timeout: 30_000 })
    .toEqual({ '1': '4 wanted, 4 up', '2': '0 wanted, 0 up' })
})

test('what is wrong is said with its path and remedy, writes no traffic, and mends by itself', async () => {
  const shop = new Shop(rig, 'wrong', { steps: [{ setWeight: 50 }, { pause: {} }] })
  await shop.furnish()
  await rig.plane.kubectl('delete', 'service', 'reviews-canary', '-n', 'wrong')
  await shop.push({ image: 'reviews:1' })
  await shop.reaches(/^Degraded InvalidSpec: .*canaryService.*'reviews-canary' does not exist/)
  expect(await shop.weights()).toBe('100/0')
  await shop.furnish()
  await shop.reaches(/^Healthy$/)
  const rollouts = await shop.get('rollout', 'reviews')
  const types = listAt(rollouts, 'status', 'conditions').map((condition) =>
    textAt(condition, 'type'),
  )
  expect(types).not.toContain('InvalidSpec')
})

/** Kills the controller within the next second, and starts it again. */
async function killSoon(): Promise<void> {
  await sleep(random() * 1000)
  await rig.controller.kill()
  await sleep(random() * 300)
  await rig.controller.start()
}

async function stepReaches(shop: Shop, index: number): Promise<void> {
  const step = async (): Promise<unknown> => {
    const rollout = await shop.get('rollout', 'reviews')
    return JSON.stringify(rollout).match(/"currentStepIndex":(\d+)/)?.[1]
  }
  await expect.poll(step, { timeout: 60_000 }).toBe(String(index))
}
