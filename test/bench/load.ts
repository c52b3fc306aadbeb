/** N Rollouts, as many people would have them: a Service for each side, a VirtualService of its own, `setWeight 20`, `pause`. */
import type { Json, JsonObject } from '../../src/core/json.ts'
import type { Kind } from '../../src/core/object.ts'
import type { Cluster } from '../../src/ports.ts'

export const namespace = 'default'

/** Requests of ours at the same time. */
const atOnce = 16

export function nameOf(index: number): string {
  return `r${String(index).padStart(5, '0')}`
}

export async function create(cluster: Cluster, count: number): Promise<void> {
  await forEach(count, async (name) => {
    for (const [kind, json] of objectsOf(name)) {
      const { metadata } = json
      await cluster.create({ ref: { kind, namespace, name: metadata.name }, json })
    }
  })
}

export async function update(cluster: Cluster, count: number, image: string): Promise<void> {
  const path = '/spec/template/spec/containers/0/image'
  await forEach(count, async (name) => {
    await cluster.patch(
      { kind: 'Rollout', namespace, name },
      { type: 'json', operations: [{ op: 'replace', path, value: image }] },
    )
  })
}

/** As the plugin promotes and aborts: a patch of the status. */
export async function signal(cluster: Cluster, name: string, status: Json): Promise<void> {
  const ref = { kind: 'Rollout', namespace, name } as const
  await cluster.patch(ref, { type: 'merge', subresource: 'status', body: { status } })
}

export async function promote(cluster: Cluster, count: number): Promise<void> {
  await forEach(count, (name) => signal(cluster, name, promotion))
}

export const promotion: Json = { pauseConditions: null }
export const abortion: Json = { abort: true }

async function forEach(count: number, work: (name: string) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) {
      const name = nameOf(next)
      next += 1
      await work(name)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

type Made = JsonObject & {
  readonly metadata: { readonly name: string; readonly namespace: string }
}

function objectsOf(name: string): readonly (readonly [Kind, Made])[] {
  const stable = `${name}-stable`
  const canary = `${name}-canary`
  return [
    ['Service', service(stable, name)],
    ['Service', service(canary, name)],
    ['VirtualService', virtualService(name, stable, canary)],
    ['Rollout', rollout(name, stable, canary)],
  ]
}

function service(name: string, app: string): Made {
  const spec = { clusterIP: 'None', selector: { app }, ports: [{ port: 80 }] }
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec }
}

function virtualService(name: string, stable: string, canary: string): Made {
  const route = [
    { destination: { host: stable }, weight: 100 },
    { destination: { host: canary }, weight: 0 },
  ]
  const spec = { hosts: [`${name}.example.com`], http: [{ name: 'primary', route }] }
  const apiVersion = 'networking.istio.io/v1'
  return { apiVersion, kind: 'VirtualService', metadata: { name, namespace }, spec }
}

function rollout(name: string, stableService: string, canaryService: string): Made {
  const labels = { app: name }
  const canary = {
    stableService,
    canaryService,
    trafficRouting: { istio: { virtualService: { name, routes: ['primary'] } } },
    steps: [{ setWeight: 20 }, { pause: {} }],
  }
  const spec = {
    replicas: 1,
    revisionHistoryLimit: 2,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'app:v1' }] } },
    strategy: { canary },
  }
  const apiVersion = 'argoproj.io/v1alpha1'
  return { apiVersion, kind: 'Rollout', metadata: { name, namespace }, spec }
}
