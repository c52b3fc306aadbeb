/** Istio's labels of a request, as each side writes them, in the order in which they are emitted. */
import type { KubeObject } from '../../core/object.ts'
import type { Labels } from './counters.ts'
import { cluster, gatewayPeer, type Peer } from './peer.ts'

/** The Service that a request was routed to, or that a pod belongs to. */
export type ServiceLabels = {
  readonly host: string
  readonly name: string
  readonly namespace: string
}

export type Answer = { readonly code: string; readonly flags: string }

export const unknownService: ServiceLabels = {
  host: 'unknown',
  name: 'unknown',
  namespace: 'unknown',
}

export function serviceLabels({ metadata: { name, namespace } }: KubeObject): ServiceLabels {
  return { host: `${name}.${namespace}.svc.cluster.local`, name, namespace }
}

/** At the gateway, of a request that a pod has answered. */
export function answeredLabels(peer: Peer, service: ServiceLabels, answer: Answer): Labels {
  const destination = {
    ...located(peer),
    destination_principal: peer.principal,
    destination_app: peer.app ?? 'unknown',
    destination_version: peer.versionForOthers ?? 'unknown',
  }
  return sourceLabels(destination, service, answer)
}

/** At the gateway, of a connection that a pod refused: the endpoint is known, what it would have said of itself is not. */
export function refusedLabels(peer: Peer, service: ServiceLabels, answer: Answer): Labels {
  return sourceLabels({ ...nobody, ...located(peer) }, service, answer)
}

/** At the gateway, of a request for which no pod was found. */
export function undeliveredLabels(service: ServiceLabels, answer: Answer): Labels {
  return sourceLabels(nobody, service, answer)
}

/** At the pod. Its own labels are left out when it does not have them. */
export function receivedLabels(peer: Peer, service: ServiceLabels, answer: Answer): Labels {
  return present({
    reporter: 'destination',
    ...source,
    destination_workload: peer.workload,
    destination_workload_namespace: peer.namespace,
    destination_principal: peer.principal,
    destination_app: peer.app,
    destination_version: peer.version,
    destination_service: service.host,
    destination_canonical_service: peer.canonicalService,
    destination_canonical_revision: peer.canonicalRevision,
    destination_service_name: service.name,
    destination_service_namespace: service.namespace,
    destination_cluster: cluster,
    request_protocol: 'http',
    response_code: answer.code,
    response_flags: answer.flags,
    connection_security_policy: 'mutual_tls',
  })
}

const source = {
  source_workload: gatewayPeer.workload,
  source_canonical_service: gatewayPeer.canonicalService,
  source_canonical_revision: gatewayPeer.canonicalRevision,
  source_workload_namespace: gatewayPeer.namespace,
  source_principal: gatewayPeer.principal,
  source_app: gatewayPeer.app ?? 'unknown',
  source_version: 'unknown',
  source_cluster: cluster,
} as const

const nobody = {
  destination_workload: 'unknown',
  destination_workload_namespace: 'unknown',
  destination_principal: 'unknown',
  destination_app: 'unknown',
  destination_version: 'unknown',
  destination_canonical_service: 'unknown',
  destination_canonical_revision: 'latest',
  destination_cluster: 'unknown',
} as const

type Destination = Readonly<Record<keyof typeof nobody, string>>

function located(
  peer: Peer,
): Omit<Destination, 'destination_principal' | 'destination_app' | 'destination_version'> {
  return {
    destination_workload: peer.workload,
    destination_workload_namespace: peer.namespace,
    destination_canonical_service: peer.canonicalService,
    destination_canonical_revision: peer.canonicalRevision,
    destination_cluster: cluster,
  }
}

function sourceLabels(to: Destination, service: ServiceLabels, answer: Answer): Labels {
  return {
    reporter: 'source',
    ...source,
    destination_workload: to.destination_workload,
    destination_workload_namespace: to.destination_workload_namespace,
    destination_principal: to.destination_principal,
    destination_app: to.destination_app,
    destination_version: to.destination_version,
    destination_service: service.host,
    destination_canonical_service: to.destination_canonical_service,
    destination_canonical_revision: to.destination_canonical_revision,
    destination_service_name: service.name,
    destination_service_namespace: service.namespace,
    destination_cluster: to.destination_cluster,
    request_protocol: 'http',
    response_code: answer.code,
    response_flags: answer.flags,
    connection_security_policy: 'unknown',
  }
}

function present(labels: Readonly<Record<string, string | undefined>>): Labels {
  const pairs = Object.entries(labels).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  )
  return Object.fromEntries(pairs)
}
