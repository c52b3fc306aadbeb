import { expect, test } from 'vitest'
import { lintManifests, type Manifest } from '../../../src/app/cli/lint.ts'
import { preflight, type World } from '../../../src/app/cli/preflight.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { Reading } from '../../../src/core/judge/reading.ts'
import { type KubeObject, keyOf, refOf } from '../../../src/core/object.ts'
import { instant, seconds } from '../../../src/core/units.ts'
import type { Cluster } from '../../../src/ports.ts'
import { object, rollout, service, virtualService, whole } from '../../core/checks/build.ts'
import { testIo } from './recorded.ts'

const asked = { namespace: 'default', strict: false, json: false }

function manifest(...objects: readonly JsonObject[]): Manifest {
  const written = objects.map((json, index) => ({ json, lineOf: () => 10 * (index + 1) }))
  return { file: 'all.yaml', objects: written, unreadable: [] }
}

/* ---------------------------------------------------------------- lint */

test('says that nothing stands in the way', () => {
  const io = testIo()
  expect(lintManifests([manifest(...whole())], asked, io)).toBe(0)
  expect(io.written()).toBe('nothing stands in the way\n')
})

test('a finding has its file and line, and the end counts them', () => {
  const io = testIo()
  const objects = whole().with(2, service('reviews-canary', { type: 'ExternalName' }))
  expect(lintManifests([manifest(...objects)], asked, io)).toBe(1)
  expect(io.written()).toBe(
    `all.yaml:30: problem Service shop/reviews-canary spec.type: is ExternalName: it leads out of the cluster and selects no pods; use ClusterIP
1 problem
`,
  )
})

test('as JSON, one object a line and nothing else', () => {
  const io = testIo()
  const objects = whole().with(2, service('reviews-canary', { type: 'ExternalName' }))
  lintManifests([manifest(...objects)], { ...asked, json: true }, io)
  expect(JSON.parse(io.written())).toEqual({
    level: 'problem',
    kind: 'Service',
    namespace: 'shop',
    name: 'reviews-canary',
    file: 'all.yaml',
    line: 30,
    path: 'spec.type',
    message: expect.stringContaining('use ClusterIP'),
  })
})

test('what is no YAML is a problem of its file', () => {
  const io = testIo()
  const broken = { file: 'b.yaml', objects: [], unreadable: [{ line: 3, message: 'is no YAML' }] }
  expect(lintManifests([broken, manifest(...whole())], asked, io)).toBe(1)
  expect(io.written()).toContain('b.yaml:3: problem is no YAML\n')
})

test('warnings fail only when asked for', () => {
  const fault = virtualService({
    http: [
      {
        fault: { abort: { httpStatus: 500 } },
        route: [
          { destination: { host: 'reviews-stable' }, weight: 100 },
          { destination: { host: 'reviews-canary' }, weight: 0 },
        ],
      },
    ],
  })
  const files = [manifest(...whole().with(3, fault))]
  expect(lintManifests(files, asked, testIo())).toBe(0)
  expect(lintManifests(files, { ...asked, strict: true }, testIo())).toBe(1)
})

test('files without any manifest are no success', () => {
  expect(() => lintManifests([manifest()], asked, testIo())).toThrow('there is no manifest')
})

/* ---------------------------------------------------------------- preflight */

const now = instant(1_000_000_000)

function world(objects: readonly JsonObject[], answers?: (query: string) => Reading): World {
  const all: readonly KubeObject[] = objects.map((json) => object(kindOf(json['kind']), json))
  const cluster: Cluster = {
    read: async (ref) => all.find((each) => keyOf(refOf(each)) === keyOf(ref)),
    list: async (kind, namespace) =>
      all.filter((each) => each.kind === kind && each.metadata.namespace === namespace),
    create: never,
    patch: never,
    delete: never,
    watch: never,
    evict: never,
  }
  const metrics = answers && { range: async (query: string) => answers(query) }
  return { cluster, metrics, now }
}

function never(): never {
  throw new Error('must not be called')
}

