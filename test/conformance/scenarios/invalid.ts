/** Each rule of the specification that Argo refuses a Rollout by (§1.15), and the way out. */
import type { JsonObject } from '../../../src/core/json.ts'
import {
  byHost,
  bySubset,
  canary,
  destinationRule,
  destinations,
  hostSplit,
  push,
  type RolloutWish,
  rollout,
  service,
  shop,
  spec,
  subsetSplit,
  template,
  virtualService,
} from '../manifests.ts'
import { type Act, apply, at, merge, type Scenario, until, wait } from '../scenario.ts'

type Rule = {
  readonly name: string
  readonly objects?: readonly JsonObject[]
  readonly wrong: RolloutWish
  readonly mend: readonly Act[]
}

const steps = (...list: readonly JsonObject[]): JsonObject => ({ ...hostSplit, steps: list })
const goodSteps = canary({ steps: [{ setWeight: 50 }] })
const services = [service('reviews-stable'), service('reviews-canary')]
const istio = (routing: JsonObject): JsonObject => ({
  ...hostSplit,
  trafficRouting: { istio: routing },
})
const goodRouting = canary({
  trafficRouting: {
    istio: { virtualService: { name: 'reviews', routes: ['primary'] }, virtualServices: null },
  },
})
const subsets = (rule: JsonObject): JsonObject => ({
  trafficRouting: {
    istio: { virtualService: { name: 'reviews', routes: ['primary'] }, destinationRule: rule },
  },
})

