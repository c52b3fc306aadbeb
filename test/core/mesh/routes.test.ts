import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../src/core/json.ts'
import { sameHost } from '../../../src/core/mesh/host.ts'
import {
  canaryWeight,
  type Driven,
  drivenRoutes,
  type Split,
} from '../../../src/core/mesh/routes.ts'
import { problemText } from '../../../src/core/result.ts'

const split: Split = {
  namespace: 'shop',
  sides: { kind: 'hosts', stable: 'web', canary: 'web-canary' },
  selection: { http: [], tls: [], tcp: [] },
  managed: [],
}

const good = [to('web', 80), to('web-canary', 20)]

test.for([
  { it: 'the name alone beside the VirtualService', host: 'web', from: 'shop', same: true },
  { it: 'the name alone in another namespace', host: 'web', from: 'mesh', same: false },
  { it: 'name and namespace', host: 'web.shop', from: 'mesh', same: true },
  { it: 'another namespace', host: 'web.mesh', from: 'shop', same: false },
  { it: 'with svc', host: 'web.shop.svc', from: 'mesh', same: true },
  { it: 'the whole name', host: 'web.shop.svc.cluster.local', from: 'mesh', same: true },
  { it: 'another cluster domain', host: 'web.shop.svc.example.org', from: 'mesh', same: true },
  { it: 'a host of the outside world', host: 'web.shop.com', from: 'shop', same: false },
  { it: 'a longer name', host: 'web-canary', from: 'shop', same: false },
  { it: 'nothing', host: '', from: 'shop', same: false },
])('$it is the Service: $same', ({ host, from, same }) => {
  expect(sameHost(host, from, 'web', 'shop')).toBe(same)
})

test.for([
  { it: 'the only route, without a name', http: [route(good)], routes: [], drives: ['http[0]'] },
  { it: 'the only route, named', http: [route(good, 'a')], routes: [], drives: ['a'] },
  {
    it: 'a named route among others',
    http: [route([to('else', 1)], 'x'), route(good, 'a')],
    routes: ['a'],
    drives: ['a'],
  },
  {
    it: 'several, in the order of the VirtualService',
    http: [route(good, 'a'), route(good, 'b')],
    routes: ['b', 'a'],
    drives: ['a', 'b'],
  },
  {
    it: 'a route that is listed twice, once',
    http: [route(good, 'a')],
    routes: ['a', 'a'],
    drives: ['a'],
  },
  {
    it: 'a foreign destination without weight',
    http: [route([...good, to('else', 0), to('more')])],
    routes: [],
    drives: ['http[0]'],
  },
])('drives $it', ({ http, routes, drives }) => {
  const found = drivenRoutes(virtualService(http), named(routes))
  expect(found.routes.map(({ name }) => name)).toEqual(drives)
  expect(found.problems).toEqual([])
})

test('knows where each destination stands, the host as written, an absent weight as 0', () => {
  const http = [route([to('web-canary.shop.svc.cluster.local', 7.5), to('web')], 'a')]
  expect(drivenRoutes(virtualService(http), split)).toEqual({
    problems: [],
    routes: [
      {
        kind: 'http',
        name: 'a',
        path: 'spec.http[0]',
        stable: {
          pointer: '/spec/http/0/route/1',
          index: 1,
          host: 'web',
          subset: undefined,
          weight: 0,
        },
        canary: {
          pointer: '/spec/http/0/route/0',
          index: 0,
          host: 'web-canary.shop.svc.cluster.local',
          subset: undefined,
          weight: 7.5,
        },
        aside: 0,
        destinations: [to('web-canary.shop.svc.cluster.local', 7.5), to('web')],
      },
    ],
  })
})

test('short hosts belong to the namespace of the VirtualService, not of the Rollout', () => {
  const elsewhere = { metadata: { namespace: 'mesh' }, spec: { http: [route(good)] } }
  expect(said(drivenRoutes(elsewhere, split))).toContain("Service 'web', has 0")
  const full = [to('web.shop', 80), to('web-canary.shop', 20)]
  expect(drivenRoutes({ ...elsewhere, spec: { http: [route(full)] } }, split).problems).toEqual([])
})

