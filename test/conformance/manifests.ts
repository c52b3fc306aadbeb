/** The objects of scenarios: a service `reviews` in Istio. Whatever a scenario does not say is healthy and usual. */
import { type Json, type JsonObject, objectAt } from '../../src/core/json.ts'
import { type Act, merge } from './scenario.ts'

export type TemplateWish = {
  readonly labels?: JsonObject
  /** Its pods become ready only when a scenario says so. */
  readonly held?: boolean
}

/** Pods with these annotations wait for the scenario: one for the sandbox, one for kwok. */
const heldPods = { 'kwok/starts': 'never', 'sandbox.haldane.dev/never-ready': 'true' }

export function template(
  version: string,
  { labels = {}, held = false }: TemplateWish = {},
): JsonObject {
  return {
    metadata: { labels: { app: 'reviews', ...labels }, ...(held ? { annotations: heldPods } : {}) },
    spec: { containers: [{ name: 'reviews', image: `reviews:${version}` }] },
  }
}

/** A new version, as a pipeline pushes it. */
export function push(version: string, wish: TemplateWish = {}): Act {
  const { metadata, spec: pods } = template(version, wish)
  const annotations = wish.held === true ? heldPods : null
  return merge('Rollout', 'reviews', {
    spec: { template: { metadata: { ...objectAt(metadata), annotations }, spec: pods } },
  })
}

export function spec(body: JsonObject): Act {
  return merge('Rollout', 'reviews', { spec: body })
}

/** Of `spec.strategy.canary`. */
export function canary(body: JsonObject): Act {
  return spec({ strategy: { canary: body } })
}

/** Two Services, split by host: what a canary has when a scenario says nothing else. */
export const hostSplit: JsonObject = {
  stableService: 'reviews-stable',
  canaryService: 'reviews-canary',
  trafficRouting: { istio: { virtualService: { name: 'reviews', routes: ['primary'] } } },
}

/** One Service, split by the subsets of a DestinationRule. */
export const subsetSplit: JsonObject = {
  trafficRouting: {
    istio: {
      virtualService: { name: 'reviews', routes: ['primary'] },
      destinationRule: {
        name: 'reviews',
        canarySubsetName: 'canary',
        stableSubsetName: 'stable',
      },
    },
  },
}

export type RolloutWish = {
  readonly replicas?: number | null
  readonly canary?: JsonObject
  readonly spec?: JsonObject
  readonly template?: JsonObject
  readonly annotations?: JsonObject
}

export function rollout(wish: RolloutWish = {}): JsonObject {
  const { replicas = 4, canary: strategy = hostSplit, annotations = {} } = wish
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'reviews', annotations },
    spec: {
      ...(replicas === null ? {} : { replicas }),
      selector: { matchLabels: { app: 'reviews' } },
      template: wish.template ?? template('v1'),
      strategy: { canary: strategy },
      ...wish.spec,
    },
  }
}

export function service(name: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: {
      selector: { app: 'reviews' },
      ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }],
    },
  }
}

/** Where a route sends traffic: a host, or a host's subset as `host/subset`. */
export function destinations(...shares: readonly (readonly [string, number])[]): readonly Json[] {
  return shares.map(([to, weight]) => {
    const [host = '', subset] = to.split('/')
    return { destination: { host, ...(subset === undefined ? {} : { subset }) }, weight }
  })
}

export const byHost: readonly Json[] = destinations(['reviews-stable', 100], ['reviews-canary', 0])
export const bySubset: readonly Json[] = destinations(
  ['reviews/stable', 100],
  ['reviews/canary', 0],
)

/** With one http route `primary` between the two Services, when `routes` says nothing else. */
export function virtualService(
  name = 'reviews',
  routes: JsonObject = { http: [{ name: 'primary', route: byHost }] },
): JsonObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name },
    spec: { hosts: [`${name}.example.com`], gateways: ['shop'], ...routes },
  }
}

export function destinationRule(...more: readonly JsonObject[]): JsonObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'reviews' },
    spec: { host: 'reviews', subsets: [namedSubset('stable'), namedSubset('canary'), ...more] },
  }
}

function namedSubset(name: string): JsonObject {
  return { name, labels: { app: 'reviews' } }
}

/** Everything that a host split needs but the Rollout. */
export const shop: readonly JsonObject[] = [
  service('reviews-stable'),
  service('reviews-canary'),
  virtualService(),
]

/** Everything that a subset split needs but the Rollout. */
export const subsetShop: readonly JsonObject[] = [
  service('reviews'),
  destinationRule(),
  virtualService('reviews', { http: [{ name: 'primary', route: bySubset }] }),
]
