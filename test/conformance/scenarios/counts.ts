/** How many pods of each version there are: deadlines, thresholds, delays, a stable side that shrinks, and life without traffic routing. */
import type { JsonObject } from '../../../src/core/json.ts'
import { canary, hostSplit, push, rollout, service, shop, template } from '../manifests.ts'
import {
  type Act,
  abort,
  at,
  promote,
  promoteFull,
  ready,
  retry,
  type Scenario,
  scale,
  undo,
  unready,
  until,
  wait,
} from '../scenario.ts'

const steps = [{ setWeight: 50 }, { pause: {} }]
const patient = { ...hostSplit, scaleDownDelaySeconds: 600, abortScaleDownDelaySeconds: 600 }
const hasty = { ...hostSplit, scaleDownDelaySeconds: 1, abortScaleDownDelaySeconds: 1 }
const firstVersion = until('Healthy', { 'revision 1': '4 wanted, 4 available' })

function shopOf(strategy: JsonObject, spec: JsonObject = {}): readonly JsonObject[] {
  return [...shop, rollout({ canary: strategy, spec })]
}

const deadlines: readonly Scenario[] = [
  {
    name: 'deadline',
    objects: shopOf({ ...patient, steps }, { progressDeadlineSeconds: 3 }),
    play: [
      firstVersion,
      push('v2', { held: true }),
      at('too late', 'Degraded ProgressDeadlineExceeded', { 'revision 2': /^2 wanted/ }),
      ready(2, 2),
      at('late but well', 'Paused CanaryPauseStep'),
    ],
  },
  {
    name: 'deadline-aborts',
    objects: shopOf(
      { ...hasty, steps },
      { progressDeadlineSeconds: 3, progressDeadlineAbort: true },
    ),
    play: [
      firstVersion,
      push('v2', { held: true }),
      at('aborted', 'Degraded', { 'revision 2': /^0 wanted/ }),
      retry,
      at('aborted again', 'Degraded', { 'revision 2': /^0 wanted/, abort: true }),
      push('v3'),
      at('third version', 'Paused CanaryPauseStep'),
    ],
  },
  {
    name: 'deadline-and-a-fixed-version',
    objects: shopOf({ ...patient, steps }, { progressDeadlineSeconds: 3 }),
    play: [
      firstVersion,
      push('v2', { held: true }),
      until('Degraded ProgressDeadlineExceeded'),
      push('v3'),
      at('third version', 'Paused CanaryPauseStep', { 'revision 3': /^2 wanted, 2/ }),
    ],
  },
  {
    name: 'deadline-shorter-than-a-pause',
    objects: shopOf(
      { ...patient, steps: [{ setWeight: 50 }, { pause: { duration: '6s' } }, { pause: {} }] },
      { progressDeadlineSeconds: 3 },
    ),
    play: [
      firstVersion,
      push('v2'),
      at('after the long pause', 'Paused CanaryPauseStep', { step: 2 }),
    ],
  },
  {
    name: 'pods-that-fail-while-paused',
    objects: shopOf({ ...patient, steps }),
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { step: 1 }),
      unready(2, 2),
      at('the canary is down', /./, { 'revision 2': '2 wanted, 0 available' }),
      ready(2, 2),
      at('it is up again', 'Paused CanaryPauseStep', { 'revision 2': '2 wanted, 2 available' }),
      unready(1, 1),
      at('a stable pod is down', /./, { 'revision 1': '4 wanted, 3 available' }),
    ],
  },
  {
    name: 'pods-that-fail-at-rest',
    objects: shopOf({ ...patient, steps }),
    play: [
      firstVersion,
      unready(1, 1),
      at('one is down', /./, { 'revision 1': '4 wanted, 3 available' }),
      unready(1, 3),
      at('all are down', /./, { 'revision 1': '4 wanted, 0 available' }),
      ready(1, 4),
      at('all are up', 'Healthy', { 'revision 1': '4 wanted, 4 available' }),
    ],
  },
  {
    name: 'min-ready-seconds',
    objects: shopOf({ ...hasty, steps }, { minReadySeconds: 3 }),
    play: [
      firstVersion,
      push('v2'),
      at('paused', 'Paused CanaryPauseStep', { 'revision 2': '2 wanted, 2 available' }),
    ],
  },
]

