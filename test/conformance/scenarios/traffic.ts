/** How traffic is split: by host, by subset, in several places, by header, mirrored, ping and pong. */
import type { Json, JsonObject } from '../../../src/core/json.ts'
import {
  byHost,
  bySubset,
  canary,
  destinationRule,
  destinations,
  hostSplit,
  push,
  rollout,
  service,
  shop,
  subsetShop,
  subsetSplit,
  virtualService,
} from '../manifests.ts'
import {
  abort,
  at,
  merge,
  promote,
  promoteFull,
  type Scenario,
  scale,
  until,
  wait,
} from '../scenario.ts'

const steps = [{ setWeight: 50 }, { pause: {} }]
const hasty = { scaleDownDelaySeconds: 1, abortScaleDownDelaySeconds: 1 }
const patient = { scaleDownDelaySeconds: 600, abortScaleDownDelaySeconds: 600 }
const firstVersion = at('first version', 'Healthy', { 'revision 1': '4 wanted, 4 available' })
const paused = at('paused', 'Paused CanaryPauseStep', { step: 1 })

/** From the first version over a pause to a promotion, and then an abort. */
function throughBothEndings(name: string, objects: readonly JsonObject[]): Scenario {
  return {
    name,
    objects,
    play: [
      firstVersion,
      push('v2'),
      paused,
      promote,
      at('promoted', 'Healthy', { 'revision 1': /^0 wanted, 0/, 'revision 2': /^4 wanted, 4/ }),
      push('v3'),
      until('Paused CanaryPauseStep', { step: 1 }),
      abort,
      at('aborted', 'Degraded RolloutAborted', { 'revision 3': /^0 wanted, 0/ }),
    ],
  }
}

const services = [service('reviews-stable'), service('reviews-canary')]

function istio(routing: JsonObject, more: JsonObject = {}): JsonObject {
  const { trafficRouting: _, ...strategy } = hostSplit
  return { ...strategy, ...hasty, steps, trafficRouting: { istio: routing, ...more } }
}

