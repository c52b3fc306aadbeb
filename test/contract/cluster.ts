/** What every Cluster promises. The sandbox and the real kube-apiserver both pass it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Kind, type KubeObject, type ObjectRef, refOf } from '../../src/core/object.ts'
import type { Cluster } from '../../src/ports.ts'
import { eventually, fresh, freshName } from './objects.ts'
import { patchContract } from './patches.ts'
import { podContract } from './pods.ts'
import { generationContract, statusContract } from './status.ts'
import { watchContract } from './watch.ts'

export type ClusterUnderTest = { readonly cluster: Cluster; readonly stop: () => Promise<void> }

/** `start` gives a cluster with a namespace `default` and the kinds of Argo and Istio, and a garbage collector that is at work. */
export function clusterContract(name: string, start: () => Promise<ClusterUnderTest>): void {
  describe(`${name} as a Cluster`, () => {
    let started: ClusterUnderTest
    beforeAll(async () => {
      started = await start()
    })
    afterAll(() => started.stop())
    const cluster = (): Cluster => started.cluster
    objectContract(cluster)
    patchContract(cluster)
    statusContract(cluster)
    generationContract(cluster)
    ownerContract(cluster)
    watchContract(cluster)
    podContract(cluster)
  })
}

function objectContract(cluster: () => Cluster): void {
  test('a new object is read as it was sent, with what the server adds', async () => {
    const opaque = { half: 0.5, large: 4503599627370497, tiny: 1e-7, none: null, list: [[], {}] }
    const template = { spec: { containers: [], nobodyKnows: opaque } }
    const { ref, json } = fresh('Rollout', { spec: { replicas: 2, template } })
    const made = await cluster().create({ ref, json })
    expect(made.kind).toBe('Rollout')
    expect(made.metadata).toMatchObject({
      name: ref.name,
      namespace: 'default',
      uid: expect.stringMatching(/\S/),
      resourceVersion: expect.stringMatching(/\S/),
      generation: 1,
      creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      deletionTimestamp: undefined,
      ownerReferences: [],
    })
    expect(made.json).toMatchObject({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' })
    expect(made.json['spec']).toEqual({ replicas: 2, template })
    expect(await cluster().read(ref)).toEqual(made)
  })

  test.for<Kind>(['ConfigMap', 'Service', 'Rollout', 'VirtualService'])(
    'a %s is the same whether created, read, listed or watched',
    async (kind) => {
      const made = await cluster().create(fresh(kind))
      const listed = await cluster().list(kind, 'default')
      const mine = (object: KubeObject): boolean => object.metadata.uid === made.metadata.uid
      expect(await cluster().read(refOf(made))).toEqual(made)
      expect(listed.filter(mine)).toEqual([made])
      expect((await cluster().list(kind)).filter(mine)).toEqual([made])
      expect((await cluster().list(kind, 'kube-public')).filter(mine)).toEqual([])
    },
  )

  test('a cluster-scoped object has no namespace', async () => {
    const made = await cluster().create(
      fresh('ClusterAnalysisTemplate', { spec: { metrics: [] } }, ''),
    )
    expect(made.metadata.namespace).toBe('')
    expect(await cluster().read(refOf(made))).toEqual(made)
  })

  test('a name that is taken exists', async () => {
    const object = fresh('ConfigMap')
    await cluster().create(object)
    await expect(cluster().create(object)).rejects.toMatchObject({ code: 'exists' })
  })

  test('generateName finds a name for each', async () => {
    const stem = `${freshName()}-`
    const json = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: stem } }
    const ref: ObjectRef = { kind: 'ConfigMap', namespace: 'default', name: '' }
    const [one, two] = [
      await cluster().create({ ref, json }),
      await cluster().create({ ref, json }),
    ]
    expect(one.metadata.name).toMatch(new RegExp(`^${stem}\\S+$`))
    expect(one.metadata.name).not.toBe(two.metadata.name)
    expect(await cluster().read(refOf(one))).toEqual(one)
  })

  test('what is not there is undefined to read, not found to patch, and nothing to delete', async () => {
    const { ref } = fresh('Rollout')
    expect(await cluster().read(ref)).toBeUndefined()
    await expect(
      cluster().patch(ref, { type: 'merge', body: { spec: { replicas: 1 } } }),
    ).rejects.toMatchObject({ code: 'not-found' })
    await expect(cluster().delete(ref)).resolves.toBeUndefined()
  })

  test('a deleted object is gone, and its name is free', async () => {
    const object = fresh('Rollout')
    const first = await cluster().create(object)
    await cluster().delete(object.ref)
    expect(await cluster().read(object.ref)).toBeUndefined()
    const second = await cluster().create(object)
    expect(second.metadata.uid).not.toBe(first.metadata.uid)
  })
}

const aWhile = { timeout: 120_000 }

function ownerContract(cluster: () => Cluster): void {
  // A real garbage collector looks for new kinds every 30 s, and knows nothing of owners of a kind that it has not found yet.
  test('an owned object goes with its owner, and nothing else does', aWhile, async () => {
    const owner = await cluster().create(fresh('Rollout'))
    const other = await cluster().create(fresh('ConfigMap'))
    const { ref, json } = fresh('ConfigMap')
    const ownerReferences = [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        name: owner.metadata.name,
        uid: owner.metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]
    const owned = await cluster().create({
      ref,
      json: { ...json, metadata: { name: ref.name, ownerReferences } },
    })
    expect(owned.metadata.ownerReferences).toEqual(ownerReferences)
    await cluster().delete(refOf(owner))
    await eventually(async () => (await cluster().read(ref)) === undefined, aWhile.timeout)
    expect(await cluster().read(refOf(other))).toEqual(other)
  })
}
