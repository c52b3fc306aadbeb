import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Rig, startRig } from './rig.ts'
import { Shop } from './shop.ts'

let rig: Rig

beforeAll(async () => {
  rig = await startRig({ crds: await argosCrds() })
})

afterAll(() => rig.stop())

test('a cluster that has Argo’s own CRDs keeps them: a release goes its way all the same', async () => {
  const shop = new Shop(rig, 'argo', { steps: [{ setWeight: 50 }, { pause: {} }] })
  await shop.furnish()
  await shop.push({ image: 'reviews:1' })
  await shop.reaches(/^Healthy$/)
  await shop.push({ image: 'reviews:2' })
  await shop.reaches(/^Paused CanaryPauseStep/)
  expect(await shop.weights()).toBe('50/50')
  await rig.argo('abort', 'reviews', '-n', 'argo')
  await shop.reaches(/^Degraded RolloutAborted/)
  expect(await shop.weights()).toBe('100/0')
  await rig.argo('retry', 'rollout', 'reviews', '-n', 'argo')
  await shop.reaches(/^Paused CanaryPauseStep/)
  await rig.argo('promote', 'reviews', '-n', 'argo', '--full')
  await shop.reaches(/^Healthy$/)
  await expect.poll(() => shop.weights(), { timeout: 5000 }).toBe('100/0')
  await rig.argo('undo', 'reviews', '-n', 'argo')
  await shop.reaches(/^Paused CanaryPauseStep/)
  expect(Object.keys(await shop.pods()).toSorted()).toEqual(['2', '3'])
})

/** Out of the module that the plugin is built from. */
async function argosCrds(): Promise<string> {
  const module = join(import.meta.dirname, 'tools', 'kubernetes')
  const asked = ['list', '-m', '-f', '{{.Dir}}', 'github.com/argoproj/argo-rollouts']
  const { stdout } = await promisify(execFile)('go', asked, { cwd: module })
  return join(stdout.trim(), 'manifests', 'crds')
}