const splits: readonly Scenario[] = [
  throughBothEndings('subset-split', [
    ...subsetShop,
    rollout({ canary: { ...subsetSplit, ...hasty, steps } }),
  ]),
  throughBothEndings('host-and-subset-split', [
    ...services,
    destinationRule(),
    virtualService('reviews', { http: [{ name: 'primary', route: bySubset }] }),
    rollout({ canary: { ...hostSplit, ...subsetSplit, ...hasty, steps } }),
  ]),
  throughBothEndings('unnamed-single-route', [
    ...services,
    virtualService('reviews', { http: [{ route: byHost }] }),
    rollout({ canary: istio({ virtualService: { name: 'reviews' } }) }),
  ]),
  throughBothEndings('unnamed-single-route-by-subset', [
    service('reviews'),
    destinationRule(),
    virtualService('reviews', { http: [{ route: bySubset }] }),
    rollout({
      canary: {
        ...hasty,
        steps,
        trafficRouting: {
          istio: {
            virtualService: { name: 'reviews' },
            destinationRule: {
              name: 'reviews',
              canarySubsetName: 'canary',
              stableSubsetName: 'stable',
            },
          },
        },
      },
    }),
  ]),
  throughBothEndings('two-routes', [
    ...services,
    virtualService('reviews', {
      http: [
        { name: 'primary', match: [{ uri: { prefix: '/a' } }], route: byHost },
        { name: 'other', route: destinations(['reviews-stable', 100]) },
        { name: 'secondary', retries: { attempts: 2 }, route: byHost },
      ],
    }),
    rollout({
      canary: istio({ virtualService: { name: 'reviews', routes: ['primary', 'secondary'] } }),
    }),
  ]),
  throughBothEndings('several-virtual-services', [
    ...services,
    virtualService('reviews'),
    virtualService('reviews-inner', { http: [{ route: byHost }] }),
    rollout({
      canary: istio({
        virtualServices: [{ name: 'reviews', routes: ['primary'] }, { name: 'reviews-inner' }],
      }),
    }),
  ]),
  throughBothEndings('tls-routes', [
    ...services,
    virtualService('reviews', {
      tls: [
        { match: [{ port: 3000, sniHosts: ['reviews.example.com'] }], route: byHost },
        {
          match: [{ port: 3001, sniHosts: ['other.example.com'] }],
          route: destinations(['other', 100]),
        },
      ],
    }),
    rollout({
      canary: istio({
        virtualService: {
          name: 'reviews',
          tlsRoutes: [{ port: 3000, sniHosts: ['reviews.example.com'] }],
        },
      }),
    }),
  ]),
  throughBothEndings('http-and-tls-routes', [
    ...services,
    virtualService('reviews', {
      http: [{ name: 'primary', route: byHost }],
      tls: [{ match: [{ port: 3000, sniHosts: ['reviews.example.com'] }], route: byHost }],
    }),
    rollout({
      canary: istio({
        virtualService: {
          name: 'reviews',
          routes: ['primary'],
          tlsRoutes: [{ port: 3000, sniHosts: ['reviews.example.com'] }],
        },
      }),
    }),
  ]),
  throughBothEndings('tcp-routes', [
    ...services,
    virtualService('reviews', {
      tcp: [
        { match: [{ port: 3306 }], route: byHost },
        { match: [{ port: 3307 }], route: destinations(['other', 100]) },
      ],
    }),
    rollout({
      canary: istio({ virtualService: { name: 'reviews', tcpRoutes: [{ port: 3306 }] } }),
    }),
  ]),
  throughBothEndings('unnamed-single-tcp-route', [
    ...services,
    virtualService('reviews', { tcp: [{ match: [{ port: 3306 }], route: byHost }] }),
    rollout({ canary: istio({ virtualService: { name: 'reviews' } }) }),
  ]),
  throughBothEndings('additional-subset', [
    service('reviews'),
    destinationRule({ name: 'beta', labels: { app: 'reviews', track: 'beta' } }),
    virtualService('reviews', {
      http: [
        {
          name: 'primary',
          route: destinations(['reviews/stable', 80], ['reviews/canary', 0], ['reviews/beta', 20]),
        },
      ],
    }),
    rollout({
      canary: {
        ...hasty,
        steps,
        trafficRouting: {
          istio: {
            virtualService: { name: 'reviews', routes: ['primary'] },
            destinationRule: {
              name: 'reviews',
              canarySubsetName: 'canary',
              stableSubsetName: 'stable',
              additionalSubsetNames: ['beta'],
            },
          },
        },
      },
    }),
  ]),
  {
    name: 'weight-of-somebody-else',
    objects: [...shop, rollout({ canary: { ...hostSplit, ...patient, steps } })],
    play: [
      until('Healthy', { 'revision 1': /^4 wanted, 4/ }),
      push('v2'),
      until('Paused CanaryPauseStep', { step: 1 }),
      merge('VirtualService', 'reviews', {
        spec: {
          http: [
            {
              name: 'primary',
              route: destinations(['reviews-stable', 100], ['reviews-canary', 0]),
            },
          ],
        },
      }),
      wait(2),
      at('the weight is what the step says', 'Paused CanaryPauseStep', {
        'route reviews http 0': /stable 50/,
      }),
    ],
  },
  {
    name: 'subset-split-is-taken-away',
    objects: [
      ...subsetShop,
      rollout({ canary: { ...subsetSplit, scaleDownDelaySeconds: 600, steps } }),
    ],
    play: [
      until('Healthy', { 'revision 1': /^4 wanted, 4/ }),
      canary({ trafficRouting: null, scaleDownDelaySeconds: null }),
      at('without traffic routing', 'Healthy'),
    ],
  },
  {
    name: 'subset-split-abort-and-scale-down',
    objects: [
      ...subsetShop,
      rollout({ canary: { ...subsetSplit, dynamicStableScale: true, steps } }),
    ],
    play: [
      until('Healthy', { 'revision 1': /^4 wanted, 4/ }),
      push('v2'),
      at('paused', 'Paused CanaryPauseStep', { step: 1, 'revision 1': '2 wanted, 2 available' }),
      abort,
      until('Degraded RolloutAborted', { 'revision 2': /^0 wanted, 0/ }),
      scale(1),
      at('aborted and small', 'Degraded RolloutAborted', { 'revision 1': '1 wanted, 1 available' }),
    ],
  },
]

const managed = { managedRoutes: [{ name: 'by-header' }, { name: 'mirrored' }] }
const byHeader = (value: string): JsonObject => ({
  setHeaderRoute: {
    name: 'by-header',
    match: [{ headerName: 'x-canary', headerValue: { exact: value } }],
  },
})
const mirrored: JsonObject = {
  setMirrorRoute: {
    name: 'mirrored',
    percentage: 35,
    match: [{ method: { exact: 'GET' }, path: { prefix: '/' } }],
  },
}
const managedSteps: readonly Json[] = [
  { setCanaryScale: { weight: 50 } },
  mirrored,
  { pause: {} },
  byHeader('yes'),
  { pause: {} },
  { setWeight: 40 },
  { pause: {} },
  byHeader('always'),
  { pause: {} },
  { setMirrorRoute: { name: 'mirrored' } },
  { pause: {} },
  { setHeaderRoute: { name: 'by-header' } },
  { pause: {} },
]

function managedPlay(ending: Scenario['play']): Scenario['play'] {
  return [
    until('Healthy', { 'revision 1': /^4 wanted, 4/ }),
    push('v2'),
    at('a mirror', 'Paused CanaryPauseStep', { step: 2 }),
    promote,
    at('a header before it', 'Paused CanaryPauseStep', { step: 4 }),
    promote,
    at('a weight beside them', 'Paused CanaryPauseStep', { step: 6 }),
    ...ending,
  ]
}

const toTheEnd: Scenario['play'] = [
  promote,
  at('another header', 'Paused CanaryPauseStep', { step: 8 }),
  promote,
  at('no mirror', 'Paused CanaryPauseStep', { step: 10 }),
  promote,
  at('no header', 'Paused CanaryPauseStep', { step: 12 }),
  promote,
  at('promoted', 'Healthy', { 'revision 1': /^0 wanted, 0/ }),
]

