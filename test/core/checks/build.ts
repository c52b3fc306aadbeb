/** Manifests of a release with which nothing is wrong. */
import type { Finding } from '../../../src/core/checks/finding.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { type Kind, type KubeObject, metadataOf } from '../../../src/core/object.ts'

export function object(kind: Kind, json: JsonObject): KubeObject {
  return { kind, metadata: metadataOf(json), json: { kind, ...json } }
}

type Parts = { readonly name?: string; readonly metadata?: JsonObject; readonly spec?: JsonObject }

export function rollout({ name = 'reviews', metadata = {}, spec = {} }: Parts = {}): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name,
      namespace: 'shop',
      annotations: { 'haldane.dev/judge': 'default' },
      ...metadata,
    },
    spec: {
      selector: { matchLabels: { app: name } },
      template: template(name),
      strategy: { canary: canary(name) },
      ...spec,
    },
  }
}

export function template(name: string): JsonObject {
  return {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name, image: `${name}:1`, readinessProbe: { httpGet: {} } }] },
  }
}

export function canary(name: string): JsonObject {
  return {
    canaryService: `${name}-canary`,
    stableService: `${name}-stable`,
    trafficRouting: { istio: { virtualService: { name } } },
    steps: [{ setWeight: 5 }, { pause: { duration: '5m' } }, { setWeight: 50 }, { pause: {} }],
  }
}

export function service(name: string, spec: JsonObject = {}, app = 'reviews'): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { selector: { app }, ports: [{ port: 80 }], ...spec },
  }
}

export function virtualService(spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'reviews', namespace: 'shop', ...metadata },
    spec: { hosts: ['reviews'], gateways: ['edge', 'mesh'], http: [split()], ...spec },
  }
}

export function split(more: JsonObject = {}): JsonObject {
  return {
    route: [
      { destination: { host: 'reviews-stable' }, weight: 100 },
      { destination: { host: 'reviews-canary' }, weight: 0 },
    ],
    ...more,
  }
}

export function whole(...more: readonly JsonObject[]): readonly JsonObject[] {
  return [
    rollout(),
    service('reviews-stable'),
    service('reviews-canary'),
    virtualService(),
    ...more,
  ]
}

/** `problem Service shop/reviews-canary spec.ports: has no port 81` */
export function lines(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ level, object: { kind, namespace, name }, path, message }) =>
    `${level} ${kind} ${namespace}/${name} ${path}: ${message}`.replaceAll('  ', ' '),
  )
}