test.for([
  {
    it: 'no route at all',
    http: [],
    routes: [],
    says: 'spec.http: must have exactly one route when the Rollout names none in virtualService.routes, has 0',
  },
  {
    it: 'several routes and no names asked for',
    http: [route(good, 'a'), route(good, 'b')],
    routes: [],
    says: 'spec.http: must have exactly one route when the Rollout names none in virtualService.routes, has 2',
  },
  {
    it: 'a name that does not exist',
    http: [route(good, 'a'), route(good, 'b')],
    routes: ['c'],
    says: "spec.http: has no route named 'c' (routes: a, b); name it there or change virtualService.routes",
  },
  {
    it: 'a name where none has one',
    http: [route(good)],
    routes: ['c'],
    says: "spec.http: has no route named 'c' (routes: none has a name); name it there or change virtualService.routes",
  },
  {
    it: 'a name that two routes share',
    http: [route(good, 'a'), route(good, 'a')],
    routes: ['a'],
    says: "spec.http: has 2 routes named 'a'; give each a name of its own",
  },
  {
    it: 'a missing destination',
    http: [route([to('web', 100)])],
    routes: [],
    says: "spec.http[0].route: must have one destination for Service 'web-canary', has 0; add a destination with host web-canary",
  },
  {
    it: 'a doubled destination',
    http: [route([to('web', 50), to('web.shop', 30), to('web-canary', 20)])],
    routes: [],
    says: "spec.http[0].route: must have one destination for Service 'web', has 2; keep one of them",
  },
  {
    it: "somebody else's weight",
    http: [route([...good, to('else', 5)])],
    routes: [],
    says: 'spec.http[0].route[2].weight: 5 goes to else, which is neither the stable nor the canary Service; set it to 0 or use a route of its own',
  },
  {
    it: 'a redirect without destinations',
    http: [{ name: 'a', redirect: { uri: '/' } }],
    routes: ['a'],
    says: "spec.http[0].route: must have one destination for Service 'web', has 0; add a destination with host web; spec.http[0].route: must have one destination for Service 'web-canary', has 0; add a destination with host web-canary",
  },
])('refuses $it, with path and remedy', ({ http, routes, says }) => {
  expect(said(drivenRoutes(virtualService(http), named(routes)))).toBe(says)
})

test('all problems of all routes come at once', () => {
  const http = [route([to('web', 1)], 'a'), route([to('web-canary', 1)], 'b')]
  const problems = said(drivenRoutes(virtualService(http), named(['a', 'b'])))
  expect(problems).toContain('spec.http[0].route')
  expect(problems).toContain('spec.http[1].route')
})

test.for([
  { it: 'what all routes say', routes: [good, good], says: 20 },
  {
    it: 'nothing when they differ',
    routes: [good, [to('web', 70), to('web-canary', 30)]],
    says: undefined,
  },
  { it: 'nothing without weights', routes: [[to('web'), to('web-canary')]], says: undefined },
  { it: 'an absent weight taken as 0', routes: [[to('web', 100), to('web-canary')]], says: 0 },
  {
    it: 'nothing when the sum is not 100',
    routes: [[to('web', 50), to('web-canary', 20)]],
    says: undefined,
  },
  {
    it: 'nothing for a fraction',
    routes: [[to('web', 66.6), to('web-canary', 33.4)]],
    says: undefined,
  },
  {
    it: 'nothing for a negative weight',
    routes: [[to('web', 110), to('web-canary', -10)]],
    says: undefined,
  },
])('the canary weight is $it', ({ routes, says }) => {
  const http = routes.map((destinations, index) => route(destinations, `r${index}`))
  const names = http.map((_, index) => `r${index}`)
  const found = drivenRoutes(virtualService(http), named(names))
  expect(canaryWeight(found.routes)).toBe(says)
})

function to(host: string, weight?: number): Json {
  return { destination: { host }, ...(weight === undefined ? {} : { weight }) }
}

function route(destinations: readonly Json[], name?: string): Json {
  return { route: destinations, ...(name === undefined ? {} : { name }) }
}

function virtualService(http: readonly Json[]): JsonObject {
  return { metadata: { namespace: 'shop', name: 'web' }, spec: { http } }
}

function named(http: readonly string[]): Split {
  return { ...split, selection: { ...split.selection, http } }
}

function said({ problems }: Driven): string {
  return problemText(problems)
}
