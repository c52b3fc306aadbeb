import { expect, test } from 'vitest'
import { type Json, type JsonObject, objectAt } from '../../../src/core/json.ts'
import { type DrivenRoute, drivenRoutes, type Split } from '../../../src/core/mesh/routes.ts'
import { type Ours, trafficPatch } from '../../../src/core/mesh/weights.ts'
import { weight } from '../../../src/core/units.ts'
import { jsonPatched } from '../../../src/sandbox/cluster/json-patch.ts'

/** Much that is not ours around two numbers that are. */
const rich = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { namespace: 'shop', name: 'web', resourceVersion: '7', annotations: { team: 'shop' } },
  spec: {
    hosts: ['web.example'],
    gateways: ['mesh', 'edge'],
    exportTo: ['.'],
    tls: [{ match: [{ port: 443, sniHosts: ['x'] }], route: [{ destination: { host: 'tls' } }] }],
    http: [
      { name: 'health', match: [{ uri: { exact: '/h' } }], directResponse: { status: 200 } },
      {
        name: 'primary',
        match: [{ withoutHeaders: { 'x-no': { exact: '1' } } }],
        retries: { attempts: 3, perTryTimeout: '2s', retryOn: '5xx' },
        timeout: '10s',
        fault: { delay: { percentage: { value: 0.1 }, fixedDelay: '5s' } },
        mirror: { host: 'shadow' },
        mirrorPercentage: { value: 12.5 },
        headers: { request: { set: { 'x-a': 'b' } } },
        aFieldOfTomorrow: { deep: [1, 2.5, null, true] },
        route: [
          {
            destination: { host: 'web.shop.svc.cluster.local', port: { number: 80 } },
            weight: 100,
            headers: { response: { remove: ['x-b'] } },
          },
          { destination: { host: 'web-canary', subset: 'v2' }, weight: 0, aFieldOfTomorrow: 1 },
          { destination: { host: 'else' }, weight: 0 },
        ],
      },
    ],
  },
} as const

test('everything but the two weights comes through to the byte', () => {
  const before = JSON.stringify(rich)
  const after = JSON.stringify(patched(rich, 30))
  const asked = before
    .replace('"weight":100', '"weight":70')
    .replace('"subset":"v2"},"weight":0', '"subset":"v2"},"weight":30')
  expect(after).toBe(asked)
  expect(JSON.stringify(rich)).toBe(before)
})

test('the patch tests the version and the destinations that it relies upon', () => {
  expect(patchOf(rich, 30)).toEqual([
    { op: 'test', path: '/metadata/resourceVersion', value: '7' },
    {
      op: 'test',
      path: '/spec/http/1/route/0/destination/host',
      value: 'web.shop.svc.cluster.local',
    },
    { op: 'add', path: '/spec/http/1/route/0/weight', value: 70 },
    { op: 'test', path: '/spec/http/1/route/1/destination/host', value: 'web-canary' },
    { op: 'test', path: '/spec/http/1/route/1/destination/subset', value: 'v2' },
    { op: 'add', path: '/spec/http/1/route/1/weight', value: 30 },
  ])
})

test.for([
  {
    it: 'another version',
    change: { ...rich, metadata: { ...rich.metadata, resourceVersion: '8' } },
  },
  { it: 'other destinations', change: { ...rich, spec: { http: rich.spec.http.toReversed() } } },
])('the patch fails as a whole on $it', ({ change }) => {
  expect(jsonPatched(change, patchOf(rich, 30)).ok).toBe(false)
})

test('nothing is written when the route carries the weight already', () => {
  expect(patchOf(rich, 0)).toEqual([])
})

test('only the number that differs is written', () => {
  const half = route(100, 20)
  expect(patchOf(half, 0).filter(({ op }) => op === 'add')).toEqual([
    { op: 'add', path: '/spec/http/0/route/1/weight', value: 0 },
  ])
})

test('weights that are absent are added', () => {
  const after = patched(route(undefined, undefined), 5)
  expect(JSON.stringify(after)).toContain('"weight":95')
  expect(JSON.stringify(after)).toContain('"weight":5')
})

test('several routes move in one patch', () => {
  const two = { ...route(100, 0), spec: { http: [entry('a'), entry('b')] } }
  const { routes } = drivenRoutes(objectAt(two), named(['a', 'b']))
  const operations = trafficPatch(ours(routes), { canary: weight(40), managed: [] })
  expect(operations.filter(({ op }) => op === 'add').map(({ path }) => path)).toEqual([
    '/spec/http/0/route/0/weight',
    '/spec/http/0/route/1/weight',
    '/spec/http/1/route/0/weight',
    '/spec/http/1/route/1/weight',
  ])
})

function named(http: readonly string[]): Split {
  return {
    namespace: 'shop',
    sides: { kind: 'hosts', stable: 'web', canary: 'web-canary' },
    selection: { http, tls: [], tcp: [] },
    managed: [],
  }
}

function ours(routes: readonly DrivenRoute[]): Ours {
  return { resourceVersion: '7', routes, managed: [] }
}

function patchOf(json: Json, canary: number): ReturnType<typeof trafficPatch> {
  const http = objectAt(json, 'spec')['http']
  const isNamed = JSON.stringify(http).includes('"primary"')
  const { routes, problems } = drivenRoutes(objectAt(json), named(isNamed ? ['primary'] : []))
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return trafficPatch(ours(routes), { canary: weight(canary), managed: [] })
}

function patched(json: Json, canary: number): Json {
  const after = jsonPatched(json, patchOf(json, canary))
  if (!after.ok) throw new Error(after.message)
  return after.value
}

function route(stable: number | undefined, canary: number | undefined): JsonObject {
  return {
    metadata: { namespace: 'shop', resourceVersion: '7' },
    spec: { http: [{ route: [to('web', stable), to('web-canary', canary)] }] },
  }
}

function entry(name: string): Json {
  return { name, route: [to('web', 100), to('web-canary', 0)] }
}

function to(host: string, share: number | undefined): Json {
  return { destination: { host }, ...(share === undefined ? {} : { weight: share }) }
}