const thresholds: readonly Scenario[] = [
  {
    name: 'min-pods-per-replica-set',
    objects: shopOf({
      ...hasty,
      minPodsPerReplicaSet: 2,
      steps: [{ setWeight: 10 }, { pause: {} }],
    }),
    play: [
      firstVersion,
      push('v2'),
      at('two at ten percent', 'Paused CanaryPauseStep', { 'revision 2': '2 wanted, 2 available' }),
      promote,
      at('promoted', 'Healthy', { 'revision 1': '0 wanted, 0 available' }),
    ],
  },
  {
    name: 'min-pods-with-dynamic-stable',
    objects: shopOf({
      ...dynamic(),
      minPodsPerReplicaSet: 2,
      steps: [{ setWeight: 90 }, { pause: {} }],
    }),
    play: [
      firstVersion,
      push('v2'),
      at('two stay at ten percent', 'Paused CanaryPauseStep', {
        'revision 1': '2 wanted, 2 available',
      }),
    ],
  },
  ...(
    [
      { type: 'Percent', value: 50 },
      { type: 'Pods', value: 1 },
    ] as const
  ).map(
    (replicaProgressThreshold): Scenario => ({
      name: `progress-threshold-in-${replicaProgressThreshold.type.toLowerCase()}`,
      objects: shopOf({
        ...hasty,
        replicaProgressThreshold,
        steps: [{ setWeight: 75 }, { pause: {} }],
      }),
      play: [
        firstVersion,
        push('v2', { held: true }),
        at('none', 'Progressing', { 'revision 2': /^3 wanted/ }),
        ready(2, 1),
        at('one of three', /./, { 'revision 2': '3 wanted, 1 available' }),
        ready(2, 1),
        at('two of three', /./, { 'revision 2': '3 wanted, 2 available' }),
        promote,
        at('to the end', /./),
        ready(2, 2),
        at('promoted', 'Healthy', { 'revision 1': '0 wanted, 0 available' }),
      ],
    }),
  ),
]

function dynamic(): JsonObject {
  return { ...hostSplit, dynamicStableScale: true }
}

