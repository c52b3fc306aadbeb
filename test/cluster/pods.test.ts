/** What concerns pods and where they come from, on the real control plane, as the controller's own ServiceAccount and with the real plugin. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  textEntries,
} from '../../src/core/json.ts'
import { eventually, type Rig, startRig } from './rig.ts'
import { hashes, Shop } from './shop.ts'

const wait = { timeout: 30_000 }
const namespace = 'pods'
let rig: Rig
let shop: Shop

beforeAll(async () => {
  rig = await startRig()
  shop = new Shop(rig, namespace, { steps: [{ setWeight: 50 }, { pause: {} }] })
  await shop.furnish()
})

afterAll(() => rig.stop())

test('a Deployment brings the template and goes pod by pod', async () => {
  await apply(deployment('reviews:1'))
  await apply(rollout())
  const released = await shop.reaches(/^Healthy$/)
  await expect.poll(() => deploymentReplicas(), wait).toBe(0)
  const generation = String(numberAt(await deploymentNow(), 'metadata', 'generation'))
  await expect
    .poll(
      async () =>
        textAt(await shop.get('rollout', 'reviews'), 'status', 'workloadObservedGeneration'),
      wait,
    )
    .toBe(generation)
  expect(hashes(released).current).toBe(hashes(released).stable)
  expect(await roles()).toEqual(['stable', 'stable', 'stable', 'stable'])
})

test('a new image in the Deployment: canary pods say so, and keep away from stable ones', async () => {
  await apply(deployment('reviews:2'))
  await shop.reaches(/^Paused CanaryPauseStep/)
  expect(await shop.weights()).toBe('50/50')
  await expect
    .poll(() => roles(), wait)
    .toEqual(['canary', 'canary', 'stable', 'stable', 'stable', 'stable'])
  expect(await rules()).toEqual([0, 1])
})

test('restart: a budget holds it, then all pods are made anew and the weights stay', async () => {
  const before = await podNames()
  await apply(budget(0))
  await rig.argo('restart', 'reviews', '-n', namespace)
  const again = Date.now() + 4000
  await expect.poll(() => Date.now() > again, wait).toBe(true)
  expect(await podNames()).toEqual(before)
  expect(await restarted()).toBe(false)
  await apply(budget(1))
  await expect.poll(() => restarted(), { timeout: 90_000 }).toBe(true)
  const after = await podNames()
  expect(after).toHaveLength(6)
  expect(after.filter((name) => before.includes(name))).toEqual([])
  expect(await shop.weights()).toBe('50/50')
})

test('promoted: the canary is stable in word and rule, the old pods say nothing', async () => {
  await rig.argo('promote', 'reviews', '-n', namespace)
  await shop.reaches(/^Healthy$/)
  await expect.poll(() => roles(), wait).toEqual(['stable', 'stable', 'stable', 'stable'])
  expect(await rules()).toEqual([0, 0])
  await expect.poll(() => moving(), wait).toEqual([])
})

test('undo writes the stored template into the Deployment, and the ReplicaSet that was made of it comes back', async () => {
  await rig.argo('undo', 'reviews', '-n', namespace)
  await shop.reaches(/^Paused CanaryPauseStep/)
  expect(await rules()).toHaveLength(2)
  const images = listAt(await deploymentNow(), 'spec', 'template', 'spec', 'containers')
  expect(images.map((each) => textAt(each, 'image'))).toEqual(['reviews:1'])
})

test('what the API server takes but nobody expects is told and stops nobody', async () => {
  const odd = {
    ...objectAt(rollout(), 'spec'),
    workloadRef: { apiVersion: 'v1', kind: 'Pod' },
    items: [1],
  }
  const metadata = { name: 'odd', namespace, annotations: { big: 'x'.repeat(100_000) } }
  await apply({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, spec: odd })
  await eventually(
    'the problems',
    30,
    async () => (textAt(await shop.get('rollout', 'odd'), 'status', 'message') ? true : undefined),
    async () => rig.controller.log(),
  )
  await rig.argo('abort', 'reviews', '-n', namespace)
  await shop.reaches(/^Degraded RolloutAborted/)
  expect(await shop.weights()).toBe('100/0')
})

async function apply(object: JsonObject): Promise<void> {
  await rig.plane.apply(JSON.stringify(object))
}

function rollout(): JsonObject {
  const whole = shop.rollout({ image: 'none' })
  const { template: _, selector: __, ...spec } = objectAt(whole, 'spec')
  const canary = {
    ...objectAt(spec, 'strategy', 'canary'),
    antiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: { weight: 1 } },
    canaryMetadata: { labels: { role: 'canary' } },
    stableMetadata: { labels: { role: 'stable' } },
  }
  const workloadRef = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'reviews',
    scaleDown: 'progressively',
  }
  return { ...whole, spec: { ...spec, workloadRef, strategy: { canary } } }
}

function deployment(image: string): JsonObject {
  const labels = { app: 'reviews' }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'reviews', namespace },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'reviews', image }] } },
      ...(image === 'reviews:1' ? { replicas: 4 } : { replicas: 0 }),
    },
  }
}

function budget(maxUnavailable: number): JsonObject {
  const selector = { matchLabels: { app: 'reviews' } }
  const metadata = { name: 'reviews', namespace }
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata,
    spec: { maxUnavailable, selector },
  }
}

function deploymentNow(): Promise<Json> {
  return shop.get('deployment', 'reviews')
}

async function deploymentReplicas(): Promise<number | undefined> {
  return numberAt(await deploymentNow(), 'spec', 'replicas')
}

async function listed(kind: string): Promise<readonly Json[]> {
  const selector = 'rollouts-pod-template-hash'
  return listAt(
    JSON.parse(await rig.plane.kubectl('get', kind, '-n', namespace, '-l', selector, '-o', 'json')),
    'items',
  )
}

async function podNames(): Promise<readonly string[]> {
  return (await listed('pods')).map((pod) => textAt(pod, 'metadata', 'name') ?? '')
}

/** What the pods of the Rollout say that they are. */
async function roles(): Promise<readonly string[]> {
  const pods = await listed('pods')
  return pods.map((pod) => textAt(pod, 'metadata', 'labels', 'role') ?? '-').toSorted()
}

/** How many rules each ReplicaSet has, the fewest first. */
async function rules(): Promise<readonly number[]> {
  const path = ['spec', 'template', 'spec', 'affinity', 'podAntiAffinity'] as const
  return (await listed('replicasets'))
    .map((each) => listAt(each, ...path, 'preferredDuringSchedulingIgnoredDuringExecution').length)
    .toSorted((a, b) => a - b)
}

async function moving(): Promise<readonly string[]> {
  return (await listed('replicasets')).flatMap((each) =>
    Object.keys(textEntries(objectAt(each, 'metadata', 'annotations'))).filter((key) =>
      key.includes('moving-metadata'),
    ),
  )
}

async function restarted(): Promise<boolean> {
  const now = await shop.get('rollout', 'reviews')
  const at = textAt(now, 'status', 'restartedAt')
  return at !== undefined && at === textAt(now, 'spec', 'restartAt')
}
