/** The service that the demo releases: what a user would have in a cluster, as manifests. */
import type { JsonObject } from '../core/json.ts'
import type { Kind, NewObject, ObjectRef } from '../core/object.ts'

const namespace = 'shop'

export const demoRollout: ObjectRef = { kind: 'Rollout', namespace, name: 'reviews' }

/** How a version behaves in the sandbox: annotations that its mesh reads from pods. */
export type Version = { readonly image: string; readonly failureRatio: string }

export const versions: Readonly<Record<'first' | 'good' | 'bad', Version>> = {
  first: { image: 'shop/reviews:1.0', failureRatio: '0.001' },
  good: { image: 'shop/reviews:1.1', failureRatio: '0.001' },
  bad: { image: 'shop/reviews:1.2', failureRatio: '0.03' },
}

/** Two Services, a VirtualService with one route, the judge's template, and the Rollout. */
export function demoObjects(): readonly NewObject[] {
  return [
    object('Service', 'reviews-stable', { spec: service() }),
    object('Service', 'reviews-canary', { spec: service() }),
    object('VirtualService', 'reviews', { spec: virtualService() }),
    object('AnalysisTemplate', 'judge', { spec: judge() }),
    object('Rollout', demoRollout.name, { spec: rollout() }),
  ]
}

/** The pod template of a version: what a push changes. */
export function templateOf({ image, failureRatio }: Version): JsonObject {
  return {
    metadata: {
      labels: { app: 'reviews' },
      annotations: { 'sandbox.haldane.dev/failure-ratio': failureRatio },
    },
    spec: { containers: [{ name: 'reviews', image }] },
  }
}

const apiVersions: Partial<Readonly<Record<Kind, string>>> = {
  Service: 'v1',
  VirtualService: 'networking.istio.io/v1',
  AnalysisTemplate: 'argoproj.io/v1alpha1',
  Rollout: 'argoproj.io/v1alpha1',
}

function object(kind: Kind, name: string, body: JsonObject): NewObject {
  const json = { apiVersion: apiVersions[kind], kind, metadata: { namespace, name }, ...body }
  return { ref: { kind, namespace, name }, json }
}

function service(): JsonObject {
  return { selector: { app: 'reviews' }, ports: [{ port: 80, targetPort: 8080 }] }
}

function virtualService(): JsonObject {
  const route = [
    { destination: { host: 'reviews-stable' }, weight: 100 },
    { destination: { host: 'reviews-canary' }, weight: 0 },
  ]
  return { hosts: ['reviews.example.com'], gateways: ['shop'], http: [{ name: 'primary', route }] }
}

/** Analysis that ends with a proof: a good release is as fast as the evidence allows. */
function judge(): JsonObject {
  const metric = {
    name: 'requests',
    interval: '5s',
    provider: { plugin: { 'haldane/judge': { warmup: '20s' } } },
  }
  return { metrics: [metric] }
}

function rollout(): JsonObject {
  const inline = { analysis: { templates: [{ templateName: 'judge' }] } }
  return {
    replicas: 10,
    selector: { matchLabels: { app: 'reviews' } },
    template: templateOf(versions.first),
    strategy: {
      canary: {
        stableService: 'reviews-stable',
        canaryService: 'reviews-canary',
        trafficRouting: { istio: { virtualService: { name: 'reviews', routes: ['primary'] } } },
        analysis: { templates: [{ templateName: 'judge' }] },
        steps: [
          { setWeight: 10 },
          { pause: { duration: '1m' } },
          { setWeight: 30 },
          inline,
          { setWeight: 60 },
          { pause: { duration: '1m' } },
        ],
      },
    },
  }
}
