/** One release whose pods come up only when told to, so that it can be stopped at every step. */
import type { JsonObject } from '../../../src/core/json.ts'
import { hostSplit, push, rollout, shop } from '../manifests.ts'
import { type Act, at, promote, ready, type Scenario, until } from '../scenario.ts'

export const tourSteps: readonly JsonObject[] = [
  { setWeight: 25 },
  { pause: {} },
  { setCanaryScale: { weight: 75 } },
  { setWeight: 50 },
  { pause: {} },
]

type Stop = { readonly name: string; readonly reach: readonly Act[]; readonly there: Act }

/** In order; each is reached from the one before. */
const stops: readonly Stop[] = [
  {
    name: 'weighing',
    reach: [push('v2', { held: true })],
    there: at('step 0 waits for its pod', 'Progressing', { step: 0, 'revision 2': /^1 wanted/ }),
  },
  {
    name: 'first-pause',
    reach: [ready(2, 1)],
    there: at('paused at step 1', 'Paused CanaryPauseStep', { step: 1 }),
  },
  {
    name: 'scaling',
    reach: [promote],
    there: at('step 2 waits for its pods', 'Progressing', { step: 2, 'revision 2': /^3 wanted/ }),
  },
  {
    name: 'second-pause',
    reach: [ready(2, 2)],
    there: at('paused at step 4', 'Paused CanaryPauseStep', { step: 4 }),
  },
  {
    name: 'finishing',
    reach: [promote],
    there: at('the last pod is waited for', 'Progressing', { step: 5, 'revision 2': /^4 wanted/ }),
  },
]

/** A scenario for each stop: up to there, what `then` does, and what comes of it. */
export function atEachStop(
  name: string,
  then: (stop: string) => readonly Act[],
  canary: JsonObject = {},
): readonly Scenario[] {
  return stops.map((stop, index) => ({
    name: `${name}-${stop.name}`,
    objects: tourObjects(canary),
    play: [
      until('Healthy', { 'revision 1': '4 wanted, 4 available' }),
      ...stops.slice(0, index).flatMap(({ reach, there }) => [...reach, waitedFor(there)]),
      ...stop.reach,
      stop.there,
      ...then(stop.name),
    ],
  }))
}

/** The whole way in one scenario, with something at each stop. */
export function throughAllStops(
  name: string,
  then: (stop: string) => readonly Act[],
  canary: JsonObject = {},
): Scenario {
  return {
    name,
    objects: tourObjects(canary),
    play: [
      until('Healthy', { 'revision 1': '4 wanted, 4 available' }),
      ...stops.flatMap(({ name: stop, reach, there }) => [...reach, there, ...then(stop)]),
    ],
  }
}

function tourObjects(canary: JsonObject): readonly JsonObject[] {
  const long = { scaleDownDelaySeconds: 600, abortScaleDownDelaySeconds: 1 }
  return [...shop, rollout({ canary: { ...hostSplit, ...long, steps: tourSteps, ...canary } })]
}

function waitedFor(act: Act): Act {
  return act.act === 'station' ? { ...act, act: 'until' } : act
}
