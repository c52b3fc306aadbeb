/** Healthy defaults; a test names only what it is about. */
import type { JsonObject } from '../../src/core/json.ts'
import type { Kind, KubeObject, NewObject, ObjectRef } from '../../src/core/object.ts'
import { type Instant, instant } from '../../src/core/units.ts'
import type { Change, Cluster, Stop } from '../../src/ports.ts'

export const noon: Instant = instant(Date.UTC(2026, 10, 25, 12))

export function ref(kind: Kind, name: string, namespace = 'shop'): ObjectRef {
  return { kind, namespace, name }
}

export function fresh(kind: Kind, name: string, json: JsonObject = {}): NewObject {
  return { ref: ref(kind, name), json }
}

/** `{ pod-template-hash: hash }` is how the pods of a ReplicaSet are told from others. */
export function replicaSet(
  name: string,
  options: {
    readonly replicas?: number
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly minReadySeconds?: number
  } = {},
): NewObject {
  const { replicas = 2, annotations = {}, minReadySeconds } = options
  const hash = name.slice(name.lastIndexOf('-') + 1)
  const labels = { app: 'reviews', 'rollouts-pod-template-hash': hash, ...options.labels }
  return fresh('ReplicaSet', name, {
    metadata: { labels },
    spec: {
      replicas,
      minReadySeconds,
      selector: { matchLabels: { 'rollouts-pod-template-hash': hash } },
      template: {
        metadata: { labels, annotations },
        spec: { containers: [{ name: 'web', image: 'reviews:1' }] },
      },
    },
  })
}

export function service(name: string, hash: string): NewObject {
  return fresh('Service', name, {
    spec: { selector: { app: 'reviews', 'rollouts-pod-template-hash': hash } },
  })
}

/** One route between the Services `stable` and `canary`. */
export function virtualService(name: string, stable: number, canary: number): NewObject {
  return fresh('VirtualService', name, {
    spec: {
      hosts: ['reviews.example'],
      gateways: ['web'],
      http: [
        {
          name: 'primary',
          route: [
            { destination: { host: 'stable' }, weight: stable },
            { destination: { host: 'canary' }, weight: canary },
          ],
        },
      ],
    },
  })
}

/** What a watcher was told, as words: `set web v3`, `gone web`, `synced`. */
export function record(cluster: Cluster, kind: Kind): { readonly told: string[]; stop: Stop } {
  const told: string[] = []
  const stop = cluster.watch(kind, (change) => told.push(words(change)))
  return { told, stop }
}

function words(change: Change): string {
  if (change.kind === 'synced') return 'synced'
  if (change.kind === 'gone') return `gone ${change.ref.name}`
  return `set ${change.object.metadata.name} v${change.object.metadata.resourceVersion}`
}

/** For an object that the test has just made. */
export function found(object: KubeObject | undefined): KubeObject {
  if (object === undefined) throw new Error('the object is not there')
  return object
}
