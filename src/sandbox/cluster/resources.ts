/** How the API server keeps each kind: facts of Kubernetes 1.34 and of the CRDs of Argo and Istio. */
import type { JsonObject } from '../../core/json.ts'
import type { Kind } from '../../core/object.ts'

export type Resource = {
  readonly apiVersion: string
  readonly namespaced: boolean
  /**
   * `subresource`: the object itself and its status are written apart, each ignores changes of the other.
   * `inline`: status is a field like any other.
   */
  readonly status: 'subresource' | 'inline'
  /** Whether `metadata.generation` is kept. Services, ConfigMaps and Events have none. */
  readonly counts: boolean
  /** What a new object's status is; undefined is none. */
  readonly newborn: JsonObject | undefined
}

const rollouts = 'argoproj.io/v1alpha1'
const networking = 'networking.istio.io/v1'

export const resources: Readonly<Record<Kind, Resource>> = {
  Rollout: withStatus(rollouts),
  AnalysisRun: plain(rollouts, { counts: true }),
  AnalysisTemplate: plain(rollouts, { counts: true }),
  ClusterAnalysisTemplate: { ...plain(rollouts, { counts: true }), namespaced: false },
  ReplicaSet: withStatus('apps/v1', { replicas: 0 }),
  Deployment: withStatus('apps/v1'),
  PodTemplate: plain('v1', { counts: true }),
  PodDisruptionBudget: withStatus('policy/v1'),
  Pod: withStatus('v1', { phase: 'Pending' }),
  Service: { ...withStatus('v1', { loadBalancer: {} }), counts: false },
  ConfigMap: plain('v1', { counts: false }),
  Event: plain('v1', { counts: false }),
  VirtualService: withStatus(networking),
  DestinationRule: withStatus(networking),
}

function withStatus(apiVersion: string, newborn?: JsonObject): Resource {
  return { apiVersion, namespaced: true, status: 'subresource', counts: true, newborn }
}

function plain(apiVersion: string, { counts }: { readonly counts: boolean }): Resource {
  return { apiVersion, namespaced: true, status: 'inline', counts, newborn: undefined }
}