const routes = { virtualService: { name: 'reviews', routes: ['primary'] } }

const managedRoutes: readonly Scenario[] = [
  {
    name: 'managed-routes',
    objects: [...shop, rollout({ canary: { ...istio(routes, managed), steps: managedSteps } })],
    play: managedPlay(toTheEnd),
  },
  {
    name: 'managed-routes-abort',
    objects: [...shop, rollout({ canary: { ...istio(routes, managed), steps: managedSteps } })],
    play: managedPlay([
      abort,
      at('aborted', 'Degraded RolloutAborted', { 'revision 2': /^0 wanted, 0/ }),
    ]),
  },
  {
    name: 'managed-routes-promote-full',
    objects: [...shop, rollout({ canary: { ...istio(routes, managed), steps: managedSteps } })],
    play: managedPlay([promoteFull, at('promoted', 'Healthy', { 'revision 1': /^0 wanted, 0/ })]),
  },
  {
    name: 'managed-routes-update',
    objects: [...shop, rollout({ canary: { ...istio(routes, managed), steps: managedSteps } })],
    play: managedPlay([
      push('v3'),
      at('third version', 'Paused CanaryPauseStep', { step: 2, 'revision 3': /^2 wanted, 2/ }),
    ]),
  },
  {
    name: 'managed-routes-by-subset',
    objects: [
      ...subsetShop,
      rollout({
        canary: {
          ...subsetSplit,
          ...hasty,
          steps: managedSteps,
          trafficRouting: {
            istio: {
              ...routes,
              destinationRule: {
                name: 'reviews',
                canarySubsetName: 'canary',
                stableSubsetName: 'stable',
              },
            },
            ...managed,
          },
        },
      }),
    ],
    play: managedPlay(toTheEnd),
  },
  {
    name: 'managed-routes-beside-others',
    objects: [
      ...services,
      virtualService('reviews', {
        http: [
          {
            name: 'first',
            match: [{ uri: { prefix: '/a' } }],
            route: destinations(['other', 100]),
          },
          { name: 'primary', timeout: '3s', route: byHost },
          { name: 'last', route: destinations(['other', 100]) },
        ],
      }),
      rollout({ canary: { ...istio(routes, managed), steps: managedSteps } }),
    ],
    play: managedPlay([
      abort,
      at('aborted', 'Degraded RolloutAborted', { 'revision 2': /^0 wanted, 0/ }),
    ]),
  },
  {
    name: 'header-by-prefix-and-regex',
    objects: [
      ...shop,
      rollout({
        canary: {
          ...istio(routes, { managedRoutes: [{ name: 'by-header' }] }),
          steps: [
            { setCanaryScale: { replicas: 1 } },
            {
              setHeaderRoute: {
                name: 'by-header',
                match: [
                  { headerName: 'x-user', headerValue: { prefix: 'test-' } },
                  { headerName: 'x-user', headerValue: { regex: '.*@example.com' } },
                ],
              },
            },
            { pause: {} },
          ],
        },
      }),
    ],
    play: [
      until('Healthy', { 'revision 1': /^4 wanted, 4/ }),
      push('v2'),
      at('a header', 'Paused CanaryPauseStep', { step: 2 }),
    ],
  },
]

const pingPong: JsonObject = {
  pingPong: { pingService: 'reviews-ping', pongService: 'reviews-pong' },
  trafficRouting: { istio: { virtualService: { name: 'reviews', routes: ['primary'] } } },
  steps: [{ setWeight: 25 }, { pause: {} }],
}
const pingPongObjects: readonly JsonObject[] = [
  service('reviews-ping'),
  service('reviews-pong'),
  virtualService('reviews', {
    http: [{ name: 'primary', route: destinations(['reviews-ping', 100], ['reviews-pong', 0]) }],
  }),
]

const pingsAndPongs: readonly Scenario[] = [
  {
    name: 'ping-pong',
    objects: [...pingPongObjects, rollout({ canary: { ...pingPong, ...hasty } })],
    play: [
      firstVersion,
      push('v2'),
      paused,
      promote,
      at('promoted', 'Healthy', { 'revision 1': /^0 wanted, 0/ }),
      push('v3'),
      at('paused again', 'Paused CanaryPauseStep', { step: 1, 'revision 3': /^1 wanted, 1/ }),
      promote,
      at('promoted again', 'Healthy', { 'revision 2': /^0 wanted, 0/ }),
    ],
  },
  {
    name: 'ping-pong-abort',
    objects: [...pingPongObjects, rollout({ canary: { ...pingPong, ...hasty } })],
    play: [
      firstVersion,
      push('v2'),
      paused,
      abort,
      at('aborted', 'Degraded RolloutAborted', { 'revision 2': /^0 wanted, 0/ }),
      push('v3'),
      at('third version', 'Paused CanaryPauseStep', { 'revision 3': /^1 wanted, 1/ }),
      push('v1'),
      at('back to stable', 'Healthy', { 'revision 4': /^4 wanted, 4/ }),
    ],
  },
]

export const traffic: readonly Scenario[] = [...splits, ...managedRoutes, ...pingsAndPongs]
