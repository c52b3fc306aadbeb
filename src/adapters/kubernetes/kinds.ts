/** Where each kind lives on an API server. */
import type { Kind, ObjectRef } from '../../core/object.ts'

export type Resource = {
  /** Empty for the core group. */
  readonly group: string
  /** Versions that we can speak, the best first. Their schemas are the same as far as we look. */
  readonly versions: readonly [string, ...string[]]
  readonly plural: string
  readonly scope: 'namespaced' | 'cluster'
  readonly status: 'subresource' | 'within'
}

const argo = { group: 'argoproj.io', versions: ['v1alpha1'], scope: 'namespaced' } as const
const apps = { group: 'apps', versions: ['v1'], scope: 'namespaced' } as const
const core = { group: '', versions: ['v1'], scope: 'namespaced' } as const
/** `v1` is served since Istio 1.22; before it v1beta1, and v1alpha3 from the beginning. */
const istio = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  scope: 'namespaced',
} as const

/** Argo's AnalysisRun has no status subresource; its status is written with the object. */
const resources: Readonly<Record<Kind, Resource>> = {
  Rollout: { ...argo, plural: 'rollouts', status: 'subresource' },
  AnalysisRun: { ...argo, plural: 'analysisruns', status: 'within' },
  AnalysisTemplate: { ...argo, plural: 'analysistemplates', status: 'within' },
  ClusterAnalysisTemplate: {
    ...argo,
    plural: 'clusteranalysistemplates',
    scope: 'cluster',
    status: 'within',
  },
  ReplicaSet: { ...apps, plural: 'replicasets', status: 'subresource' },
  Deployment: { ...apps, plural: 'deployments', status: 'subresource' },
  PodTemplate: { ...core, plural: 'podtemplates', status: 'within' },
  Pod: { ...core, plural: 'pods', status: 'subresource' },
  PodDisruptionBudget: {
    group: 'policy',
    versions: ['v1'],
    plural: 'poddisruptionbudgets',
    scope: 'namespaced',
    status: 'subresource',
  },
  Service: { ...core, plural: 'services', status: 'subresource' },
  ConfigMap: { ...core, plural: 'configmaps', status: 'within' },
  Event: { ...core, plural: 'events', status: 'within' },
  VirtualService: { ...istio, plural: 'virtualservices', status: 'subresource' },
  DestinationRule: { ...istio, plural: 'destinationrules', status: 'subresource' },
}

export function resourceOf(kind: Kind): Resource {
  return resources[kind]
}

export function apiVersionOf(resource: Resource, version: string): string {
  return resource.group === '' ? version : `${resource.group}/${version}`
}

/** `/api/v1` or `/apis/GROUP/VERSION`: what the server answers with the resources that it serves. */
export function groupPath(resource: Resource, version: string): string {
  return resource.group === '' ? `/api/${version}` : `/apis/${resource.group}/${version}`
}

/** All objects of a kind; in one namespace, or in all with an empty one. */
export function collectionPath(resource: Resource, version: string, namespace: string): string {
  const within =
    resource.scope === 'cluster' || namespace === ''
      ? ''
      : `/namespaces/${encodeURIComponent(namespace)}`
  return `${groupPath(resource, version)}${within}/${resource.plural}`
}

export function objectPath(version: string, ref: ObjectRef): string {
  const collection = collectionPath(resourceOf(ref.kind), version, ref.namespace)
  return `${collection}/${encodeURIComponent(ref.name)}`
}
