/** The controller as shipped in the sandbox's world, in stepped time: a second of ours is an hour of theirs. */
import { startController } from '../../src/app/controller/controller.ts'
import { type Json, type JsonObject, listAt, numberAt, textAt } from '../../src/core/json.ts'
import { standardDefaults } from '../../src/core/manifest/judge-settings.ts'
import {
  type Kind,
  type KubeObject,
  keyOf,
  type NewObject,
  type ObjectRef,
} from '../../src/core/object.ts'
import type { ReleaseReport } from '../../src/core/report/release-report.ts'
import { instant, minutes, seconds } from '../../src/core/units.ts'
import type { Log } from '../../src/ports.ts'
import { createWorld, type World } from '../../src/sandbox/world.ts'

const namespace = 'shop'

const apiVersions = {
  Service: 'v1',
  VirtualService: 'networking.istio.io/v1',
  DestinationRule: 'networking.istio.io/v1',
  AnalysisTemplate: 'argoproj.io/v1alpha1',
  Rollout: 'argoproj.io/v1alpha1',
} as const

type Made = keyof typeof apiVersions

export type Version = {
  readonly image: string
  readonly failureRatio?: string
  readonly crash?: boolean
  /** In MiB. */
  readonly memory?: string
  /** Of the proxy. */
  readonly proxy?: string
}

/** One service in one world. */
export class Sandbox {
  readonly world: World
  /** What the controller logged as an error. */
  readonly errors: string[] = []
  /** What is there, as of the last write. */
  readonly seen: Map<string, KubeObject> = new Map<string, KubeObject>()
  /** How often the controller wrote. */
  written = 0
  readonly reports: ReleaseReport[] = []

  constructor(seed = '1', requestsPerSecond = 200) {
    this.world = createWorld({
      seed,
      start: instant(Date.UTC(2026, 0, 5, 9)),
      rps: () => requestsPerSecond,
      scrapeInterval: seconds(5),
    })
  }

  async start(): Promise<this> {
    this.world.cluster.onWrite({
      after: ({ ref, by, after }) => {
        if (by === 'haldane') this.written += 1
        if (after === undefined) this.seen.delete(keyOf(ref))
        else this.seen.set(keyOf(ref), after)
      },
    })
    const log: Log = {
      info: () => undefined,
      warn: () => undefined,
      error: (message) => void this.errors.push(message),
    }
    await startController({
      cluster: this.world.cluster.as('haldane'),
      metricsAt: () => this.world.metrics,
      clock: this.world.clock,
      log,
      tell: (news) => {
        if (news.kind === 'report') this.reports.push(news.report)
      },
      defaults: { ...standardDefaults, block: seconds(5), warmup: seconds(20) },
      links: {},
    })
    return this
  }

  /** Two Services, a VirtualService with one named route. */
  async furnish(name = 'web'): Promise<this> {
    const service = { selector: { app: name }, ports: [{ port: 80 }] }
    const route = [
      { destination: { host: `${name}-stable` }, weight: 100 },
      { destination: { host: `${name}-canary` }, weight: 0 },
    ]
    await this.create('Service', `${name}-stable`, service)
    await this.create('Service', `${name}-canary`, service)
    await this.create('VirtualService', name, {
      hosts: [`${name}.example.com`],
      http: [{ name: 'primary', route }],
    })
    return this
  }

  async create(
    kind: Made,
    name: string,
    spec: JsonObject,
    annotations: JsonObject = {},
  ): Promise<void> {
    const ref: ObjectRef = { kind, namespace, name }
    const apiVersion = apiVersions[kind]
    const object: NewObject = {
      ref,
      json: { apiVersion, kind, metadata: { namespace, name, annotations }, spec },
    }
    await this.world.cluster.create(object)
  }

  /** Merges into an object, as `kubectl patch --type merge` does. */
  async patch(kind: Kind, name: string, body: Json): Promise<void> {
    await this.world.cluster.patch({ kind, namespace, name }, { type: 'merge', body })
  }

  /** What people and their tools patch into the status. */
  async signal(status: JsonObject, name = 'web'): Promise<void> {
    await this.world.cluster.patch(
      { kind: 'Rollout', namespace, name },
      { type: 'merge', subresource: 'status', body: { status } },
    )
  }

  async push(version: Version, name = 'web'): Promise<void> {
    await this.patch('Rollout', name, { spec: { template: template(version, name) } })
  }

  after(forMinutes: number): Promise<void> {
    return this.world.advance(minutes(forMinutes))
  }

  /** `phase message` of the Rollout. */
  async said(name = 'web'): Promise<string> {
    const status = (await this.read('Rollout', name))?.['status']
    return [textAt(status, 'phase'), textAt(status, 'message')].filter(Boolean).join(' ')
  }

  /** `stable/canary` as the VirtualService says it. */
  async weights(name = 'web'): Promise<string> {
    const route = listAt(await this.read('VirtualService', name), 'spec', 'http', 0, 'route')
    return route.map((entry) => numberAt(entry, 'weight') ?? '-').join('/')
  }

  async read(kind: Kind, name: string): Promise<JsonObject | undefined> {
    return (await this.world.cluster.read({ kind, namespace, name }))?.json
  }
}

export function template(
  { image, failureRatio = '0.001', crash = false, memory = '100', proxy = '1.29.2' }: Version,
  name = 'web',
): JsonObject {
  const annotations = {
    'sandbox.haldane.dev/failure-ratio': failureRatio,
    'sandbox.haldane.dev/memory': memory,
    'sandbox.haldane.dev/proxy-version': proxy,
    ...(crash ? { 'sandbox.haldane.dev/crash': 'true' } : {}),
  }
  return {
    metadata: { labels: { app: name }, annotations },
    spec: { containers: [{ name: 'web', image }] },
  }
}

export function rolloutSpec(steps: readonly JsonObject[], name = 'web'): JsonObject {
  return {
    replicas: 4,
    selector: { matchLabels: { app: name } },
    template: template({ image: 'web:1' }, name),
    strategy: {
      canary: {
        stableService: `${name}-stable`,
        canaryService: `${name}-canary`,
        trafficRouting: { istio: { virtualService: { name, routes: ['primary'] } } },
        steps,
      },
    },
  }
}