const dynamicStable: readonly Scenario[] = [
  {
    name: 'dynamic-stable-scale',
    objects: shopOf({
      ...dynamic(),
      steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 75 }, { pause: {} }],
    }),
    play: [
      at('first version', 'Healthy', { 'revision 1': '4 wanted, 4 available' }),
      push('v2'),
      at('a quarter', 'Paused CanaryPauseStep', { step: 1, 'revision 1': '3 wanted, 3 available' }),
      promote,
      at('three quarters', 'Paused CanaryPauseStep', {
        step: 3,
        'revision 1': '1 wanted, 1 available',
      }),
      promote,
      at('promoted', 'Healthy', { 'revision 1': '0 wanted, 0 available' }),
    ],
  },
  {
    name: 'dynamic-stable-scale-abort',
    objects: shopOf({
      ...dynamic(),
      steps: [{ setWeight: 25 }, { setWeight: 50 }, { setWeight: 75 }, { pause: {} }],
    }),
    play: [
      firstVersion,
      push('v2'),
      at('three quarters', 'Paused CanaryPauseStep', {
        step: 3,
        'revision 1': '1 wanted, 1 available',
      }),
      abort,
      at('aborted', 'Degraded RolloutAborted', { 'revision 2': '0 wanted, 0 available' }),
      retry,
      at('tried again', 'Paused CanaryPauseStep', {
        step: 3,
        'revision 1': '1 wanted, 1 available',
      }),
    ],
  },
  {
    name: 'dynamic-stable-scale-slow-abort',
    objects: [
      ...shop,
      rollout({
        template: template('v1', { held: true }),
        canary: {
          ...dynamic(),
          steps: [{ setWeight: 25 }, { setWeight: 50 }, { setWeight: 75 }, { pause: {} }],
        },
      }),
    ],
    play: [
      ready(1, 4),
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { step: 3, 'revision 1': '1 wanted, 1 available' }),
      abort,
      at('stable has one pod', 'Degraded RolloutAborted', {
        'revision 1': / 1 available/,
      }),
      ready(1, 1),
      at('stable has two', 'Degraded RolloutAborted', { 'revision 1': / 2 available/ }),
      ready(1, 1),
      at('stable has three', 'Degraded RolloutAborted', { 'revision 1': / 3 available/ }),
      ready(1, 1),
      at('stable is whole', 'Degraded RolloutAborted', {
        'revision 1': '4 wanted, 4 available',
        'revision 2': /^0 wanted/,
      }),
    ],
  },
  {
    name: 'dynamic-stable-scale-abort-delay',
    objects: shopOf({
      ...dynamic(),
      abortScaleDownDelaySeconds: 600,
      steps: [{ setWeight: 75 }, { pause: {} }],
    }),
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { 'revision 1': '1 wanted, 1 available' }),
      abort,
      at('aborted', 'Degraded RolloutAborted', {
        'revision 1': '4 wanted, 4 available',
        'route reviews http 0': /stable 100/,
      }),
    ],
  },
  {
    name: 'dynamic-stable-scale-back-to-stable',
    objects: shopOf({ ...dynamic(), steps: [{ setWeight: 75 }, { pause: {} }] }),
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { 'revision 1': '1 wanted, 1 available' }),
      push('v1'),
      at('back', 'Healthy', {
        'revision 3': '4 wanted, 4 available',
        'route reviews http 0': /stable 100/,
      }),
    ],
  },
  {
    name: 'dynamic-stable-scale-promote-full',
    objects: shopOf({
      ...dynamic(),
      steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 75 }, { pause: {} }],
    }),
    play: [
      firstVersion,
      push('v2', { held: true }),
      ready(2, 1),
      until('Paused CanaryPauseStep', { step: 1 }),
      promoteFull,
      at('waits for its pods', /./, { 'revision 2': '4 wanted, 1 available' }),
      ready(2, 1),
      at('two are up', /./, { 'revision 2': '4 wanted, 2 available' }),
      ready(2, 2),
      at('promoted', 'Healthy', {
        'revision 2': '4 wanted, 4 available',
        'route reviews http 0': /stable 100/,
      }),
    ],
  },
  {
    name: 'dynamic-stable-scale-and-scaling',
    objects: shopOf({ ...dynamic(), steps: [{ setWeight: 50 }, { pause: {} }] }),
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { 'revision 1': '2 wanted, 2 available' }),
      scale(8),
      at('twice as many', 'Paused CanaryPauseStep', {
        'revision 1': '4 wanted, 4 available',
        'revision 2': '4 wanted, 4 available',
      }),
      scale(2),
      at('few', 'Paused CanaryPauseStep', {
        'revision 1': '1 wanted, 1 available',
        'revision 2': '1 wanted, 1 available',
      }),
    ],
  },
]

