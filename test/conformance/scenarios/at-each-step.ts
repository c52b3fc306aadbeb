/** What people and clusters do to a release, at each of its steps. */
import { push } from '../manifests.ts'
import {
  abort,
  at,
  promote,
  promoteFull,
  ready,
  restartController,
  retry,
  type Scenario,
  scale,
} from '../scenario.ts'
import { atEachStop, throughAllStops } from './tour.ts'

export const atEachStep: readonly Scenario[] = [
  ...atEachStop('abort-while', () => [
    abort,
    at('aborted', 'Degraded RolloutAborted', { 'revision 2': /^0 wanted/ }),
    retry,
    at('tried again', 'Progressing', { step: 0, 'revision 2': /^1 wanted/ }),
  ]),
  ...atEachStop('promote-full-while', () => [
    promoteFull,
    at('on its way', 'Progressing', { 'revision 2': /^4 wanted/ }),
    ready(2, 1),
  ]).map(untilAllAreReady),
  ...atEachStop('back-to-stable-while', () => [
    push('v1'),
    at('back', 'Healthy', { 'revision 3': '4 wanted, 4 available' }),
  ]),
  ...atEachStop('update-while', () => [
    push('v3'),
    at('the third version', 'Paused CanaryPauseStep', { step: 1, 'revision 3': /^1 wanted/ }),
  ]),
  ...atEachStop('scale-while', () => [
    scale(8),
    at('twice as many', /./, { 'spec.replicas': 8, 'revision 1': '8 wanted, 8 available' }),
    scale(2),
    at('half as many', /./, { 'spec.replicas': 2, 'revision 1': '2 wanted, 2 available' }),
  ]),
  throughAllStops('restart-at-each-step', () => [restartController, at('after a restart', /./)]),
  throughAllStops('promote-before-its-time', (stop) =>
    stop === 'weighing' || stop === 'scaling' ? [promote, at('promoted early', /./)] : [],
  ),
]

/** The pods that are still held come up, and the release ends. */
function untilAllAreReady(scenario: Scenario): Scenario {
  const held = { weighing: 4, 'first-pause': 3, scaling: 3, 'second-pause': 1, finishing: 1 }
  const missing = Object.entries(held).find(([stop]) =>
    scenario.name.endsWith(`while-${stop}`),
  )?.[1]
  return {
    ...scenario,
    play: [
      ...scenario.play.slice(0, -1),
      ready(2, missing ?? 0),
      at('promoted', 'Healthy', { 'route reviews http 0': /stable 100/ }),
    ],
  }
}
