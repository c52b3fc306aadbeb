/** What every Cluster promises of pods that are asked to go. */
import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { type KubeObject, type PodRef, refOf } from '../../src/core/object.ts'
import type { Cluster } from '../../src/ports.ts'
import { eventually, freshName } from './objects.ts'

export function podContract(cluster: () => Cluster): void {
  test('pods are listed by their labels', async () => {
    const app = freshName()
    const mine = await runningPod(cluster(), { app, side: 'canary' })
    await runningPod(cluster(), { app, side: 'stable' })
    expect(await names(cluster(), { app, side: 'canary' })).toEqual([mine.metadata.name])
    expect(await names(cluster(), { app })).toHaveLength(2)
    expect(await names(cluster(), { app, side: 'none' })).toEqual([])
  })

  test('a pod that nothing protects is evicted', async () => {
    const pod = await runningPod(cluster(), { app: freshName() })
    expect(await cluster().evict(podRef(pod))).toBe('evicted')
    await eventually(async () => (await cluster().read(refOf(pod))) === undefined)
  })

  test('a budget that allows no disruption refuses, and the pod stays', async () => {
    const app = freshName()
    const pod = await runningPod(cluster(), { app })
    await cluster().create(budget(app))
    expect(await cluster().evict(podRef(pod))).toBe('refused')
    expect(await cluster().read(refOf(pod))).toMatchObject({ metadata: { uid: pod.metadata.uid } })
  })

  test('two budgets for one pod refuse', async () => {
    const app = freshName()
    const pod = await runningPod(cluster(), { app })
    await cluster().create(budget(app))
    await cluster().create(budget(app))
    expect(await cluster().evict(podRef(pod))).toBe('refused')
  })

  test('a pod that is gone counts as evicted, and so does one that is another by now', async () => {
    const pod = await runningPod(cluster(), { app: freshName() })
    const uid = '00000000-0000-4000-8000-0000deadbeef'
    expect(await cluster().evict({ ...podRef(pod), uid })).toBe('evicted')
    expect(await cluster().read(refOf(pod))).toMatchObject({ metadata: { uid: pod.metadata.uid } })
    expect(await cluster().evict({ namespace: 'default', name: freshName(), uid })).toBe('evicted')
  })
}

/** A pod as a kubelet reports it: no budget protects one that does not run. */
async function runningPod(cluster: Cluster, labels: JsonObject): Promise<KubeObject> {
  const ref = { kind: 'Pod', namespace: 'default', name: freshName() } as const
  const metadata = { name: ref.name, labels }
  const spec = { containers: [{ name: 'web', image: 'web:1' }] }
  await cluster.create({ ref, json: { apiVersion: 'v1', kind: 'Pod', metadata, spec } })
  const since = '2026-01-01T00:00:00Z'
  const status = {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }],
  }
  return cluster.patch(ref, { type: 'merge', subresource: 'status', body: { status } })
}

function budget(app: string): Parameters<Cluster['create']>[0] {
  const ref = { kind: 'PodDisruptionBudget', namespace: 'default', name: freshName() } as const
  const spec = { maxUnavailable: 0, selector: { matchLabels: { app } } }
  const metadata = { name: ref.name }
  return { ref, json: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec } }
}

function podRef({ metadata: { namespace, name, uid } }: KubeObject): PodRef {
  return { namespace, name, uid }
}

async function names(
  cluster: Cluster,
  labels: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const pods = await cluster.list('Pod', 'default', labels)
  return pods.map(({ metadata }) => metadata.name)
}
