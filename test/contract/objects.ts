/** Objects of which nobody else in the cluster has heard. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../src/core/json.ts'
import type { Kind, NewObject } from '../../src/core/object.ts'

const apiVersions: Readonly<Partial<Record<Kind, string>>> = {
  ConfigMap: 'v1',
  Service: 'v1',
  VirtualService: 'networking.istio.io/v1',
}

const route = [
  { destination: { host: 'stable' }, weight: 100 },
  { destination: { host: 'canary' }, weight: 0 },
]

const contents: Readonly<Partial<Record<Kind, JsonObject>>> = {
  ConfigMap: { data: { key: 'value' } },
  Service: { spec: { selector: { app: 'a' }, ports: [{ port: 80, name: 'http' }] } },
  VirtualService: {
    spec: { hosts: ['reviews'], http: [{ name: 'primary', route, timeout: '5s' }] },
  },
  AnalysisRun: { spec: { metrics: [] } },
  Rollout: { spec: { replicas: 1 } },
}

let made = 0

export function freshName(): string {
  made += 1
  return `contract-${process.pid}-${made}`
}

/** Healthy content; a test names only what it is about. */
export function fresh(kind: Kind, content?: JsonObject, namespace = 'default'): NewObject {
  const name = freshName()
  const apiVersion = apiVersions[kind] ?? 'argoproj.io/v1alpha1'
  return {
    ref: { kind, namespace, name },
    json: { apiVersion, kind, metadata: { name }, ...(content ?? contents[kind]) },
  }
}

/** Looks again and again; rejects when it takes too long, in milliseconds. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  within = 10_000,
): Promise<void> {
  for (const started = Date.now(); !(await holds()); await sleep(20)) {
    if (Date.now() - started > within) throw new Error(`it did not come about within ${within} ms`)
  }
}
