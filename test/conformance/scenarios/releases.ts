/** The ways a release goes, split between two Services. */
import { canary, hostSplit, push, rollout, shop, spec, template } from '../manifests.ts'
import {
  abort,
  at,
  merge,
  promote,
  ready,
  restartController,
  retry,
  type Scenario,
  scale,
  undo,
  until,
  wait,
} from '../scenario.ts'

const steps = [{ setWeight: 50 }, { pause: {} }]
/** So that a station sees either the beginning or the end of a delay, never its middle. Under a quarter of an hour: Argo's resync. */
const patient = { ...hostSplit, scaleDownDelaySeconds: 600, abortScaleDownDelaySeconds: 600 }
const hasty = { ...hostSplit, scaleDownDelaySeconds: 1, abortScaleDownDelaySeconds: 1 }

const firstVersion = until('Healthy', { 'revision 1': '4 wanted, 4 available' })
const paused = { step: 1, 'revision 2': '2 wanted, 2 available' }

export const releases: readonly Scenario[] = [
  {
    name: 'first-deploy',
    objects: [...shop, rollout({ canary: { ...hostSplit, steps } })],
    play: [at('healthy', 'Healthy')],
  },
  {
    name: 'first-deploy-without-replicas',
    objects: [...shop, rollout({ replicas: null })],
    play: [at('healthy', 'Healthy')],
  },
  {
    name: 'first-deploy-that-does-not-come-up',
    objects: [
      ...shop,
      rollout({ spec: { progressDeadlineSeconds: 3 }, template: template('v1', { held: true }) }),
    ],
    play: [
      at('too late', 'Degraded ProgressDeadlineExceeded'),
      ready(1, 4),
      at('late but well', 'Healthy'),
    ],
  },
  {
    name: 'host-split',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [
      at('first version', 'Healthy'),
      push('v2'),
      at('paused', 'Paused CanaryPauseStep', paused),
      promote,
      at('promoted', 'Healthy', { 'route reviews http 0': /stable 100/ }),
    ],
  },
  {
    name: 'host-split-to-the-end',
    objects: [...shop, rollout({ canary: { ...hasty, steps } })],
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', paused),
      promote,
      at('the old version is gone', 'Healthy', { 'revision 1': '0 wanted, 0 available' }),
    ],
  },
  {
    name: 'update-in-the-middle',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [
      firstVersion,
      push('v2'),
      at('second version', 'Paused CanaryPauseStep', paused),
      push('v3'),
      at('third version', 'Paused CanaryPauseStep', { 'revision 3': '2 wanted, 2 available' }),
      push('v2'),
      at('second version again', 'Paused CanaryPauseStep', {
        'revision 4': '2 wanted, 2 available',
      }),
    ],
  },
  {
    name: 'update-to-a-version-that-is-not-ready',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', paused),
      push('v3', { held: true }),
      at('third version waits', 'Progressing', { 'revision 3': /^2 wanted/ }),
      ready(3, 2),
      at('third version', 'Paused CanaryPauseStep', { 'revision 3': '2 wanted, 2 available' }),
    ],
  },
  {
    name: 'back-to-stable',
    objects: [...shop, rollout({ canary: { ...hasty, steps } })],
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', paused),
      push('v1'),
      at('back', 'Healthy', { 'revision 3': '4 wanted, 4 available', 'revision 2': /^0 wanted/ }),
    ],
  },
  {
    name: 'abort-and-retry',
    objects: [...shop, rollout({ canary: { ...hasty, steps } })],
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', paused),
      abort,
      at('aborted', 'Degraded RolloutAborted', { 'revision 2': '0 wanted, 0 available' }),
      retry,
      at('tried again', 'Paused CanaryPauseStep', paused),
      promote,
      at('promoted', 'Healthy', { 'revision 1': /^0 wanted/ }),
    ],
  },
  {
    name: 'abort-and-update',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', paused),
      abort,
      at('aborted', 'Degraded RolloutAborted', { 'route reviews http 0': /stable 100/ }),
      push('v3'),
      at('third version', 'Paused CanaryPauseStep', { 'revision 3': '2 wanted, 2 available' }),
    ],
  },
  {
    name: 'abort-with-a-delay-of-an-hour',
    objects: [
      ...shop,
      rollout({ canary: { ...hostSplit, abortScaleDownDelaySeconds: 3600, steps } }),
    ],
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', paused),
      abort,
      at('aborted', 'Degraded RolloutAborted', { 'route reviews http 0': /stable 100/ }),
    ],
  },
  {
    name: 'abort-what-is-finished',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [firstVersion, abort, wait(2), at('nothing to abort', 'Healthy')],
  },
  {
    name: 'promote-what-is-finished',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [firstVersion, promote, wait(2), at('nothing to promote', 'Healthy')],
  },
  {
    name: 'pauses-that-end',
    objects: [
      ...shop,
      rollout({
        canary: {
          ...hasty,
          steps: [
            { setWeight: 25 },
            { pause: { duration: 1 } },
            { setWeight: 50 },
            { pause: { duration: '1s' } },
            { setWeight: 75 },
            { pause: { duration: '1' } },
          ],
        },
      }),
    ],
    play: [
      firstVersion,
      push('v2'),
      at('promoted', 'Healthy', { 'revision 1': '0 wanted, 0 available' }),
    ],
  },
  {
    name: 'steps-change-in-the-middle',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', paused),
      canary({ steps: [{ setWeight: 25 }, { pause: {} }] }),
      at('by the new steps', 'Paused CanaryPauseStep', { 'revision 2': '1 wanted, 1 available' }),
    ],
  },
  {
    name: 'steps-change-at-rest',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [
      firstVersion,
      canary({ steps: [{ setWeight: 25 }, { pause: {} }] }),
      at('at rest', 'Healthy', { observed: true }),
    ],
  },
  {
    name: 'undo-outside-the-window',
    objects: [
      ...shop,
      rollout({ canary: { ...hasty, steps: [{ setWeight: 50 }, { pause: {} }] } }),
    ],
    play: [
      firstVersion,
      ...released('v2', 2),
      undo(1),
      at('by all steps', 'Paused CanaryPauseStep', { 'revision 3': '2 wanted, 2 available' }),
    ],
  },
  {
    name: 'undo-inside-the-window',
    objects: [
      ...shop,
      rollout({ canary: { ...patient, steps }, spec: { rollbackWindow: { revisions: 2 } } }),
    ],
    play: [
      firstVersion,
      ...released('v2', 2, false),
      ...released('v3', 3, false),
      undo(1),
      at('at once', 'Healthy', { 'revision 4': '4 wanted, 4 available' }),
    ],
  },
  {
    name: 'undo-just-outside-the-window',
    objects: [
      ...shop,
      rollout({ canary: { ...patient, steps }, spec: { rollbackWindow: { revisions: 1 } } }),
    ],
    play: [
      firstVersion,
      ...released('v2', 2, false),
      ...released('v3', 3, false),
      undo(1),
      at('by all steps', 'Paused CanaryPauseStep'),
    ],
  },
  {
    name: 'paused-by-a-user',
    objects: [
      ...shop,
      rollout({
        canary: {
          ...patient,
          steps: [{ setWeight: 50 }, { pause: { duration: '1s' } }, { setWeight: 75 }],
        },
      }),
    ],
    play: [
      firstVersion,
      spec({ paused: true }),
      at('paused at rest', 'Paused manually paused'),
      push('v2'),
      wait(3),
      at('nothing goes on', 'Paused manually paused'),
      spec({ paused: false }),
      at('promoted', 'Healthy', {
        'route reviews http 0': /stable 100/,
        'revision 2': /^4 wanted, 4/,
      }),
    ],
  },
  {
    name: 'paused-by-a-user-in-the-middle',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', paused),
      spec({ paused: true }),
      at('both pauses', 'Paused manually paused'),
      scale(8),
      at('scaled while paused', 'Paused manually paused', { 'spec.replicas': 8 }),
      promote,
      at('promoted', 'Healthy', { 'route reviews http 0': /stable 100/ }),
    ],
  },
  {
    name: 'scale-at-rest',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [
      firstVersion,
      scale(7),
      at('scaled up', 'Healthy', { 'revision 1': '7 wanted, 7 available' }),
      scale(0),
      at('scaled to zero', /./, { 'revision 1': '0 wanted, 0 available' }),
      scale(3),
      at('and back', 'Healthy', { 'revision 1': '3 wanted, 3 available' }),
    ],
  },
  {
    name: 'scale-to-zero-in-the-middle',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', paused),
      scale(0),
      at('scaled to zero', /./, { 'revision 1': /^0 wanted, 0/, 'revision 2': /^0 wanted, 0/ }),
      scale(4),
      at('and back', 'Paused CanaryPauseStep', paused),
    ],
  },
  {
    name: 'scaled-like-an-hpa',
    objects: [
      ...shop,
      rollout({ canary: { ...patient, steps: [{ setWeight: 20 }, { pause: {} }] } }),
    ],
    play: [
      firstVersion,
      push('v2'),
      until('Paused CanaryPauseStep', { step: 1 }),
      scale(5),
      at('five', 'Paused CanaryPauseStep', { 'revision 1': /^5 wanted, 5/ }),
      scale(11),
      at('eleven', 'Paused CanaryPauseStep', { 'revision 1': /^11 wanted, 11/ }),
      scale(6),
      at('six', 'Paused CanaryPauseStep', { 'revision 1': /^6 wanted, 6/ }),
    ],
  },
  {
    name: 'template-and-replicas-at-once',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [
      firstVersion,
      merge('Rollout', 'reviews', {
        spec: {
          replicas: 6,
          template: { spec: { containers: [{ name: 'reviews', image: 'reviews:v2' }] } },
        },
      }),
      at('paused', 'Paused CanaryPauseStep', { 'revision 2': '3 wanted, 3 available' }),
    ],
  },
  {
    name: 'no-steps',
    objects: [...shop, rollout({ canary: hasty })],
    play: [
      firstVersion,
      push('v2', { held: true }),
      at('waits for its pods', 'Progressing', { 'revision 2': /^4 wanted/ }),
      ready(2, 3),
      at('one is missing', 'Progressing', { 'revision 2': '4 wanted, 3 available' }),
      ready(2, 1),
      at('promoted', 'Healthy', { 'revision 1': '0 wanted, 0 available' }),
    ],
  },
  {
    name: 'revision-history-limit',
    objects: [...shop, rollout({ canary: hasty, spec: { revisionHistoryLimit: 1 } })],
    play: [
      firstVersion,
      push('v2'),
      until('Healthy', { 'revision 1': /^0 wanted, 0/, 'revision 2': /^4 wanted, 4/ }),
      push('v3'),
      until('Healthy', { 'revision 2': /^0 wanted, 0/, 'revision 3': /^4 wanted, 4/ }),
      push('v4'),
      at('one old ReplicaSet is kept', 'Healthy', {
        'revision 3': /^0 wanted, 0/,
        'revision 4': /^4 wanted, 4/,
      }),
    ],
  },
  {
    name: 'annotations-and-labels',
    objects: [
      ...shop,
      rollout({ canary: { ...patient, steps }, annotations: { team: 'shop', note: 'first' } }),
    ],
    play: [
      firstVersion,
      merge('Rollout', 'reviews', { metadata: { annotations: { note: 'second' } } }),
      push('v2', { labels: { track: 'new' } }),
      at('paused', 'Paused CanaryPauseStep', paused),
    ],
  },
  {
    name: 'restart-at-rest',
    objects: [...shop, rollout({ canary: { ...patient, steps } })],
    play: [firstVersion, restartController, wait(2), at('after a restart', 'Healthy')],
  },
]

/** A whole release; its predecessor is gone unless told otherwise. */
function released(version: string, revision: number, isOver = true): Scenario['play'] {
  return [
    push(version),
    until('Paused CanaryPauseStep', { [`revision ${revision}`]: '2 wanted, 2 available' }),
    promote,
    until('Healthy', {
      [`revision ${revision}`]: '4 wanted, 4 available',
      'route reviews http 0': /stable 100/,
      ...(isOver ? { [`revision ${revision - 1}`]: /^0 wanted, 0/ } : {}),
    }),
  ]
}
