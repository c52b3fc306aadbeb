/** The kinds that a scenario writes or that its stations look at, and where the API server keeps them. */
export const kinds = {
  Namespace: { prefix: '/api/v1', plural: 'namespaces' },
  Service: { prefix: '/api/v1', plural: 'services' },
  Pod: { prefix: '/api/v1', plural: 'pods' },
  Event: { prefix: '/api/v1', plural: 'events' },
  ReplicaSet: { prefix: '/apis/apps/v1', plural: 'replicasets' },
  Deployment: { prefix: '/apis/apps/v1', plural: 'deployments' },
  PodDisruptionBudget: { prefix: '/apis/policy/v1', plural: 'poddisruptionbudgets' },
  Rollout: { prefix: '/apis/argoproj.io/v1alpha1', plural: 'rollouts' },
  AnalysisRun: { prefix: '/apis/argoproj.io/v1alpha1', plural: 'analysisruns' },
  VirtualService: { prefix: '/apis/networking.istio.io/v1', plural: 'virtualservices' },
  DestinationRule: { prefix: '/apis/networking.istio.io/v1', plural: 'destinationrules' },
} as const

export type KindName = keyof typeof kinds

/** What stations look at. */
export const watched: readonly KindName[] = [
  'Service',
  'Pod',
  'Event',
  'ReplicaSet',
  'Deployment',
  'Rollout',
  'AnalysisRun',
  'VirtualService',
  'DestinationRule',
]

export function isKindName(text: string): text is KindName {
  return Object.hasOwn(kinds, text)
}
