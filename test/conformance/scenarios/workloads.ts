/** What a Rollout does to pods and to other workloads: workloadRef, restarts, metadata, anti-affinity. */
import type { JsonObject } from '../../../src/core/json.ts'
import { canary, hostSplit, push, rollout, service, shop, spec } from '../manifests.ts'
import {
  type Act,
  abort,
  apply,
  at,
  merge,
  promote,
  ready,
  remove,
  restartPods,
  type Scenario,
  until,
  wait,
} from '../scenario.ts'

const steps = [{ setWeight: 50 }, { pause: {} }]
const hasty = { ...hostSplit, scaleDownDelaySeconds: 1, abortScaleDownDelaySeconds: 1 }
const patient = { ...hostSplit, scaleDownDelaySeconds: 600, abortScaleDownDelaySeconds: 600 }
const firstVersion = until('Healthy', { 'revision 1': '4 wanted, 4 available' })

/** With everything that the API server would fill in, so that its template has the same hash everywhere. */
function deployment(version: string): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'reviews' },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'reviews' } },
      template: {
        metadata: { labels: { app: 'reviews' } },
        spec: {
          containers: [
            {
              name: 'reviews',
              image: `reviews:${version}`,
              imagePullPolicy: 'IfNotPresent',
              resources: {},
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
            },
          ],
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          securityContext: {},
          schedulerName: 'default-scheduler',
        },
      },
    },
  }
}

function pushDeployment(version: string): Act {
  return merge('Deployment', 'reviews', {
    spec: { template: { spec: { containers: containersOf(deployment(version)) } } },
  })
}

function containersOf(object: JsonObject): JsonObject[string] {
  return Object(Object(Object(object['spec']).template).spec).containers
}

/** The template and the selector come from the Deployment. */
function referring(scaleDown: string | undefined, strategy: JsonObject = hasty): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'reviews' },
    spec: {
      replicas: 4,
      workloadRef: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: 'reviews',
        ...(scaleDown === undefined ? {} : { scaleDown }),
      },
      strategy: { canary: { ...strategy, steps } },
    },
  }
}

const references: readonly Scenario[] = [
  ...(['never', 'onsuccess', 'progressively'] as const).map(
    (scaleDown): Scenario => ({
      name: `workload-ref-scale-down-${scaleDown}`,
      objects: [...shop, deployment('v1'), referring(scaleDown)],
      play: [
        at('first version', 'Healthy', {
          'revision 1': '4 wanted, 4 available',
          'deployment reviews wanted': scaleDown === 'never' ? 4 : 0,
        }),
        pushDeployment('v2'),
        at('paused', 'Paused CanaryPauseStep', { 'revision 2': '2 wanted, 2 available' }),
        promote,
        at('promoted', 'Healthy', { 'revision 1': '0 wanted, 0 available' }),
      ],
    }),
  ),
  {
    name: 'workload-ref-that-comes-later',
    objects: [...shop, referring(undefined)],
    play: [
      at('nothing there', 'Degraded'),
      apply(deployment('v1')),
      at('it has come', 'Healthy', { 'revision 1': '4 wanted, 4 available' }),
    ],
  },
  {
    name: 'workload-ref-and-template',
    objects: [
      ...shop,
      deployment('v1'),
      rollout({
        spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'reviews' } },
      }),
    ],
    play: [at('both', 'Degraded')],
  },
  {
    name: 'workload-ref-abort',
    objects: [...shop, deployment('v1'), referring('never')],
    play: [
      firstVersion,
      pushDeployment('v2'),
      until('Paused CanaryPauseStep', { 'revision 2': '2 wanted, 2 available' }),
      abort,
      at('aborted', 'Degraded RolloutAborted', { 'revision 2': '0 wanted, 0 available' }),
    ],
  },
]

function budget(minAvailable: number): JsonObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'reviews' },
    spec: { minAvailable, selector: { matchLabels: { app: 'reviews' } } },
  }
}

