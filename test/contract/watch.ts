/** What every Cluster promises to those who watch. */
import { expect, onTestFinished, test } from 'vitest'
import { textAt } from '../../src/core/json.ts'
import { type Kind, type KubeObject, refOf } from '../../src/core/object.ts'
import type { Change, Cluster } from '../../src/ports.ts'
import { eventually, fresh } from './objects.ts'

export function watchContract(cluster: () => Cluster): void {
  test('a watch shows what is, says that this was all, and then what happens, in order', async () => {
    const first = await cluster().create(fresh('ConfigMap', { data: { step: '0' } }))
    const second = fresh('ConfigMap', { data: { step: 'new' } })
    const seen = watched(cluster(), 'ConfigMap')
    await eventually(() => seen.includes('synced'))
    expect(seen.filter((line) => line.includes(first.metadata.name))).toEqual([
      `set ${first.metadata.name} 0`,
    ])
    expect(seen.indexOf(`set ${first.metadata.name} 0`)).toBeLessThan(seen.indexOf('synced'))
    for (const step of ['1', '2', '3']) await stepTo(cluster(), first, step)
    await cluster().create(second)
    await cluster().delete(refOf(first))
    await cluster().delete(second.ref)
    await eventually(() => seen.includes(`gone ${second.ref.name}`))
    const names = [first.metadata.name, second.ref.name]
    expect(seen.filter((line) => names.some((name) => line.includes(name)))).toEqual([
      `set ${first.metadata.name} 0`,
      `set ${first.metadata.name} 1`,
      `set ${first.metadata.name} 2`,
      `set ${first.metadata.name} 3`,
      `set ${second.ref.name} new`,
      `gone ${first.metadata.name}`,
      `gone ${second.ref.name}`,
    ])
    expect(seen.filter((line) => line === 'synced')).toEqual(['synced'])
  })

  test('a watch brings the very object that the write gave', async () => {
    const changes: Change[] = []
    onTestFinished(cluster().watch('Rollout', (change) => changes.push(change)))
    const made = await cluster().create(fresh('Rollout'))
    const patched = await cluster().patch(refOf(made), {
      type: 'merge',
      subresource: 'status',
      body: { status: { phase: 'Healthy' } },
    })
    const objects = (): readonly KubeObject[] =>
      changes
        .filter((change) => change.kind === 'set')
        .map(({ object }) => object)
        .filter(({ metadata }) => metadata.uid === made.metadata.uid)
    await eventually(() =>
      objects().some(
        ({ metadata }) => metadata.resourceVersion === patched.metadata.resourceVersion,
      ),
    )
    expect(objects().at(-1)).toEqual(patched)
  })

  test('a patch that changes nothing is not seen', async () => {
    const made = await cluster().create(fresh('ConfigMap', { data: { step: '0' } }))
    const seen = watched(cluster(), 'ConfigMap')
    await eventually(() => seen.includes('synced'))
    await stepTo(cluster(), made, '0')
    await stepTo(cluster(), made, '1')
    await eventually(() => seen.includes(`set ${made.metadata.name} 1`))
    expect(seen.filter((line) => line.includes(made.metadata.name))).toEqual([
      `set ${made.metadata.name} 0`,
      `set ${made.metadata.name} 1`,
    ])
  })

  test('a watch shows only its kind', async () => {
    const made = await cluster().create(fresh('Service'))
    const seen = watched(cluster(), 'ConfigMap')
    const other = watched(cluster(), 'Service')
    await eventually(() => seen.includes('synced') && other.includes('synced'))
    expect(seen.join()).not.toContain(made.metadata.name)
    expect(other.join()).toContain(made.metadata.name)
  })

  test('who stopped hears nothing any more, others go on', async () => {
    const seen: string[] = []
    const stop = cluster().watch('ConfigMap', (change) => seen.push(wordsOf(change)))
    const others = watched(cluster(), 'ConfigMap')
    await eventually(() => seen.includes('synced') && others.includes('synced'))
    stop()
    stop()
    const made = await cluster().create(fresh('ConfigMap'))
    await eventually(() => others.join().includes(made.metadata.name))
    expect(seen.join()).not.toContain(made.metadata.name)
  })
}

function watched(cluster: Cluster, kind: Kind): readonly string[] {
  const seen: string[] = []
  onTestFinished(cluster.watch(kind, (change) => seen.push(wordsOf(change))))
  return seen
}

async function stepTo(cluster: Cluster, object: KubeObject, step: string): Promise<void> {
  await cluster.patch(refOf(object), { type: 'merge', body: { data: { step } } })
}

function wordsOf(change: Change): string {
  switch (change.kind) {
    case 'synced':
      return 'synced'
    case 'set':
      return `set ${change.object.metadata.name} ${textAt(change.object.json, 'data', 'step') ?? ''}`
    case 'gone':
      return `gone ${change.ref.name}`
  }
}
