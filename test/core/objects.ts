/** Everything around a Rollout in the middle of a release, as an API server holds it, and its status. */
import { type JsonObject, listAt, objectAt } from '../../src/core/json.ts'

const since = '2026-11-24T10:00:00Z'
const hash = 'rollouts-pod-template-hash'
const app = { app: 'reviews' }

function condition(type: string, reason: string): JsonObject {
  return {
    type,
    status: 'True',
    reason,
    message: 'm',
    lastUpdateTime: since,
    lastTransitionTime: since,
  }
}

/** What a Rollout of this name has around it. */
export function around(name: string, routes: 'one' | 'two'): readonly JsonObject[] {
  const left = everything.map((each) => (routes === 'one' ? withOneRoute(each) : each))
  return JSON.parse(JSON.stringify(left).replaceAll('reviews', name))
}

function withOneRoute(object: JsonObject): JsonObject {
  const spec = objectAt(object, 'spec')
  const [first] = listAt(spec, 'http')
  return first === undefined ? object : { ...object, spec: { ...spec, http: [first] } }
}

export const rolloutStatus: JsonObject = {
  observedGeneration: '3',
  workloadObservedGeneration: '2',
  phase: 'Paused',
  message: 'CanaryPauseStep',
  abort: false,
  abortedAt: since,
  restartedAt: since,
  promoteFull: false,
  controllerPause: true,
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: since }],
  conditions: [
    condition('Progressing', 'ReplicaSetUpdated'),
    condition('Available', 'AvailableReason'),
    condition('Healthy', 'RolloutHealthy'),
    condition('InvalidSpec', 'InvalidSpec'),
  ],
  currentStepIndex: 1,
  currentStepHash: '757f5f97b',
  currentPodHash: 'bbb',
  stableRS: 'aaa',
  collisionCount: 1,
  replicas: 6,
  updatedReplicas: 2,
  readyReplicas: 6,
  availableReplicas: 6,
  HPAReplicas: 6,
  selector: 'app=reviews',
  canary: {
    weights: {
      canary: { weight: 50, serviceName: 'reviews-canary', podTemplateHash: 'bbb' },
      stable: { weight: 50, serviceName: 'reviews-stable', podTemplateHash: 'aaa' },
    },
    currentStepAnalysisRunStatus: { name: 'run', status: 'Running', message: 'm' },
    currentBackgroundAnalysisRunStatus: { name: 'run', status: 'Running', message: 'm' },
  },
}

function replicaSet(revision: string, its: string): JsonObject {
  return {
    kind: 'ReplicaSet',
    metadata: {
      namespace: 'shop',
      name: `reviews-${its}`,
      uid: its,
      generation: 2,
      creationTimestamp: since,
      labels: { ...app, [hash]: its },
      annotations: {
        'rollout.argoproj.io/revision': revision,
        'rollout.argoproj.io/desired-replicas': '4',
        'rollout.argoproj.io/ephemeral-metadata':
          '{"labels":{"role":"canary"},"annotations":{"a":"b"}}',
        'haldane.dev/moving-metadata': '{"labels":{"role":"stable"}}',
        'haldane.dev/journal': JSON.stringify({
          version: 1,
          revision: 2,
          begun: since,
          stations: [{ at: since, stage: 'stepping', step: 0, asked: 50 }],
        }),
        'scale-down-deadline': since,
      },
    },
    spec: {
      replicas: 2,
      selector: { matchLabels: { ...app, [hash]: its } },
      template: {
        metadata: { labels: { ...app, role: 'canary', [hash]: its } },
        spec: {
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                {
                  labelSelector: {
                    matchExpressions: [{ key: hash, operator: 'In', values: ['x'] }],
                  },
                },
              ],
            },
          },
          containers: [
            { name: 'reviews', image: 'reviews:1', resources: { limits: { cpu: '1500m' } } },
          ],
        },
      },
    },
    status: { replicas: 2, readyReplicas: 2, availableReplicas: 2, observedGeneration: 2 },
  }
}

function pod(its: string): JsonObject {
  return {
    kind: 'Pod',
    metadata: {
      namespace: 'shop',
      name: `reviews-${its}-1`,
      uid: `${its}-1`,
      creationTimestamp: since,
      labels: { ...app, [hash]: its },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: its, controller: true },
      ],
    },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }],
    },
  }
}

const route = [
  { destination: { host: 'reviews-stable', subset: 'stable' }, weight: 50 },
  { destination: { host: 'reviews-canary', subset: 'canary' }, weight: 50 },
]
const metrics = [{ name: 'requests', provider: { plugin: { 'haldane/judge': {} } } }]

const everything: readonly JsonObject[] = [
  replicaSet('1', 'aaa'),
  replicaSet('2', 'bbb'),
  pod('aaa'),
  pod('bbb'),
  {
    kind: 'Service',
    metadata: {
      namespace: 'shop',
      name: 'reviews-stable',
      annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'reviews' },
    },
    spec: { selector: { ...app, [hash]: 'aaa' } },
  },
  {
    kind: 'VirtualService',
    metadata: { namespace: 'shop', name: 'reviews', resourceVersion: '7' },
    spec: {
      hosts: ['reviews'],
      http: [
        { name: 'primary', match: [{ uri: { prefix: '/' } }], route },
        { name: 'secondary', route, mirror: { host: 'x' } },
      ],
      tls: [{ match: [{ port: 443, sniHosts: ['a'] }], route }],
      tcp: [{ match: [{ port: 3306 }], route }],
    },
  },
  {
    kind: 'DestinationRule',
    metadata: { namespace: 'shop', name: 'reviews', resourceVersion: '8' },
    spec: {
      host: 'reviews',
      subsets: [
        { name: 'stable', labels: { [hash]: 'aaa' } },
        { name: 'canary', labels: { [hash]: 'bbb' } },
      ],
    },
  },
  {
    kind: 'Deployment',
    metadata: {
      namespace: 'shop',
      name: 'search',
      generation: 2,
      annotations: { 'haldane.dev/scaled-from': '5' },
    },
    spec: {
      replicas: 5,
      selector: { matchLabels: { ...app } },
      template: {
        metadata: { labels: { ...app } },
        spec: { containers: [{ name: 'reviews', image: 'reviews:1' }] },
      },
    },
  },
  {
    kind: 'AnalysisRun',
    metadata: {
      namespace: 'shop',
      name: 'run',
      uid: 'run',
      creationTimestamp: since,
      labels: { 'rollout-type': 'Step', 'step-index': '1', [hash]: 'bbb' },
      annotations: { 'haldane.dev/trial': '{}' },
    },
    spec: { metrics, args: [{ name: 'a', value: 'b' }] },
    status: {
      phase: 'Running',
      message: 'm',
      startedAt: since,
      metricResults: [
        {
          name: 'requests',
          phase: 'Running',
          measurements: [{ phase: 'Successful', value: '1', startedAt: since }],
        },
      ],
    },
  },
  { kind: 'AnalysisTemplate', metadata: { namespace: 'shop', name: 'judge' }, spec: { metrics } },
  {
    kind: 'ClusterAnalysisTemplate',
    metadata: { name: 'latency' },
    spec: { metrics: [{ ...metrics[0], name: 'latency' }] },
  },
]