const restarts: readonly Scenario[] = [
  {
    name: 'restart-pods',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [
      firstVersion,
      wait(2),
      restartPods,
      at('restarted', 'Healthy', { restartedAt: 'set', 'revision 1': '4 wanted, 4 available' }),
    ],
  },
  {
    name: 'restart-pods-while-paused',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { 'revision 2': '2 wanted, 2 available' }),
      wait(2),
      restartPods,
      at('restarted', 'Paused CanaryPauseStep', {
        restartedAt: 'set',
        'revision 1': '4 wanted, 4 available',
        'revision 2': '2 wanted, 2 available',
      }),
    ],
  },
  {
    name: 'restart-pods-with-a-budget',
    objects: [...shop, budget(4), rollout({ canary: { ...patient, steps } })],
    play: [
      firstVersion,
      wait(2),
      restartPods,
      at('the budget holds them', /./, { observed: true }),
      remove('PodDisruptionBudget', 'reviews'),
      at('restarted', 'Healthy', { restartedAt: 'set', 'revision 1': '4 wanted, 4 available' }),
    ],
  },
  {
    name: 'restart-pods-that-do-not-come-back',
    objects: [
      ...shop,
      rollout({
        canary: { ...patient, maxUnavailable: 1, steps },
        template: {
          metadata: {
            labels: { app: 'reviews' },
            annotations: { 'kwok/starts': 'never', 'sandbox.haldane.dev/never-ready': 'true' },
          },
          spec: { containers: [{ name: 'reviews', image: 'reviews:v1' }] },
        },
      }),
    ],
    play: [
      ready(1, 4),
      firstVersion,
      wait(2),
      restartPods,
      at('one at a time', /./, { 'revision 1': '4 wanted, 3 available' }),
      ready(1, 1),
      at('the next', /./, { 'revision 1': '4 wanted, 3 available' }),
    ],
  },
]

const roles: JsonObject = {
  stableMetadata: { labels: { role: 'stable' }, annotations: { note: 'stable' } },
  canaryMetadata: { labels: { role: 'canary' }, annotations: { note: 'canary' } },
}

const metadata: readonly Scenario[] = [
  {
    name: 'ephemeral-metadata',
    objects: [...shop, rollout({ canary: { ...patient, ...roles, steps } })],
    play: [
      at('first version', 'Healthy', { 'revision 1': '4 wanted, 4 available' }),
      push('v2'),
      at('paused', 'Paused CanaryPauseStep', { 'revision 2': '2 wanted, 2 available' }),
      canary({ canaryMetadata: { labels: { role: null, lane: 'new' }, annotations: null } }),
      at('other metadata', 'Paused CanaryPauseStep'),
      promote,
      at('promoted', 'Healthy', { 'route reviews http 0': /stable 100/ }),
    ],
  },
  {
    name: 'ephemeral-metadata-abort',
    objects: [...shop, rollout({ canary: { ...patient, ...roles, steps } })],
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { 'revision 2': '2 wanted, 2 available' }),
      abort,
      at('aborted', 'Degraded RolloutAborted', { 'route reviews http 0': /stable 100/ }),
      push('v1'),
      at('back to stable', 'Healthy'),
    ],
  },
  {
    name: 'ephemeral-metadata-that-comes-later',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [
      firstVersion,
      canary(roles),
      at('at rest', 'Healthy'),
      canary({ stableMetadata: null, canaryMetadata: null }),
      at('taken away', 'Healthy'),
    ],
  },
  {
    name: 'ephemeral-metadata-without-traffic-routing',
    objects: [rollout({ canary: { ...roles, maxSurge: 1, maxUnavailable: 0, steps } })],
    play: [
      firstVersion,
      push('v2'),
      at('paused', 'Paused CanaryPauseStep', { 'revision 2': '2 wanted, 2 available' }),
      promote,
      at('promoted', 'Healthy', { 'revision 1': '0 wanted, 0 available' }),
    ],
  },
]

const affinities: readonly (readonly [string, JsonObject])[] = [
  ['required', { requiredDuringSchedulingIgnoredDuringExecution: {} }],
  ['preferred', { preferredDuringSchedulingIgnoredDuringExecution: { weight: 7 } }],
]

const antiAffinity: readonly Scenario[] = affinities.map(([name, rule]) => ({
  name: `anti-affinity-${name}`,
  objects: [...shop, rollout({ replicas: 1, canary: { ...patient, antiAffinity: rule, steps } })],
  play: [
    until('Healthy', { 'revision 1': '1 wanted, 1 available' }),
    push('v2', { held: true }),
    at('apart', 'Progressing', { 'revision 2': /^1 wanted/ }),
    ready(2, 1),
    at('paused', 'Paused CanaryPauseStep'),
    promote,
    at('promoted', 'Healthy', { 'route reviews http 0': /stable 100/ }),
    spec({ replicas: 2 }),
    at('scaled', /./, { 'revision 2': /^2 wanted/ }),
  ],
}))

export const workloads: readonly Scenario[] = [
  ...references,
  ...restarts,
  ...metadata,
  ...antiAffinity,
  {
    name: 'service-that-is-not-ours',
    objects: [
      {
        ...service('reviews-stable'),
        metadata: { name: 'reviews-stable', annotations: { team: 'shop' } },
      },
      ...shop.slice(1),
      rollout(),
    ],
    play: [
      firstVersion,
      merge('Service', 'reviews-stable', {
        spec: { selector: { 'rollouts-pod-template-hash': 'foreign' } },
      }),
      wait(2),
      at('the selector is ours', 'Healthy'),
    ],
  },
]
