/** Routes of the Rollout's own in a VirtualService of somebody else. */
import { expect, test } from 'vitest'
import { type Json, type JsonObject, listAt, objectAt, textAt } from '../../../src/core/json.ts'
import { type ManagedRoute, managedEntries } from '../../../src/core/mesh/managed.ts'
import { drivenRoutes, type Split } from '../../../src/core/mesh/routes.ts'
import { trafficPatch } from '../../../src/core/mesh/weights.ts'
import { weight } from '../../../src/core/units.ts'
import { jsonPatched } from '../../../src/sandbox/cluster/json-patch.ts'

const names = ['first', 'second', 'third']

const byHeader: ManagedRoute = {
  name: 'second',
  match: [{ headers: { agent: { exact: 'tester' } } }],
  does: { kind: 'lead' },
}
const byMirror: ManagedRoute = {
  name: 'first',
  match: [{ uri: { prefix: '/' } }],
  does: { kind: 'mirror', percentage: 35 },
}

const primary = {
  name: 'primary',
  timeout: '3s',
  route: [
    { destination: { host: 'web', port: { number: 80 } }, weight: 80 },
    { destination: { host: 'web-canary', port: { number: 80 } }, weight: 20, headers: { a: 1 } },
  ],
} as const
const foreign = { match: [{ uri: { prefix: '/x' } }], redirect: { uri: '/y' }, tomorrow: [1.5] }

const header = {
  name: 'second',
  match: [{ headers: { agent: { exact: 'tester' } } }],
  route: [{ destination: { host: 'web-canary', port: { number: 80 } }, weight: 100 }],
} as const
const mirror = {
  name: 'first',
  match: [{ uri: { prefix: '/' } }],
  route: primary.route,
  mirror: { host: 'web-canary', port: { number: 80 } },
  mirrorPercentage: { value: 35 },
} as const

test.for([
  {
    it: 'a header route stands before all others',
    http: [foreign, primary],
    wanted: [byHeader],
    is: [header, foreign, primary],
  },
  {
    it: 'a mirror route copies the destinations',
    http: [primary],
    wanted: [byMirror],
    is: [mirror, primary],
  },
  {
    it: 'the order is that of managedRoutes',
    http: [header, primary, foreign],
    wanted: [byMirror, byHeader],
    is: [mirror, header, primary, foreign],
  },
  {
    it: 'a route that slid down comes up again',
    http: [foreign, header, primary],
    wanted: [byHeader],
    is: [header, foreign, primary],
  },
  {
    it: 'a route that somebody changed is put right',
    http: [{ ...header, match: [] }, primary],
    wanted: [byHeader],
    is: [header, primary],
  },
  {
    it: 'what somebody added to a route of ours stays',
    http: [{ ...header, match: [], timeout: '1s' }, primary],
    wanted: [byHeader],
    is: [{ ...header, timeout: '1s' }, primary],
  },
  {
    it: 'a route that is there twice is there once',
    http: [header, header, primary],
    wanted: [byHeader],
    is: [header, primary],
  },
  {
    it: 'all names of managedRoutes go when none is wanted',
    http: [header, foreign, { name: 'third' }, primary, mirror],
    wanted: [],
    is: [foreign, primary],
  },
])('$it', ({ http, wanted, is }) => {
  const after = patched(http, wanted)
  expect(listAt(after, 'spec', 'http')).toEqual(is)
  expect(operations(after, wanted)).toEqual([])
})

test('a mirror route follows the weights, in the same patch', () => {
  const after = patched([mirror, foreign, primary], [byMirror], 60)
  const shares = listAt(after, 'spec', 'http').map((entry) =>
    listAt(entry, 'route').map((each) => objectAt(each)['weight']),
  )
  expect(shares).toEqual([[40, 60], [], [40, 60]])
  expect(listAt(after, 'spec', 'http', 0, 'route', 1)).toEqual([])
  expect(textAt(after, 'spec', 'http', 0, 'name')).toBe('first')
})

test('a header route keeps its hundred percent', () => {
  expect(listAt(patched([header, primary], [byHeader], 60), 'spec', 'http')[0]).toEqual(header)
})

test('everything else comes through to the byte', () => {
  const odd = [
    { ...foreign, '~a/b': null },
    primary,
    { name: 'last', route: [], fault: { x: 0.1 } },
  ]
  const before = patched(odd, [byMirror, byHeader], 50)
  const after = applied(before, operations(before, [], 20))
  expect(JSON.stringify(after)).toBe(JSON.stringify(virtualService(odd)))
})

test('a patch that meets another object fails as a whole', () => {
  const asked = operations(virtualService([header, primary]), [])
  const other = { ...virtualService([header, primary]), metadata: { resourceVersion: '8' } }
  expect(jsonPatched(other, asked).ok).toBe(false)
  expect(asked).toContainEqual({ op: 'test', path: '/spec/http/0/name', value: 'second' })
})

const split: Split = {
  namespace: 'shop',
  sides: { kind: 'hosts', stable: 'web', canary: 'web-canary' },
  selection: { http: ['primary'], tls: [], tcp: [] },
  managed: names,
}

function operations(
  json: Json,
  wanted: readonly ManagedRoute[],
  canary?: number,
): ReturnType<typeof trafficPatch> {
  const { routes } = drivenRoutes(objectAt(json), split)
  const managed = managedEntries(objectAt(json), names)
  const share = canary === undefined ? undefined : weight(canary)
  return trafficPatch({ resourceVersion: '7', routes, managed }, { canary: share, managed: wanted })
}

function patched(http: readonly Json[], wanted: readonly ManagedRoute[], canary?: number): Json {
  const before = virtualService(http)
  return applied(before, operations(before, wanted, canary))
}

function applied(json: Json, asked: ReturnType<typeof trafficPatch>): Json {
  const after = jsonPatched(json, asked)
  if (!after.ok) throw new Error(after.message)
  return after.value
}

function virtualService(http: readonly Json[]): JsonObject {
  return { metadata: { namespace: 'shop', resourceVersion: '7' }, spec: { http } }
}
