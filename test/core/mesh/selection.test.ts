/** Which routes are driven: by name, by port and hosts, or because there is only one. */
import { expect, test } from 'vitest'
import type { Json } from '../../../src/core/json.ts'
import { drivenRoutes, type Split } from '../../../src/core/mesh/routes.ts'
import type { RouteSelection } from '../../../src/core/mesh/selection.ts'
import { problemText } from '../../../src/core/result.ts'

const none: RouteSelection = { http: [], tls: [], tcp: [] }

const ours = [to('web', 100), to('web-canary', 0)]
const theirs = [to('else', 100)]

type Row = {
  readonly it: string
  readonly spec: Readonly<Record<string, readonly Json[]>>
  readonly selection?: Partial<RouteSelection>
  readonly managed?: readonly string[]
  readonly drives: readonly string[]
  readonly says?: string
}

const rows: readonly Row[] = [
  {
    it: 'the only HTTP route beside managed ones',
    spec: { http: [{ name: 'm', route: ours }, { route: ours }] },
    managed: ['m'],
    drives: ['http[1]'],
  },
  {
    it: 'the only route of each kind that holds our destinations',
    spec: { http: [{ route: ours }], tls: [{ route: ours }], tcp: [{ route: ours }] },
    drives: ['http[0]', 'tls[0]', 'tcp[0]'],
  },
  {
    it: 'not the only route of a kind that is all of somebody else',
    spec: { http: [{ route: ours }], tls: [{ route: theirs }, { route: theirs }] },
    drives: ['http[0]'],
  },
  {
    it: 'TLS alone',
    spec: { tls: [{ match: [{ port: 443 }], route: ours }] },
    drives: ['tls[0]'],
  },
  {
    it: 'no TLS route of ours among several that are not told apart',
    spec: { http: [{ route: ours }], tls: [{ route: ours }, { route: theirs }] },
    drives: ['http[0]'],
    says: 'spec.tls: must have exactly one route when the Rollout names none in virtualService.tlsRoutes, has 2',
  },
  {
    it: 'TLS routes by port and hosts, in any order',
    spec: { tls: [tls(443, ['a', 'b']), tls(443, ['a']), tls(8443, ['a', 'b'])] },
    selection: { tls: [{ port: 443, sniHosts: ['b', 'a'] }] },
    drives: ['tls[0]'],
  },
  {
    it: 'all TLS routes that match',
    spec: { tls: [tls(443, ['a']), tls(443, ['a'])] },
    selection: { tls: [{ port: 443, sniHosts: ['a'] }] },
    drives: ['tls[0]', 'tls[1]'],
  },
  {
    it: 'no TLS route whose matches hold two ports',
    spec: {
      tls: [{ match: [match(443, ['a']), match(8443, ['a'])], route: ours }, tls(443, ['a'])],
    },
    selection: { tls: [{ port: 443, sniHosts: ['a'] }] },
    drives: ['tls[1]'],
  },
  {
    it: 'no TLS route with other hosts, and says so',
    spec: { tls: [tls(443, ['a'])] },
    selection: { tls: [{ port: 443, sniHosts: ['z'] }] },
    drives: [],
    says: 'spec.tls: has no route that matches {"port":443,"sniHosts":["z"]}; add one or change virtualService.tlsRoutes',
  },
  {
    it: 'TCP routes by port',
    spec: { tcp: [tcp(3306), tcp(5432)] },
    selection: { tcp: [{ port: 5432 }] },
    drives: ['tcp[1]'],
  },
  {
    it: 'named HTTP routes and chosen TCP routes together',
    spec: {
      http: [
        { name: 'a', route: ours },
        { name: 'b', route: ours },
      ],
      tcp: [tcp(1), tcp(2)],
    },
    selection: { http: ['b'], tcp: [{ port: 1 }] },
    drives: ['b', 'tcp[0]'],
  },
  {
    it: 'the good one of two named routes, and says what is wrong with the other',
    spec: {
      http: [
        { name: 'a', route: theirs },
        { name: 'b', route: ours },
      ],
    },
    selection: { http: ['a', 'b'] },
    drives: ['b'],
    says: "spec.http[0].route: must have one destination for Service 'web', has 0; add a destination with host web; spec.http[0].route: must have one destination for Service 'web-canary', has 0; add a destination with host web-canary; spec.http[0].route[0].weight: 100 goes to else, which is neither the stable nor the canary Service; set it to 0 or use a route of its own",
  },
]

test.for(rows)('drives $it', ({ spec, selection, managed = [], drives, says = '' }) => {
  const split: Split = {
    namespace: 'shop',
    sides: { kind: 'hosts', stable: 'web', canary: 'web-canary' },
    selection: { ...none, ...selection },
    managed,
  }
  const found = drivenRoutes({ metadata: { namespace: 'shop' }, spec }, split)
  expect(found.routes.map(({ name }) => name)).toEqual(drives)
  expect(problemText(found.problems)).toBe(says)
})

const subsets: Split = {
  namespace: 'shop',
  sides: {
    kind: 'subsets',
    stable: 's',
    canary: 'c',
    host: 'web',
    services: ['web-stable', 'web-canary'],
    additional: ['legacy'],
  },
  selection: none,
  managed: [],
}

test.for([
  {
    it: 'subsets of the host, however it is written',
    route: [to('web.shop.svc.cluster.local', 80, 's'), to('web', 20, 'c')],
    aside: 0,
    says: '',
  },
  {
    it: 'subsets of the two Services',
    route: [to('web-stable', 80, 's'), to('web-canary', 20, 'c')],
    aside: 0,
    says: '',
  },
  {
    it: 'an additional subset beside them',
    route: [to('web', 70, 's'), to('web', 20, 'c'), to('web', 10, 'legacy')],
    aside: 10,
    says: '',
  },
  {
    it: 'the split beside a subset that nobody named, and says so',
    route: [to('web', 70, 's'), to('web', 20, 'c'), to('web', 10, 'x')],
    aside: 10,
    says: 'spec.http[0].route[2].weight: 10 goes to web subset x, which is neither the stable nor the canary subset; set it to 0, use a route of its own or name its subset in destinationRule.additionalSubsetNames',
  },
])('drives $it', ({ route, aside, says }) => {
  const spec = { http: [{ route }] }
  const found = drivenRoutes({ metadata: { namespace: 'shop' }, spec }, subsets)
  expect(found.routes.map((each) => each.aside)).toEqual([aside])
  expect(problemText(found.problems)).toBe(says)
})

test('a subset of that name on another host is somebody else', () => {
  const spec = { http: [{ route: [to('web', 80, 's'), to('other', 20, 'c')] }] }
  const found = drivenRoutes({ metadata: { namespace: 'shop' }, spec }, subsets)
  expect(found.routes).toEqual([])
  expect(problemText(found.problems)).toContain("must have one destination for subset 'c', has 0")
})

function to(host: string, weight: number, subset?: string): Json {
  return { destination: { host, ...(subset === undefined ? {} : { subset }) }, weight }
}

function match(port: number, sniHosts: readonly string[]): Json {
  return { port, sniHosts }
}

function tls(port: number, sniHosts: readonly string[]): Json {
  return { match: [match(port, sniHosts)], route: ours }
}

function tcp(port: number): Json {
  return { match: [{ port }], route: ours }
}
