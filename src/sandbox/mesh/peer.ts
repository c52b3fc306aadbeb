/** Who a pod is in Istio's labels. */
import { textAt } from '../../core/json.ts'
import type { KubeObject } from '../../core/object.ts'
import { controllerOf } from '../pods.ts'

export type Peer = {
  readonly workload: string
  readonly namespace: string
  readonly principal: string
  readonly canonicalService: string
  readonly canonicalRevision: string
  /** Undefined where the pod does not say. */
  readonly app: string | undefined
  /** As the pod's own proxy sees it: its label `version`. */
  readonly version: string | undefined
  /** As its peer sees it: `app.kubernetes.io/version` goes before `version`. */
  readonly versionForOthers: string | undefined
}

export const cluster = 'Kubernetes'

/** The one gateway, where all requests arrive. */
export const gateway = {
  pod: 'istio-ingressgateway-6c8b9d7f4c-x7k2p',
  namespace: 'istio-system',
  address: '10.244.0.10',
} as const

export const gatewayPeer: Peer = {
  workload: 'istio-ingressgateway',
  namespace: gateway.namespace,
  principal: principal(gateway.namespace, 'istio-ingressgateway-service-account'),
  canonicalService: 'istio-ingressgateway',
  canonicalRevision: 'latest',
  app: 'istio-ingressgateway',
  version: undefined,
  versionForOthers: undefined,
}

export function peerOf(pod: KubeObject): Peer {
  const { labels, namespace } = pod.metadata
  const said = (...keys: readonly string[]) => firstOf(labels, keys)
  const workload = said('service.istio.io/workload-name') ?? workloadOf(pod)
  const account = textAt(pod.json, 'spec', 'serviceAccountName') ?? 'default'
  const versionForOthers = said('app.kubernetes.io/version', 'version')
  return {
    workload,
    namespace,
    principal: principal(namespace, account),
    canonicalService:
      said('service.istio.io/canonical-name', 'app.kubernetes.io/name', 'app') ?? workload,
    canonicalRevision: said('service.istio.io/canonical-revision') ?? versionForOthers ?? 'latest',
    app: said('app'),
    version: said('version'),
    versionForOthers,
  }
}

function firstOf(
  labels: Readonly<Record<string, string>>,
  keys: readonly string[],
): string | undefined {
  return keys.map((key) => labels[key]).find((value) => value !== undefined)
}

/** The Rollout's or Deployment's name is the ReplicaSet's without the hash. */
function workloadOf(pod: KubeObject): string {
  const { labels, name } = pod.metadata
  const owner = controllerOf(pod)?.name
  if (owner === undefined) return name
  const hash = labels['rollouts-pod-template-hash'] ?? labels['pod-template-hash']
  return hash !== undefined && owner.endsWith(`-${hash}`) ? owner.slice(0, -hash.length - 1) : owner
}

function principal(namespace: string, account: string): string {
  return `spiffe://cluster.local/ns/${namespace}/sa/${account}`
}