const delays: readonly Scenario[] = [
  {
    name: 'scale-down-delay-of-zero',
    objects: shopOf({ ...hostSplit, scaleDownDelaySeconds: 0, steps }),
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { step: 1 }),
      promote,
      at('promoted', 'Healthy', { 'route reviews http 0': /stable 100/ }),
    ],
  },
  {
    name: 'scale-down-delay-revision-limit',
    objects: shopOf({ ...patient, scaleDownDelayRevisionLimit: 1 }),
    play: [
      firstVersion,
      push('v2'),
      at('one old version is kept', 'Healthy', {
        'revision 2': /^4 wanted, 4/,
        'route reviews http 0': /stable 100/,
      }),
      push('v3'),
      at('the older one is not', 'Healthy', {
        'revision 3': /^4 wanted, 4/,
        'revision 1': /^0 wanted, 0/,
      }),
      push('v2'),
      at('back within the delay', 'Healthy', {
        'revision 4': /^4 wanted, 4/,
        'route reviews http 0': /stable 100/,
      }),
    ],
  },
  {
    name: 'undo-within-the-delay',
    objects: shopOf({ ...patient, steps }),
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { step: 1 }),
      promote,
      until('Healthy', { 'revision 2': /^4 wanted, 4/, 'route reviews http 0': /stable 100/ }),
      undo(1),
      at('undone', 'Paused CanaryPauseStep', { 'revision 3': /./ }),
    ],
  },
  {
    name: 'abort-keeps-the-canary',
    objects: shopOf({ ...hostSplit, abortScaleDownDelaySeconds: 0, steps }),
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { step: 1 }),
      abort,
      at('aborted', 'Degraded RolloutAborted', { 'route reviews http 0': /stable 100/ }),
      retry,
      at('tried again', 'Paused CanaryPauseStep', { step: 1, 'route reviews http 0': /stable 50/ }),
    ],
  },
  {
    name: 'abort-keeps-the-scaled-canary',
    objects: shopOf({
      ...hostSplit,
      abortScaleDownDelaySeconds: 0,
      steps: [{ setCanaryScale: { replicas: 3 } }, { setWeight: 25 }, { pause: {} }],
    }),
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { step: 2 }),
      abort,
      at('aborted', 'Degraded RolloutAborted', { 'route reviews http 0': /stable 100/ }),
    ],
  },
  {
    name: 'abort-while-stable-pods-are-down',
    objects: shopOf({ ...hasty, steps }),
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { step: 1 }),
      unready(1, 2),
      until(/./, { 'revision 1': '4 wanted, 2 available' }),
      abort,
      wait(3),
      at('aborted', 'Degraded RolloutAborted'),
      ready(1, 2),
      at('stable is whole again', 'Degraded RolloutAborted', { 'revision 2': /^0 wanted, 0/ }),
    ],
  },
]

const scaled: readonly Scenario[] = [
  {
    name: 'set-canary-scale',
    objects: shopOf({
      ...hasty,
      steps: [
        { setCanaryScale: { replicas: 1 } },
        { pause: {} },
        { setCanaryScale: { weight: 75 } },
        { pause: {} },
        { setWeight: 50 },
        { pause: {} },
        { setCanaryScale: { matchTrafficWeight: true } },
        { pause: {} },
        { setCanaryScale: { replicas: 7 } },
        { pause: {} },
      ],
    }),
    play: [
      firstVersion,
      push('v2'),
      at('one replica', 'Paused CanaryPauseStep', { step: 1 }),
      promote,
      at('three quarters', 'Paused CanaryPauseStep', { step: 3 }),
      promote,
      at('half the weight', 'Paused CanaryPauseStep', { step: 5 }),
      promote,
      at('as the weight says', 'Paused CanaryPauseStep', { step: 7 }),
      promote,
      at('more than there are', 'Paused CanaryPauseStep', { step: 9 }),
      promote,
      at('promoted', 'Healthy', { 'revision 1': /^0 wanted, 0/ }),
    ],
  },
]

const services = [service('reviews-stable'), service('reviews-canary')]

function basic(
  name: string,
  strategy: JsonObject,
  play: readonly Act[],
  more: readonly JsonObject[] = [],
): Scenario {
  return { name: `basic-${name}`, objects: [...more, rollout({ canary: strategy })], play }
}

