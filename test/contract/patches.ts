/** What every Cluster promises of patches. */
import { expect, test } from 'vitest'
import { at, type Json, type JsonPatchOperation } from '../../src/core/json.ts'
import { type KubeObject, refOf } from '../../src/core/object.ts'
import type { Cluster } from '../../src/ports.ts'
import { fresh } from './objects.ts'

export function patchContract(cluster: () => Cluster): void {
  const spec = { replicas: 1, template: { keep: 'me', drop: 'me', list: [1, 2] } }
  const made = (): Promise<KubeObject> => cluster().create(fresh('Rollout', { spec }))
  const merge = (object: KubeObject, body: Json): Promise<KubeObject> =>
    cluster().patch(refOf(object), { type: 'merge', body })
  const json = (
    object: KubeObject,
    ...operations: readonly JsonPatchOperation[]
  ): Promise<KubeObject> => cluster().patch(refOf(object), { type: 'json', operations })

  test('a merge patch sets, replaces lists, removes what is null, and leaves the rest', async () => {
    const before = await made()
    const template = { drop: null, list: [3], add: { a: 1 } }
    const after = await merge(before, { spec: { template } })
    expect(after.json['spec']).toEqual({
      replicas: 1,
      template: { keep: 'me', list: [3], add: { a: 1 } },
    })
    expect(after.metadata.resourceVersion).not.toBe(before.metadata.resourceVersion)
    expect(await cluster().read(refOf(before))).toEqual(after)
  })

  test('a patch that changes nothing writes nothing', async () => {
    const before = await made()
    expect(await merge(before, { spec: { replicas: 1 } })).toEqual(before)
    expect(await json(before, { op: 'replace', path: '/spec/replicas', value: 1 })).toEqual(before)
  })

  test('a merge patch of an object that moved is a conflict and changes nothing', async () => {
    const before = await made()
    const moved = await merge(before, { spec: { replicas: 2 } })
    const { resourceVersion } = before.metadata
    await expect(
      merge(before, { metadata: { resourceVersion }, spec: { replicas: 3 } }),
    ).rejects.toMatchObject({ code: 'conflict' })
    expect(await cluster().read(refOf(before))).toEqual(moved)
  })

  test('a merge patch of an object that did not move is done', async () => {
    const before = await made()
    const { resourceVersion } = before.metadata
    const after = await merge(before, { metadata: { resourceVersion }, spec: { replicas: 3 } })
    expect(at(after.json, 'spec', 'replicas')).toBe(3)
  })

  test('a JSON patch is done when what it relies on holds', async () => {
    const before = await made()
    const after = await json(
      before,
      { op: 'test', path: '/metadata/resourceVersion', value: before.metadata.resourceVersion },
      { op: 'test', path: '/spec/template/list', value: [1, 2] },
      { op: 'replace', path: '/spec/template/list/1', value: 5 },
      { op: 'add', path: '/spec/template/list/-', value: 6 },
      { op: 'add', path: '/spec/template/a~1b', value: true },
      { op: 'remove', path: '/spec/template/drop' },
    )
    expect(at(after.json, 'spec', 'template')).toEqual({
      keep: 'me',
      list: [1, 5, 6],
      'a/b': true,
    })
  })

  test.for<JsonPatchOperation>([
    { op: 'test', path: '/metadata/resourceVersion', value: '1' },
    { op: 'test', path: '/spec/template/keep', value: 'you' },
    { op: 'test', path: '/spec/template/absent', value: 'you' },
    { op: 'test', path: '/spec/template/list/7', value: 1 },
  ])('a JSON patch whose $op of $path fails is a conflict as a whole', async (failing) => {
    const before = await made()
    await expect(
      json(before, { op: 'replace', path: '/spec/replicas', value: 9 }, failing),
    ).rejects.toMatchObject({ code: 'conflict' })
    expect(await cluster().read(refOf(before))).toEqual(before)
  })

  // The real server does not say which of the two it was; a conflict leads to another look, so it is the answer of the adapter.
  test('a JSON patch that leads nowhere changes nothing', async () => {
    const before = await made()
    await expect(
      json(before, { op: 'remove', path: '/spec/template/absent' }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^(conflict|invalid)$/) })
    expect(await cluster().read(refOf(before))).toEqual(before)
  })

  test('an object cannot be given another name', async () => {
    const before = await made()
    await expect(merge(before, { metadata: { name: 'other' } })).rejects.toMatchObject({
      code: 'invalid',
    })
  })

  test('two weights of a VirtualService move, and nothing else', async () => {
    const before = await cluster().create(fresh('VirtualService'))
    const route = '/spec/http/0/route'
    const after = await json(
      before,
      { op: 'test', path: `${route}/1/destination/host`, value: 'canary' },
      { op: 'add', path: `${route}/0/weight`, value: 80 },
      { op: 'add', path: `${route}/1/weight`, value: 20 },
    )
    const text = JSON.stringify(before.json['spec'])
    expect(JSON.stringify(after.json['spec'])).toBe(
      text.replace('"weight":100', '"weight":80').replace('"weight":0', '"weight":20'),
    )
  })
}