function kindOf(kind: unknown): KubeObject['kind'] {
  const kinds = ['Rollout', 'Service', 'VirtualService', 'DestinationRule', 'Pod'] as const
  const found = kinds.find((each) => each === kind)
  if (found === undefined) throw new Error(`no kind ${String(kind)}`)
  return found
}

const question = {
  namespace: 'shop',
  rollout: undefined,
  block: seconds(15),
  strict: false,
  json: false,
}

function pod(name: string): JsonObject {
  return {
    kind: 'Pod',
    metadata: { name, namespace: 'shop' },
    spec: { containers: [{ name: 'istio-proxy', image: 'proxy:1' }] },
  }
}

const pods = [pod('reviews-abc-1'), pod('reviews-abc-2'), pod('ratings-abc-1')]

test('without metrics: what the cluster shows', async () => {
  const io = testIo()
  expect(await preflight(world([...whole(), ...pods]), question, io)).toBe(0)
  expect(io.written()).toBe(
    `note    Rollout shop/reviews: its metrics were not looked at; say where they are with --prometheus
nothing stands in the way
`,
  )
})

test('what a Rollout names and is not there is a problem', async () => {
  const io = testIo()
  const there = world([rollout(), service('reviews-stable'), virtualService(), ...pods])
  expect(await preflight(there, question, io)).toBe(1)
  expect(io.written()).toContain(
    "problem Rollout shop/reviews spec.strategy.canary.canaryService: Service 'reviews-canary' does not exist",
  )
})

test('with metrics: what the pods report, and what their traffic is enough for', async () => {
  const io = testIo()
  const seen = world([...whole(), ...pods], readings)
  expect(await preflight(seen, question, io)).toBe(0)
  const [reporters, seenPods, often, bounds, ...rest] = io.written().split('\n')
  expect([reporters, seenPods, often, bounds]).toEqual([
    'fine    Rollout shop/reviews: requests are reported by destination; the judge goes by destination',
    'fine    Rollout shop/reviews: all 2 pods are seen in Prometheus',
    'fine    Rollout shop/reviews: the pods are scraped every 15s; the newest sample is 1 s old',
    'fine    Rollout shop/reviews: latency is counted by 1 bounds on every pod',
  ])
  expect(rest).toEqual([
    expect.stringContaining('steps[0]: 1 requests a second on the canary for 5m: '),
    expect.stringContaining('steps[2]: 10 requests a second on the canary for as long as it takes'),
    'nothing stands in the way',
    '',
  ])
})

test('the whole namespace, or one', async () => {
  const two = [...whole(), rollout({ name: 'other' }), ...pods]
  const io = testIo()
  await preflight(world(two), { ...question, rollout: 'reviews' }, io)
  expect(io.written()).not.toContain('shop/other')
  await preflight(world(two), question, io)
  expect(io.written()).toContain('shop/other')
  await expect(preflight(world(two), { ...question, rollout: 'third' }, io)).rejects.toThrow(
    'no Rollout third in namespace shop',
  )
})

/** Two pods, scraped every 15 s, 6000 requests in five minutes. */
function readings(query: string): Reading {
  if (query.startsWith('count by (reporter)'))
    return series([{ reporter: 'destination' }, [[0, 1]]])
  if (query.startsWith('max by (pod) (timestamp('))
    return series([{ pod: 'reviews-abc-1' }, scrapes], [{ pod: 'reviews-abc-2' }, scrapes])
  if (query.startsWith('count by (pod, le)'))
    return series([{ pod: 'reviews-abc-1', le: '+Inf' }, [[0, 1]]])
  return series([
    { pod: 'reviews-abc-1', response_code: '200' },
    [
      [300, 0],
      [0, 6000],
    ],
  ])
}

/** Seconds before now, and the value then. */
type Past = readonly (readonly [ago: number, value: number])[]

const scrapes: Past = [
  [30, now / 1000 - 31],
  [10, now / 1000 - 16],
  [0, now / 1000 - 1],
]

function series(...all: readonly (readonly [Readonly<Record<string, string>>, Past])[]): Reading {
  return {
    kind: 'series',
    series: all.map(([labels, past]) => ({
      labels,
      samples: past.map(([ago, value]) => ({ at: instant(now - ago * 1000), value })),
    })),
  }
}
