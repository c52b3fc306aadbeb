/** What every Cluster promises of a status and of generations. */
import { expect, test } from 'vitest'
import type { JsonObject, JsonPatchOperation } from '../../src/core/json.ts'
import { type Kind, type KubeObject, refOf } from '../../src/core/object.ts'
import type { Cluster } from '../../src/ports.ts'
import { fresh } from './objects.ts'

export function statusContract(cluster: () => Cluster): void {
  const both: JsonObject = { spec: { replicas: 5 }, status: { phase: 'Healthy' } }

  test('the status of a new Rollout is left out', async () => {
    const made = await cluster().create(fresh('Rollout', both))
    expect(made.json['status']).toBeUndefined()
  })

  test('a patch of a Rollout changes no status, one of its status nothing else', async () => {
    const made = await cluster().create(fresh('Rollout', { spec: { replicas: 1 } }))
    const labels = { mine: 'yes' }
    const object = await cluster().patch(refOf(made), { type: 'merge', body: both })
    expect(object.json).toMatchObject({ spec: { replicas: 5 } })
    expect(object.json['status']).toBeUndefined()
    const body = { metadata: { labels }, spec: { replicas: 9 }, status: { phase: 'Paused' } }
    const status = await cluster().patch(refOf(made), {
      type: 'merge',
      subresource: 'status',
      body,
    })
    expect(status.json).toMatchObject({ spec: { replicas: 5 }, status: { phase: 'Paused' } })
  })

  test('a status is patched with tests, too', async () => {
    const made = await cluster().create(fresh('Rollout'))
    const ref = refOf(made)
    const set: JsonPatchOperation = { op: 'add', path: '/status', value: { phase: 'Healthy' } }
    const patched = (version: string): Promise<KubeObject> =>
      cluster().patch(ref, {
        type: 'json',
        subresource: 'status',
        operations: [isAt(version), set],
      })
    const after = await patched(made.metadata.resourceVersion)
    expect(after.json['status']).toEqual({ phase: 'Healthy' })
    await expect(patched(made.metadata.resourceVersion)).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  test('the status of an AnalysisRun is written with it', async () => {
    const object = fresh('AnalysisRun', { spec: { metrics: [] }, status: { phase: 'Pending' } })
    const made = await cluster().create(object)
    expect(made.json['status']).toEqual({ phase: 'Pending' })
    const after = await cluster().patch(object.ref, {
      type: 'merge',
      subresource: 'status',
      body: { status: { phase: 'Running' } },
    })
    expect(after.json['status']).toEqual({ phase: 'Running' })
  })
}

export function generationContract(cluster: () => Cluster): void {
  test.for<{ readonly kind: Kind; readonly change: JsonObject; readonly becomes: number }>([
    { kind: 'Rollout', change: { spec: { replicas: 7 } }, becomes: 2 },
    { kind: 'Rollout', change: { metadata: { labels: { a: 'b' } } }, becomes: 1 },
    { kind: 'Rollout', change: { metadata: { annotations: { a: 'b' } } }, becomes: 1 },
    { kind: 'AnalysisRun', change: { spec: { terminate: true } }, becomes: 2 },
    { kind: 'AnalysisRun', change: { status: { phase: 'Running' } }, becomes: 2 },
    { kind: 'AnalysisRun', change: { metadata: { labels: { a: 'b' } } }, becomes: 1 },
    { kind: 'VirtualService', change: { spec: { hosts: ['other'] } }, becomes: 2 },
    { kind: 'ConfigMap', change: { data: { a: 'b' } }, becomes: 0 },
  ])('generation of a $kind after $change is $becomes', async ({ kind, change, becomes }) => {
    const made = await cluster().create(fresh(kind))
    const after = await cluster().patch(refOf(made), { type: 'merge', body: change })
    expect(after.metadata.resourceVersion).not.toBe(made.metadata.resourceVersion)
    expect(after.metadata.generation).toBe(becomes)
  })

  test('generation of a Rollout does not count its status', async () => {
    const made = await cluster().create(fresh('Rollout'))
    const body = { status: { phase: 'Healthy' } }
    const after = await cluster().patch(refOf(made), {
      type: 'merge',
      subresource: 'status',
      body,
    })
    expect(after.metadata.generation).toBe(1)
  })
}

function isAt(version: string): JsonPatchOperation {
  return { op: 'test', path: '/metadata/resourceVersion', value: version }
}
