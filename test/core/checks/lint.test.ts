import { expect, test } from 'vitest'
import { lint } from '../../../src/core/checks/lint.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { canary, lines, rollout, service, split, template, virtualService, whole } from './build.ts'

function found(...objects: readonly JsonObject[]): readonly string[] {
  return lines(lint(objects, 'default').flat())
}

test('nothing is said of a release with which nothing is wrong', () => {
  expect(found(...whole())).toEqual([])
})

test('what else stands in the files is passed over', () => {
  expect(
    found(
      ...whole(
        { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' } },
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'x' } },
        { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'x' } },
      ),
    ),
  ).toEqual([])
})

test('each finding stands with the object that it is about', () => {
  const [ofRollout = [], ofService = []] = lint(
    [rollout(), service('reviews-stable', { type: 'ExternalName' })],
    'default',
  )
  expect(ofService).toEqual([expect.objectContaining({ level: 'problem', path: 'spec.type' })])
  expect(ofRollout.map(({ level }) => level)).toEqual(['note', 'note'])
})

test('what a Rollout names and is not there may be in the cluster', () => {
  expect(found(rollout(), service('reviews-stable'), virtualService())).toEqual([
    "note Rollout shop/reviews spec.strategy.canary.canaryService: Service 'reviews-canary' is not among these files: what it would say is not checked",
  ])
})

test.for([
  {
    it: 'what the controller would refuse',
    objects: whole().with(0, rollout({ spec: { replicas: -1 } })),
    says: ['problem Rollout shop/reviews spec.replicas: must be at least 0, is -1'],
  },
  {
    it: 'a route that is not there',
    objects: whole().with(
      0,
      rollout({
        spec: {
          strategy: {
            canary: {
              ...canary('reviews'),
              trafficRouting: { istio: { virtualService: { name: 'reviews', routes: ['other'] } } },
            },
          },
        },
      }),
    ),
    says: [expect.stringContaining("has no route named 'other'")],
  },
  {
    it: 'a version of the API that nobody serves',
    objects: [{ ...rollout(), apiVersion: 'argoproj.io/v1alpha2' }],
    says: [
      'problem Rollout shop/reviews apiVersion: must be argoproj.io/v1alpha1, is argoproj.io/v1alpha2',
    ],
  },
  {
    it: 'a kind with a typo',
    objects: [{ ...rollout(), kind: 'Rolout' }],
    says: [expect.stringContaining('did you mean Rollout?')],
  },
  {
    it: 'a kind of another group',
    objects: [{ ...rollout(), apiVersion: 'apps/v1' }],
    says: [expect.stringContaining('apiVersion: must be argoproj.io/v1alpha1 for kind Rollout')],
  },
  {
    it: 'a kind that is not served',
    objects: [{ ...rollout(), kind: 'Experiment' }],
    says: [expect.stringContaining('does not serve')],
  },
  {
    it: 'no name',
    objects: [{ ...rollout(), metadata: {} }],
    says: ['problem Rollout default/ metadata.name: is required'],
  },
  {
    it: 'the same object twice',
    objects: whole(service('reviews-canary')),
    says: [
      'problem Service shop/reviews-canary metadata.name: is there twice; only one of them can be',
    ],
  },
  {
    it: 'two Rollouts that drive one Service',
    objects: whole(
      rollout({
        name: 'other',
        spec: {
          strategy: { canary: { ...canary('other'), stableService: 'reviews-stable' } },
          template: template('other'),
        },
      }),
      service('other-canary', {}, 'other'),
      { ...virtualService({ http: [split()] }), metadata: { name: 'other', namespace: 'shop' } },
    ),
    says: expect.arrayContaining([
      'problem Rollout shop/other spec.strategy.canary: drives Service shop/reviews-stable, which Rollout reviews drives too; give each its own',
    ]),
  },
  {
    it: 'a template with a mistake',
    objects: [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AnalysisTemplate',
        metadata: { name: 'judge', namespace: 'shop' },
        spec: {
          metrics: [{ name: 'a', provider: { plugin: { 'haldane/judge': { preset: 'x' } } } }],
        },
      },
    ],
    says: [expect.stringContaining('must be default, strict or lenient, is "x"')],
  },
])('tells of $it', ({ objects, says }) => {
  expect(found(...objects)).toEqual(says)
})

