/**
 * Somebody else moves the weights: told each time with who it was, set right a few times, then the release pauses instead of fighting.
 * Where there is nothing to pause (an abort, a Rollout that is settled) the weight is set right again after a rest, without end: the way
 * back is not somebody else's to close.
 */
import { type Json, numberAt, parseJson, textAt } from '../json.ts'
import { type Instant, parseTimestamp, plus, seconds, timestamp, type Weight } from '../units.ts'
import { type Action, warning } from './action.ts'
import { driftAnnotation, fieldManager } from './keys.ts'
import { currentOf, type Scene } from './scene.ts'
import type { Standing } from './stage.ts'
import { carriedWeight } from './traffic.ts'
import { canaryWeightFor } from './weight.ts'

/** How often a weight is set right at one step before the release pauses. */
const mostTimes = 3
/** Between two tries where there is nothing to pause. */
const rest = seconds(30)

export type Drift =
  | { readonly kind: 'none' }
  /** To be set right, for the nth time. */
  | ({ readonly kind: 'again'; readonly time: number } & Foreign)
  /** Left alone: until then, or until a person goes on. */
  | ({ readonly kind: 'hold'; readonly until: Instant | 'change' } & Foreign)

type Foreign = {
  readonly by: string
  readonly carried: Weight | undefined
  readonly wanted: Weight
}

export function driftOf(scene: Scene, standing: Standing, now: Instant): Drift {
  const ledger = ledgerOf(scene, standing)
  const foreign = foreignWeight(scene, standing)
  if (foreign === undefined || !hasStood(scene, foreign, ledger)) return { kind: 'none' }
  const times = timesIn(ledger, standing)
  const until = times < mostTimes ? now : restFor(standing, ledger, now)
  return until === 'change' || now < until
    ? { kind: 'hold', until, ...foreign }
    : { kind: 'again', time: times + 1, ...foreign }
}

/** A person who goes on gives it new tries. */
function timesIn(ledger: Ledger | undefined, standing: Standing): number {
  return ledger === undefined || isResumed(standing) ? 0 : ledger.times
}

/** Too often set right: what can pause does. */
function restFor(standing: Standing, ledger: Ledger | undefined, now: Instant): Instant | 'change' {
  return canPause(standing) ? 'change' : plus(ledger?.at ?? now, rest)
}

function foreignWeight(scene: Scene, standing: Standing): Foreign | undefined {
  const wanted = canaryWeightFor(scene, standing)
  const carried = carriedWeight(scene)
  const by = foreignWriter(scene)
  const isOurs = wanted === undefined || wanted === carried || by === undefined
  return isOurs ? undefined : { by, carried, wanted }
}

/** A weight that was never written is ours to write, and no drift. */
function hasStood({ status }: Scene, { wanted }: Foreign, ledger: Ledger | undefined): boolean {
  return ledger !== undefined || status.weights?.canary.weight === wanted
}

/** The entry in the ledger, to be written before the weight: a pass that dies in between has counted. */
export function driftActions(
  scene: Scene,
  standing: Standing,
  drift: Drift,
  now: Instant,
): readonly Action[] {
  const current = currentOf(scene)
  if (drift.kind !== 'again' || current === undefined) return []
  const { by, carried, wanted, time } = drift
  const entry = { at: timestamp(now), where: placeOf(standing), times: time, by }
  const found = carried === undefined ? 'no clear weight' : `${carried} %`
  const message = `'${by}' changed the traffic: the canary had ${found}, set back to ${wanted} % (time ${time}); keep it from writing weights while a release is under way`
  return [
    {
      kind: 'merge',
      ref: { kind: 'ReplicaSet', namespace: scene.rollout.namespace, name: current.name },
      body: { metadata: { annotations: { [driftAnnotation]: JSON.stringify(entry) } } },
      notes: [warning('TrafficWeightDrift', message)],
    },
  ]
}

type Ledger = { readonly at: Instant; readonly times: number }

/** What was counted at this very place of the release; another step begins anew. */
function ledgerOf(scene: Scene, standing: Standing): Ledger | undefined {
  const json: Json = parseJson(currentOf(scene)?.annotations[driftAnnotation])
  const at = parseTimestamp(textAt(json, 'at') ?? '')
  const times = numberAt(json, 'times')
  if (at === undefined || times === undefined) return undefined
  return textAt(json, 'where') === placeOf(standing) ? { at, times } : undefined
}

function placeOf({ stage, index }: Standing): string {
  return `${stage.kind} ${index}`
}

/** Whether a pause can hold it. A full promotion is a person's word against it. */
function canPause({ stage, promoteFull }: Standing): boolean {
  return !promoteFull && (stage.kind === 'stepping' || stage.kind === 'promoting')
}

/** A person cleared the pauses. */
function isResumed({ pauses, controllerPause }: Standing): boolean {
  return controllerPause && pauses.length === 0
}

/** Who wrote a VirtualService last, when it was not us. */
function foreignWriter({ traffic }: Scene): string | undefined {
  if (traffic.kind === 'none') return undefined
  return traffic.virtualServices.find(
    ({ lastWriter }) => lastWriter !== undefined && lastWriter !== fieldManager,
  )?.lastWriter
}