const rules: readonly Rule[] = [
  {
    name: 'labels-outside-the-selector',
    wrong: { template: { ...template('v1'), metadata: { labels: { app: 'other' } } } },
    mend: [push('v1')],
  },
  {
    name: 'empty-selector',
    wrong: { spec: { selector: {} } },
    mend: [],
  },
  {
    name: 'no-image',
    wrong: {
      template: {
        metadata: { labels: { app: 'reviews' } },
        spec: { containers: [{ name: 'reviews' }] },
      },
    },
    mend: [push('v1')],
  },
  {
    name: 'no-containers',
    wrong: { template: { metadata: { labels: { app: 'reviews' } }, spec: { containers: [] } } },
    mend: [push('v1')],
  },
  {
    name: 'min-ready-past-the-deadline',
    wrong: { spec: { minReadySeconds: 10, progressDeadlineSeconds: 10 } },
    mend: [spec({ minReadySeconds: 0 })],
  },
  {
    name: 'no-strategy',
    wrong: { spec: { strategy: {} } },
    mend: [spec({ strategy: { canary: hostSplit } })],
  },
  {
    name: 'two-strategies',
    wrong: {
      spec: { strategy: { canary: hostSplit, blueGreen: { activeService: 'reviews-stable' } } },
    },
    mend: [spec({ strategy: { blueGreen: null } })],
  },
  {
    name: 'one-service-for-both',
    wrong: { canary: { ...hostSplit, canaryService: 'reviews-stable' } },
    mend: [canary({ canaryService: 'reviews-canary' })],
  },
  {
    name: 'canary-service-missing',
    objects: [service('reviews-stable'), virtualService()],
    wrong: {},
    mend: [apply(service('reviews-canary'))],
  },
  {
    name: 'stable-service-missing',
    objects: [service('reviews-canary'), virtualService()],
    wrong: {},
    mend: [apply(service('reviews-stable'))],
  },
  {
    name: 'no-services-for-a-host-split',
    wrong: { canary: { trafficRouting: hostSplit['trafficRouting'] } },
    mend: [canary({ canaryService: 'reviews-canary', stableService: 'reviews-stable' })],
  },
  {
    name: 'service-of-another-rollout',
    objects: [
      {
        ...service('reviews-stable'),
        metadata: {
          name: 'reviews-stable',
          annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'details' },
        },
      },
      service('reviews-canary'),
      virtualService(),
    ],
    wrong: {},
    mend: [
      merge('Service', 'reviews-stable', {
        metadata: { annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': null } },
      }),
    ],
  },
  {
    name: 'service-that-selects-other-pods',
    objects: [
      {
        ...service('reviews-stable'),
        spec: { selector: { app: 'details' }, ports: [{ port: 80 }] },
      },
      service('reviews-canary'),
      virtualService(),
    ],
    wrong: {},
    mend: [merge('Service', 'reviews-stable', { spec: { selector: { app: 'reviews' } } })],
  },
  {
    name: 'nothing-may-move',
    wrong: { canary: { maxSurge: 0, maxUnavailable: 0 } },
    mend: [canary({ maxSurge: 1 })],
  },
  { name: 'empty-step', wrong: { canary: steps({}) }, mend: [goodSteps] },
  {
    name: 'two-actions-in-a-step',
    wrong: { canary: steps({ setWeight: 20, pause: {} }) },
    mend: [goodSteps],
  },
  { name: 'weight-above-100', wrong: { canary: steps({ setWeight: 101 }) }, mend: [goodSteps] },
  { name: 'weight-below-0', wrong: { canary: steps({ setWeight: -1 }) }, mend: [goodSteps] },
  {
    name: 'pause-that-is-no-duration',
    wrong: { canary: steps({ pause: { duration: 'soon' } }) },
    mend: [goodSteps],
  },
  {
    name: 'pause-below-0',
    wrong: { canary: steps({ pause: { duration: -5 } }) },
    mend: [goodSteps],
  },
  {
    name: 'canary-scale-without-traffic-routing',
    wrong: { canary: { steps: [{ setCanaryScale: { weight: 50 } }] } },
    mend: [goodSteps],
  },
  {
    name: 'header-route-that-is-not-managed',
    wrong: {
      canary: steps({
        setHeaderRoute: { name: 'x', match: [{ headerName: 'a', headerValue: { exact: 'b' } }] },
      }),
    },
    mend: [goodSteps],
  },
  {
    name: 'header-route-without-traffic-routing',
    wrong: {
      canary: {
        steps: [
          {
            setHeaderRoute: {
              name: 'x',
              match: [{ headerName: 'a', headerValue: { exact: 'b' } }],
            },
          },
        ],
      },
    },
    mend: [goodSteps],
  },
  {
    name: 'header-with-two-values',
    wrong: {
      canary: {
        ...hostSplit,
        trafficRouting: {
          istio: { virtualService: { name: 'reviews', routes: ['primary'] } },
          managedRoutes: [{ name: 'x' }],
        },
        steps: [
          {
            setHeaderRoute: {
              name: 'x',
              match: [{ headerName: 'a', headerValue: { exact: 'b', prefix: 'c' } }],
            },
          },
        ],
      },
    },
    mend: [goodSteps],
  },
  {
    name: 'mirror-route-that-is-not-managed',
    wrong: {
      canary: steps({ setMirrorRoute: { name: 'x', match: [{ method: { exact: 'GET' } }] } }),
    },
    mend: [goodSteps],
  },
  {
    name: 'dynamic-stable-without-traffic-routing',
    wrong: { canary: { dynamicStableScale: true } },
    mend: [canary({ dynamicStableScale: false })],
  },
  {
    name: 'dynamic-stable-with-a-delay',
    wrong: { canary: { ...hostSplit, dynamicStableScale: true, scaleDownDelaySeconds: 30 } },
    mend: [canary({ dynamicStableScale: false })],
  },
  {
    name: 'scale-down-delay-without-traffic-routing',
    wrong: { canary: { scaleDownDelaySeconds: 30 } },
    mend: [canary({ scaleDownDelaySeconds: null })],
  },
  {
    name: 'analysis-template-missing',
    wrong: { canary: { ...hostSplit, analysis: { templates: [{ templateName: 'missing' }] } } },
    mend: [canary({ analysis: null })],
  },
  {
    name: 'virtual-service-missing',
    objects: services,
    wrong: {},
    mend: [apply(virtualService())],
  },
  {
    name: 'route-missing',
    objects: [...services, virtualService('reviews', { http: [{ name: 'other', route: byHost }] })],
    wrong: {},
    mend: [
      merge('VirtualService', 'reviews', { spec: { http: [{ name: 'primary', route: byHost }] } }),
    ],
  },
  {
    name: 'two-routes-and-none-named',
    objects: [
      ...services,
      virtualService('reviews', {
        http: [
          { name: 'a', match: [{ uri: { prefix: '/a' } }], route: byHost },
          { name: 'b', route: byHost },
        ],
      }),
    ],
    wrong: { canary: istio({ virtualService: { name: 'reviews' } }) },
    mend: [
      merge('VirtualService', 'reviews', { spec: { http: [{ name: 'primary', route: byHost }] } }),
    ],
  },
  {
    name: 'canary-destination-missing',
    objects: [
      ...services,
      virtualService('reviews', {
        http: [{ name: 'primary', route: destinations(['reviews-stable', 100]) }],
      }),
    ],
    wrong: {},
    mend: [
      merge('VirtualService', 'reviews', { spec: { http: [{ name: 'primary', route: byHost }] } }),
    ],
  },
  {
    name: 'no-virtual-service-named',
    wrong: { canary: istio({}) },
    mend: [goodRouting],
  },
  {
    name: 'one-and-several-virtual-services',
    wrong: {
      canary: istio({
        virtualService: { name: 'reviews', routes: ['primary'] },
        virtualServices: [{ name: 'reviews', routes: ['primary'] }],
      }),
    },
    mend: [goodRouting],
  },
  {
    name: 'tls-route-missing',
    objects: [
      ...services,
      virtualService('reviews', {
        tls: [{ match: [{ port: 3000, sniHosts: ['reviews.example.com'] }], route: byHost }],
      }),
    ],
    wrong: {
      canary: istio({
        virtualService: {
          name: 'reviews',
          tlsRoutes: [{ port: 3001, sniHosts: ['reviews.example.com'] }],
        },
      }),
    },
    mend: [
      canary({
        trafficRouting: {
          istio: {
            virtualService: {
              name: 'reviews',
              tlsRoutes: [{ port: 3000, sniHosts: ['reviews.example.com'] }],
            },
          },
        },
      }),
    ],
  },
  {
    name: 'subset-names-missing',
    objects: [
      service('reviews'),
      destinationRule(),
      virtualService('reviews', {
        http: [
          { name: 'primary', route: destinations(['reviews/stable', 100], ['reviews/canary', 0]) },
        ],
      }),
    ],
    wrong: { canary: subsets({ name: 'reviews' }) },
    mend: [canary(subsetSplit)],
  },
  {
    name: 'ping-is-pong',
    wrong: {
      canary: {
        trafficRouting: hostSplit['trafficRouting'],
        pingPong: { pingService: 'reviews-stable', pongService: 'reviews-stable' },
      },
    },
    mend: [
      canary({ pingPong: null, canaryService: 'reviews-canary', stableService: 'reviews-stable' }),
    ],
  },
  {
    name: 'max-weight-with-istio',
    wrong: {
      canary: {
        ...hostSplit,
        trafficRouting: {
          istio: { virtualService: { name: 'reviews', routes: ['primary'] } },
          maxTrafficWeight: 1000,
        },
      },
    },
    mend: [canary({ trafficRouting: { maxTrafficWeight: null } })],
  },
]