test.for([
  {
    it: 'an unguarded start of pods',
    objects: whole().with(
      0,
      rollout({
        spec: {
          template: { ...template('reviews'), spec: { containers: [{ name: 'a', image: 'b' }] } },
        },
      }),
    ),
    says: ['warning', 'spec.template.spec.containers', 'no readinessProbe'],
  },
  {
    it: 'pods without a proxy',
    objects: whole().with(
      0,
      rollout({
        spec: {
          template: {
            ...template('reviews'),
            metadata: { labels: { app: 'reviews', 'sidecar.istio.io/inject': 'false' } },
          },
        },
      }),
    ),
    says: ['warning', "labels['sidecar.istio.io/inject']", 'nobody counts their requests'],
  },
  {
    it: 'a release that nobody judges',
    objects: whole().with(0, rollout({ metadata: { annotations: {} } })),
    says: ['note', 'spec.strategy.canary', 'haldane.dev/judge: default'],
  },
  {
    it: 'a Service that finds no pod',
    objects: whole().with(2, service('reviews-canary', {}, 'ratings')),
    says: ['problem', 'Service shop/reviews-canary spec.selector', 'app=ratings'],
  },
  {
    it: 'a port that the canary lacks',
    objects: whole().with(1, service('reviews-stable', { ports: [{ port: 80 }, { port: 81 }] })),
    says: ['problem', 'Service shop/reviews-canary spec.ports', 'no port 81'],
  },
  {
    it: 'a port of bare connections',
    objects: whole().with(1, service('reviews-stable', { ports: [{ port: 80, name: 'tcp-web' }] })),
    says: ['warning', 'spec.ports[0]', 'no requests'],
  },
  {
    it: 'callers through no gateway',
    objects: whole().with(3, virtualService({ gateways: [] })),
    says: ['note', 'spec.gateways', 'inside the mesh only'],
  },
  {
    it: 'callers through gateways only',
    objects: whole().with(3, virtualService({ gateways: ['edge'] })),
    says: ['note', 'spec.gateways', 'through edge only'],
  },
  {
    it: 'a route before it that takes everything',
    objects: whole().with(
      3,
      virtualService({
        http: [{ route: [{ destination: { host: 'old' } }] }, split({ name: 'split' })],
      }),
    ),
    says: ['warning', 'spec.http[1]', 'is reached by nothing: spec.http[0]'],
  },
  {
    it: 'a route before it that takes some',
    objects: whole().with(
      3,
      virtualService({
        http: [
          { match: [{ uri: { prefix: '/old' } }], route: [{ destination: { host: 'old' } }] },
          split({ name: 'split' }),
        ],
      }),
    ),
    says: ['note', 'spec.http[1]', 'requests that match there are not split'],
  },
  {
    it: 'retries',
    objects: whole().with(3, virtualService({ http: [split({ retries: { attempts: 3 } })] })),
    says: ['note', 'spec.http[0].retries', 'up to 3 times'],
  },
  {
    it: 'faults that are injected',
    objects: whole().with(
      3,
      virtualService({ http: [split({ fault: { abort: { httpStatus: 500 } } })] }),
    ),
    says: ['warning', 'spec.http[0].fault', 'no version made'],
  },
  {
    it: 'a mirror into the canary',
    objects: whole().with(
      3,
      virtualService({
        http: [split({ mirror: { host: 'reviews-canary.shop.svc.cluster.local' } })],
      }),
    ),
    says: ['warning', 'spec.http[0].mirror', 'Service reviews-canary'],
  },
  {
    it: 'Argo CD',
    objects: whole().with(
      3,
      virtualService({}, { annotations: { 'argocd.argoproj.io/tracking-id': 'x' } }),
    ),
    says: ['warning', 'metadata', 'RespectIgnoreDifferences=true'],
  },
  {
    it: 'Flux',
    objects: whole().with(
      3,
      virtualService({}, { managedFields: [{ manager: 'kustomize-controller' }] }),
    ),
    says: ['warning', 'metadata', 'kustomize.toolkit.fluxcd.io/ssa'],
  },
  {
    it: 'pods that are taken out of the traffic',
    objects: whole({
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'reviews', namespace: 'shop' },
      spec: { host: 'reviews-canary', trafficPolicy: { outlierDetection: {} } },
    }),
    says: ['note', 'DestinationRule shop/reviews', 'seems to heal'],
  },
])('says what $it means', ({ objects, says }) => {
  const told = found(...objects).filter((line) => says.every((part) => line.includes(part)))
  expect(told).toHaveLength(1)
})
