import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Json, listAt, parseJson, textAt } from '../../src/core/json.ts'
import { type Rig, startRig } from './rig.ts'
import { hashes, Shop } from './shop.ts'

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
const blocks = [
  '--interval',
  '5s',
  '--warmup',
  '5s',
  '--soak',
  '20s',
  '--deadline',
  '2m',
  '--json',
  '--verdicts-only',
]

let rig: Rig

beforeAll(async () => {
  rig = await startRig()
})

afterAll(() => rig.stop())

type Ran = { readonly code: number; readonly verdict: Json; readonly said: string }

/** `haldane judge` on the real Prometheus, as a process of its own. */
async function judge(...args: readonly string[]): Promise<Ran> {
  const all = [main, 'judge', '--prometheus', rig.prometheus.url, ...args]
  return new Promise((resolve) => {
    const child = execFile(process.execPath, all, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, verdict: parseJson(stdout), said: stderr })
    })
  })
}

/** The same where something must come of it. */
async function judged(...args: readonly string[]): Promise<Ran> {
  const ran = await judge(...args)
  if (ran.code > 2) throw new Error(`exit code ${ran.code}: ${ran.said}`)
  return ran
}

/** Any command: its exit code, and all that it says. */
async function run(...args: readonly string[]): Promise<Pick<Ran, 'code' | 'said'>> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, said: stdout + stderr })
    })
  })
}

function podsOf(hash: string | undefined): string {
  return `{namespace="judged",pod=~"reviews-${hash}-.*"}`
}

/** The release waits for a person: nobody judges it but this test. */
test('two sides in a real Prometheus: live, replayed, by selectors, and against each other', async () => {
  const shop = new Shop(rig, 'judged', { steps: [{ setWeight: 50 }, { pause: {} }] })
  await shop.furnish()
  await shop.push({ image: 'reviews:1' })
  await shop.reaches(/^Healthy$/)
  await sleep(10_000)
  await shop.push({ image: 'reviews:2', failureRatio: '0.9' })
  const { current, stable } = hashes(await shop.reaches(/^Paused CanaryPauseStep/))
  const rollout = ['--rollout', 'reviews', '-n', 'judged', '--kubeconfig', rig.plane.kubeconfig]

  const live = await judged(...rollout, ...blocks, '--follow')
  expect(live).toMatchObject({
    code: 1,
    verdict: { release: 'judged/reviews', verdict: 'worse' },
  })

  const replayed = await judged(...rollout, ...blocks)
  expect(replayed).toEqual({ ...live, said: '' })

  // Three minutes ago there was nothing yet on a fast machine: the deadline, counted from then, must not end it before there was.
  const selected = await judged(
    '--canary',
    podsOf(current),
    '--stable',
    podsOf(stable),
    '--from',
    '-3m',
    ...blocks,
    '--deadline',
    '10m',
  )
  expect(selected).toMatchObject({ code: 1, verdict: { verdict: 'worse' } })

  const [one = '', ...others] = await podNames(stable)
  const placebo = await judged(
    '--canary',
    `{namespace="judged",pod="${one}"}`,
    '--stable',
    `{namespace="judged",pod=~"${others.join('|')}"}`,
    '--from',
    '-30s',
    '--follow',
    ...blocks,
    '--no-latency',
    '--pass-margin',
    '3',
  )
  expect(placebo).toMatchObject({ code: 0, verdict: { verdict: 'no worse' } })
})

test('preflight looks at the same release: its objects, its pods, its series', async () => {
  const where = ['preflight', 'reviews', '-n', 'judged', '--kubeconfig', rig.plane.kubeconfig]
  const { code, said } = await run(...where, '--prometheus', rig.prometheus.url)
  expect(said).toMatch(
    /fine +Rollout judged\/reviews: requests are reported by destination, source/,
  )
  expect(said).toMatch(/all \d+ pods are seen in Prometheus/)
  expect(said).toMatch(/the pods are scraped every \d+s; the newest sample is \d s old/)
  expect(said).toMatch(/latency is counted by \d+ bounds on every pod/)
  expect(code).toBe(0)
  expect(said).toMatch(/steps\[0\]: \d+ requests a second on the canary/)
})

test('what it cannot judge is exit code 3, with the reason', async () => {
  const nobody = await judge('--canary', podsOf('none'), '--stable', podsOf('nothing'), ...blocks)
  expect(nobody).toMatchObject({
    code: 3,
    said: expect.stringContaining('no istio_requests_total matches'),
  })
  const misspelt = await judge('--canary', '{pod=~"("}', '--stable', '{}', ...blocks)
  expect(misspelt).toMatchObject({
    code: 3,
    said: expect.stringContaining('refused the query (HTTP 400)'),
  })
})

async function podNames(hash: string | undefined): Promise<readonly string[]> {
  const selector = `rollouts-pod-template-hash=${hash}`
  const list = parseJson(
    await rig.plane.kubectl('get', 'pods', '-n', 'judged', '-l', selector, '-o', 'json'),
  )
  return listAt(list, 'items').flatMap((pod) => textAt(pod, 'metadata', 'name') ?? [])
}