/** Every limit with the same release: half, a pause, the rest, while pods come up one by one. */
const basics: readonly Scenario[] = [
  ...[
    { name: 'surge-one', maxSurge: 1, maxUnavailable: 0 },
    { name: 'unavailable-one', maxSurge: 0, maxUnavailable: 1 },
    { name: 'default-limits' },
    { name: 'surge-all', maxSurge: '100%', maxUnavailable: '0%' },
    { name: 'unavailable-half', maxSurge: 0, maxUnavailable: '50%' },
  ].map(({ name, ...limits }) =>
    basic(name, { ...limits, steps }, [
      firstVersion,
      push('v2', { held: true }),
      at('none is up', 'Progressing', {
        'annotation rollout.argoproj.io/revision': '2',
        'revision 2': /^[1-9]/,
      }),
      ready(2, 1),
      at('one is up', /./, { 'revision 2': /[1-9] available/ }),
      abort,
      at('aborted', 'Degraded RolloutAborted', { 'revision 2': /^0 wanted/ }),
    ]),
  ),
  basic(
    'weights',
    {
      maxSurge: 1,
      maxUnavailable: 0,
      steps: [
        { setWeight: 10 },
        { pause: {} },
        { setWeight: 50 },
        { pause: {} },
        { setWeight: 90 },
        { pause: {} },
      ],
    },
    [
      at('first version', 'Healthy'),
      push('v2'),
      at('ten percent', 'Paused CanaryPauseStep', { step: 1 }),
      promote,
      at('half', 'Paused CanaryPauseStep', { step: 3 }),
      promote,
      at('ninety percent', 'Paused CanaryPauseStep', { step: 5 }),
      promote,
      at('promoted', 'Healthy', { 'revision 1': /^0 wanted, 0/ }),
    ],
  ),
  basic('no-steps', { maxSurge: 1, maxUnavailable: 0 }, [
    firstVersion,
    push('v2', { held: true }),
    at('the first one', 'Progressing', { 'revision 2': '1 wanted, 0 available' }),
    ready(2, 1),
    at('the second one', 'Progressing', { 'revision 2': '2 wanted, 1 available' }),
    push('v3'),
    at('third version', 'Healthy', { 'revision 3': '4 wanted, 4 available' }),
  ]),
  basic(
    'with-services',
    { canaryService: 'reviews-canary', stableService: 'reviews-stable', steps },
    [
      at('first version', 'Healthy'),
      push('v2'),
      at('paused', 'Paused CanaryPauseStep', { step: 1 }),
      abort,
      at('aborted', 'Degraded RolloutAborted', { 'revision 1': /^4 wanted, 4/ }),
      retry,
      until('Paused CanaryPauseStep', { step: 1 }),
      promote,
      at('promoted', 'Healthy', { 'revision 1': /^0 wanted, 0/ }),
    ],
    services,
  ),
  basic('scaling', { maxSurge: 1, maxUnavailable: 0, steps: [{ setWeight: 25 }, { pause: {} }] }, [
    firstVersion,
    push('v2'),
    at('a quarter', 'Paused CanaryPauseStep', { 'revision 2': '1 wanted, 1 available' }),
    scale(8),
    at('of eight', 'Paused CanaryPauseStep', {
      'revision 1': '6 wanted, 6 available',
      'revision 2': '2 wanted, 2 available',
    }),
    scale(2),
    at('of two', 'Paused CanaryPauseStep', { 'spec.replicas': 2 }),
  ]),
  basic('update-and-back', { maxSurge: 1, maxUnavailable: 0, steps }, [
    firstVersion,
    push('v2'),
    until('Paused CanaryPauseStep', { 'revision 2': '2 wanted, 2 available' }),
    push('v3'),
    at('third version', 'Paused CanaryPauseStep', { 'revision 3': '2 wanted, 2 available' }),
    push('v1'),
    at('back to stable', 'Healthy', { 'revision 4': '4 wanted, 4 available' }),
  ]),
  basic('stable-is-down', { maxSurge: 0, maxUnavailable: 1, steps }, [
    firstVersion,
    unready(1, 2),
    until(/./, { 'revision 1': '4 wanted, 2 available' }),
    push('v2'),
    at('half', 'Paused CanaryPauseStep', { 'revision 2': '2 wanted, 2 available' }),
  ]),
  basic(
    'promote-full',
    { maxSurge: 1, maxUnavailable: 0, steps: [{ setWeight: 25 }, { pause: {} }] },
    [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { step: 1 }),
      promoteFull,
      at('promoted', 'Healthy', { 'revision 2': /^4 wanted, 4/ }),
    ],
  ),
  {
    name: 'traffic-routing-is-taken-away',
    objects: shopOf({ ...patient, steps }),
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { step: 1 }),
      canary({
        trafficRouting: null,
        scaleDownDelaySeconds: null,
        abortScaleDownDelaySeconds: null,
      }),
      at('by pods alone', 'Paused CanaryPauseStep', { 'revision 1': '2 wanted, 2 available' }),
    ],
  },
]

export const counts: readonly Scenario[] = [
  ...deadlines,
  ...thresholds,
  ...dynamicStable,
  ...delays,
  ...scaled,
  ...basics,
]
