/** A service with everything that a release needs, in a namespace of its own. */
import {
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
} from '../../src/core/json.ts'
import { eventually, phaseOf, type Rig } from './rig.ts'

export type Version = {
  readonly image: string
  readonly failureRatio?: string
  /** Ready, but refuses every connection. */
  readonly crash?: boolean
}

type Split = 'hosts' | 'subsets'

export type Wish = {
  readonly steps: readonly JsonObject[]
  readonly analysis?: JsonObject
  readonly annotations?: Readonly<Record<string, string>>
  readonly replicas?: number
  /** What else the route says, such as retries. */
  readonly route?: JsonObject
  /** By two Services, as when left out, or by two subsets of one. */
  readonly split?: Split
  /** Routes that steps make and take away. */
  readonly managedRoutes?: readonly string[]
}

const destinationRule = {
  name: 'reviews',
  stableSubsetName: 'stable',
  canarySubsetName: 'canary',
}

const bothSubsets = {
  host: 'reviews',
  subsets: ['stable', 'canary'].map((name) => ({ name, labels: { app: 'reviews' } })),
}

type Destinations = { readonly stable: JsonObject; readonly canary: JsonObject }

const destinations: Readonly<Record<Split, Destinations>> = {
  hosts: { stable: { host: 'reviews-stable' }, canary: { host: 'reviews-canary' } },
  subsets: {
    stable: { host: 'reviews', subset: 'stable' },
    canary: { host: 'reviews', subset: 'canary' },
  },
}

function allOnStable({ stable, canary }: Destinations): readonly JsonObject[] {
  return [
    { destination: stable, weight: 100 },
    { destination: canary, weight: 0 },
  ]
}

export class Shop {
  readonly namespace: string
  readonly #rig: Rig
  readonly #wish: Wish

  constructor(rig: Rig, namespace: string, wish: Wish) {
    this.#rig = rig
    this.namespace = namespace
    this.#wish = wish
  }

  /** Everything but the Rollout. */
  async furnish(): Promise<void> {
    const { plane } = this.#rig
    await plane.apply(
      JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace } }),
    )
    await plane.apply(
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: this.#surroundings() }),
    )
  }

  /** Applies the Rollout with this version, as `kubectl apply` does. */
  async push(version: Version): Promise<void> {
    await this.#rig.plane.apply(JSON.stringify(this.rollout(version)))
  }

  rollout({ image, failureRatio = '0.001', crash = false }: Version): JsonObject {
    const { steps, analysis, annotations = {}, replicas = 4 } = this.#wish
    const canary = {
      ...this.#routing(),
      scaleDownDelaySeconds: 5,
      abortScaleDownDelaySeconds: 5,
      steps,
      ...(analysis === undefined ? {} : { analysis }),
    }
    const metadata = {
      labels: { app: 'reviews' },
      annotations: {
        'sandbox.haldane.dev/failure-ratio': failureRatio,
        ...(crash ? { 'sandbox.haldane.dev/crash': 'true' } : {}),
      },
    }
    return {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'reviews', namespace: this.namespace, annotations },
      spec: {
        replicas,
        selector: { matchLabels: { app: 'reviews' } },
        template: { metadata, spec: { containers: [{ name: 'reviews', image }] } },
        strategy: { canary },
      },
    }
  }

  get(kind: string, name: string): Promise<Json> {
    return this.#rig.get(kind, name, this.namespace)
  }

  /** Waits until the Rollout's `phase message` matches. */
  async reaches(wanted: RegExp, seconds = 60): Promise<Json> {
    const look = (): Promise<Json> => this.get('rollout', 'reviews')
    return eventually(
      `${this.namespace}: ${wanted}`,
      seconds,
      async () => {
        const rollout = await look()
        return isObserved(rollout) && wanted.test(phaseOf(rollout)) ? rollout : undefined
      },
      async () => `${phaseOf(await look())}; ${this.#rig.controller.log()}`,
    )
  }

  /** `stable/canary` as the VirtualService says it. */
  async weights(): Promise<string> {
    const virtualService = await this.get('virtualservice', 'reviews')
    const route = listAt(virtualService, 'spec', 'http', 0, 'route')
    return route.map((entry) => numberAt(entry, 'weight') ?? '-').join('/')
  }

  async selector(service: 'reviews-stable' | 'reviews-canary'): Promise<string | undefined> {
    return textAt(
      await this.get('service', service),
      'spec',
      'selector',
      'rollouts-pod-template-hash',
    )
  }

  /** Revision → pods wanted and available. */
  async pods(): Promise<Readonly<Record<string, string>>> {
    const list = JSON.parse(
      await this.#rig.plane.kubectl('get', 'replicasets', '-n', this.namespace, '-o', 'json'),
    )
    return Object.fromEntries(
      listAt(list, 'items').map((item) => [
        textAt(item, 'metadata', 'annotations', 'rollout.argoproj.io/revision') ?? '?',
        `${numberAt(item, 'spec', 'replicas') ?? 0} wanted, ${numberAt(item, 'status', 'availableReplicas') ?? 0} up`,
      ]),
    )
  }

  #routing(): JsonObject {
    const { split = 'hosts', managedRoutes = [] } = this.#wish
    const virtualService = { name: 'reviews', routes: ['primary'] }
    const managed = { managedRoutes: managedRoutes.map((name) => ({ name })) }
    return split === 'hosts'
      ? {
          canaryService: 'reviews-canary',
          stableService: 'reviews-stable',
          trafficRouting: { istio: { virtualService }, ...managed },
        }
      : { trafficRouting: { istio: { virtualService, destinationRule }, ...managed } }
  }

  #surroundings(): readonly JsonObject[] {
    const service = (name: string): JsonObject =>
      this.#object('v1', 'Service', name, {
        selector: { app: 'reviews' },
        ports: [{ name: 'http', port: 80, targetPort: 8080 }],
      })
    const servers = [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }]
    const { split = 'hosts', route = {} } = this.#wish
    return [
      ...(split === 'hosts'
        ? [service('reviews-stable'), service('reviews-canary')]
        : [
            service('reviews'),
            this.#object('networking.istio.io/v1', 'DestinationRule', 'reviews', bothSubsets),
          ]),
      this.#object('networking.istio.io/v1', 'Gateway', 'shop', {
        selector: { istio: 'ingressgateway' },
        servers,
      }),
      this.#object('networking.istio.io/v1', 'VirtualService', 'reviews', {
        hosts: [`reviews.${this.namespace}.example.com`],
        gateways: ['shop'],
        http: [{ name: 'primary', route: allOnStable(destinations[split]), ...route }],
      }),
    ]
  }

  #object(apiVersion: string, kind: string, name: string, spec: JsonObject): JsonObject {
    return { apiVersion, kind, metadata: { name, namespace: this.namespace }, spec }
  }
}

function isObserved(rollout: Json): boolean {
  return (
    String(numberAt(rollout, 'metadata', 'generation')) ===
    textAt(rollout, 'status', 'observedGeneration')
  )
}

/** The hash that a Rollout is at, and the one that is stable. */
export function hashes(rollout: Json): {
  readonly current: string | undefined
  readonly stable: string | undefined
} {
  const status = objectAt(rollout, 'status')
  return { current: textAt(status, 'currentPodHash'), stable: textAt(status, 'stableRS') }
}
