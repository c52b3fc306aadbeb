import { expect, test } from 'vitest'
import { showReport } from '../../../src/app/cli/report.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import type { Cluster } from '../../../src/ports.ts'
import { testIo } from './recorded.ts'

const question = { namespace: 'shop', rollout: 'checkout', revision: undefined, json: false }

const kept = [
  report('checkout', 2),
  report('checkout', 10),
  report('checkout', 9),
  report('checkout-two', 11),
  report('checkout', 12, { labels: {} }),
]

test.for([
  { it: 'the newest, by number', asks: {}, prints: 'checkout 10 as Markdown\n' },
  { it: 'an earlier one', asks: { revision: 2 }, prints: 'checkout 2 as Markdown\n' },
  { it: 'as JSON', asks: { json: true }, prints: '{"revision":10}\n' },
  {
    it: 'of a name that begins the same',
    asks: { rollout: 'checkout-two' },
    prints: 'checkout-two 11 as Markdown\n',
  },
])('prints $it', async ({ asks, prints }) => {
  const io = testIo()
  expect(await showReport(holding(kept), { ...question, ...asks }, io)).toBe(0)
  expect(io.written()).toBe(prints)
})

test('the last try of a revision counts', async () => {
  const io = testIo()
  const tries = ['2026-03-02', '2026-03-03', '2026-03-01'].map((day) =>
    report('checkout', 2, { creationTimestamp: `${day}T00:00:00Z` }, day),
  )
  await showReport(holding(tries), question, io)
  expect(io.written()).toBe('2026-03-03\n')
})

test('no report yet', async () => {
  await expect(showReport(holding([]), question, testIo())).rejects.toThrow(
    'no report of Rollout checkout in namespace shop: a report is written when a release is over',
  )
})

test('no report of that revision', async () => {
  await expect(showReport(holding(kept), { ...question, revision: 3 }, testIo())).rejects.toThrow(
    'no report of revision 3 of Rollout checkout: there are reports of 10, 9, 2',
  )
})

test('a ConfigMap that somebody emptied', async () => {
  const emptied = { ...report('checkout', 2), json: {} }
  await expect(showReport(holding([emptied]), question, testIo())).rejects.toThrow(
    'ConfigMap shop/checkout-abc-2-report has no report.md',
  )
})

function holding(objects: readonly KubeObject[]): Cluster {
  return {
    list: async (kind, namespace) =>
      objects.filter((object) => object.kind === kind && object.metadata.namespace === namespace),
    read: never,
    create: never,
    patch: never,
    delete: never,
    evict: never,
    watch: never,
  }
}

function never(): never {
  throw new Error('must not be called')
}

function report(
  rollout: string,
  revision: number,
  metadata: Partial<KubeObject['metadata']> = {},
  markdown: string = `${rollout} ${revision} as Markdown\n`,
): KubeObject {
  return {
    kind: 'ConfigMap',
    metadata: {
      name: `${rollout}-abc-${revision}-report`,
      namespace: 'shop',
      uid: String(revision),
      resourceVersion: '1',
      generation: 0,
      creationTimestamp: '2026-03-01T00:00:00Z',
      deletionTimestamp: undefined,
      labels: { 'haldane.dev/rollout': rollout, 'haldane.dev/revision': String(revision) },
      annotations: {},
      ownerReferences: [],
      ...metadata,
    },
    json: { data: { 'report.md': markdown, 'report.json': JSON.stringify({ revision }) } },
  }
}