/** What one would expect to be refused, and Argo does not. */
const accepted: readonly Rule[] = [
  {
    name: 'canary-scale-of-two-kinds',
    wrong: { canary: steps({ setCanaryScale: { weight: 50, replicas: 1 } }) },
    mend: [],
  },
  {
    name: 'canary-scale-of-no-kind',
    wrong: { canary: steps({ setCanaryScale: {} }) },
    mend: [],
  },
  {
    name: 'mirror-of-more-than-all',
    wrong: {
      canary: {
        ...hostSplit,
        trafficRouting: {
          istio: { virtualService: { name: 'reviews', routes: ['primary'] } },
          managedRoutes: [{ name: 'x' }],
        },
        steps: [
          { setMirrorRoute: { name: 'x', percentage: 101, match: [{ method: { exact: 'GET' } }] } },
        ],
      },
    },
    mend: [],
  },
  {
    name: 'abort-delay-without-traffic-routing',
    wrong: { canary: { abortScaleDownDelaySeconds: 30 } },
    mend: [],
  },
  {
    name: 'a-virtual-service-twice',
    wrong: {
      canary: istio({
        virtualServices: [
          { name: 'reviews', routes: ['primary'] },
          { name: 'reviews', routes: ['primary'] },
        ],
      }),
    },
    mend: [],
  },
]

export const invalid: readonly Scenario[] = [
  ...rules.map(
    ({ name, objects = shop, wrong, mend }): Scenario => ({
      name: `invalid-${name}`,
      objects: [...objects, rollout(wrong)],
      play: [
        at('refused', 'Degraded InvalidSpec'),
        ...(mend.length === 0 ? [] : [...mend, at('recovered', 'Healthy')]),
      ],
    }),
  ),
  ...accepted.map(
    ({ name, objects = shop, wrong }): Scenario => ({
      name: `accepted-${name}`,
      objects: [...objects, rollout(wrong)],
      play: [at('accepted', 'Healthy')],
    }),
  ),
  {
    name: 'destination-rule-that-comes-later',
    objects: [
      service('reviews'),
      virtualService('reviews', { http: [{ name: 'primary', route: bySubset }] }),
      rollout({ canary: subsetSplit }),
    ],
    play: [at('without it', /./), apply(destinationRule()), wait(5), at('it has come', /./)],
  },
  {
    name: 'invalid-in-the-middle',
    objects: [
      ...shop,
      rollout({ canary: { ...hostSplit, steps: [{ setWeight: 50 }, { pause: {} }] } }),
    ],
    play: [
      until('Healthy', { 'revision 1': /^4 wanted, 4/ }),
      push('v2'),
      until('Paused CanaryPauseStep', { step: 1 }),
      spec({ minReadySeconds: 600 }),
      at('refused', 'Degraded InvalidSpec'),
      spec({ minReadySeconds: 0 }),
      at('recovered', 'Paused CanaryPauseStep', { step: 1 }),
    ],
  },
]
