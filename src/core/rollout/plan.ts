/** One pass, thought through: what is decided, the writes in their order, the status that is left, what is told, when to look again. */
import { earliest, type Instant, instant } from '../units.ts'
import type { Action, Note } from './action.ts'
import { affinityActions } from './anti-affinity.ts'
import { changes } from './changes.ts'
import { type Decision, decide } from './decide.ts'
import { type Drift, driftActions, driftOf } from './drift.ts'
import { gathered } from './gather.ts'
import { tidy } from './history.ts'
import { journalAction } from './journal-action.ts'
import { begun, deployed, notesOf } from './notes.ts'
import { nextLookAtPods } from './pod-look.ts'
import { podMetadataActions, templateMetadataActions } from './pod-metadata.ts'
import { timedReasons } from './progress.ts'
import { statusAfter } from './record.ts'
import { restartActions } from './restart.ts'
import { revisionActions, withNewborn } from './revision.ts'
import { planRuns } from './runs.ts'
import type { Scene } from './scene.ts'
import { type Shape, shapeFor } from './shape.ts'
import { type Standing, standingOf } from './stage.ts'
import type { RolloutStatus } from './status.ts'
import { generationActions, scaleDownActions } from './workload.ts'

export type Plan = {
  readonly standing: Standing
  readonly decision: Decision
  /** Nothing is to be done on the strength of this decision before it is recorded: whoever forgot it would decide otherwise. */
  readonly binds: boolean
  readonly actions: readonly Action[]
  /** To be recorded once all actions are done. */
  readonly status: RolloutStatus
  /** Beside the release: done once the status is recorded, so that none of them can hold it up. */
  readonly afterwards: readonly Action[]
  /** To be told once the status is recorded. */
  readonly notes: readonly Note[]
  /** When something is due even if nothing changes. */
  readonly wakeAt: Instant | undefined
}

/** Pure and idempotent: the same scene gives the same plan, and a scene that stands as wanted gives no action. */
export function plan(scene: Scene, now: Instant): Plan {
  const seen = standingOf(scene)
  const decision = decide(scene, seen, now)
  const standing = afterAbort(seen, decision)
  const runs = planRuns(scene, standing, now)
  const drift = driftOf(scene, standing, now)
  const born = withNewborn(scene, now)
  const shape = held(shapeFor(born, standing, now), drift)
  const status = statusAfter(scene, standing, decision, { runs, now })
  const moves = changes(born, shape)
  const opening = revisionActions(scene, now)
  const beginning = begun(scene, seen, status)
  const actions = gathered([
    ...telling(opening, beginning),
    ...affinityActions(scene),
    ...templateMetadataActions(scene),
    ...driftActions(scene, standing, drift, now),
    ...moves,
    ...runs.actions,
    ...journalAction(born, standing, decision, now),
    ...tidy(scene, runs),
    ...generationActions(scene),
  ])
  return {
    standing,
    decision,
    binds: binds(decision),
    actions: opening.length === 0 ? actions : endingWith(actions, deployed(scene, standing)),
    afterwards: [
      ...scaleDownActions(scene, status),
      ...podMetadataActions(scene),
      ...(moves.length === 0 ? restartActions(scene, now) : []),
    ],
    status,
    notes: [...(opening.length === 0 ? beginning : []), ...notesOf(scene, seen, decision, status)],
    wakeAt: wakeFor(scene, decision, { shape, drift }, now),
  }
}

/** The end of a pause, a verdict, and a first deployment are seen again by whoever looks again; a step that is over and a promotion are not. */
function binds({ kind, because }: Decision): boolean {
  if (kind === 'promote') return because.code !== 'InitialDeploy'
  return kind === 'advance' && !(because.code === 'StepCompleted' && because.step.kind === 'pause')
}

function telling([first, ...others]: readonly Action[], notes: readonly Note[]): readonly Action[] {
  return first === undefined ? [] : [{ ...first, notes: [...first.notes, ...notes] }, ...others]
}

function endingWith(actions: readonly Action[], notes: readonly Note[]): readonly Action[] {
  return telling(actions.toReversed(), notes).toReversed()
}

const forgotten = { pauses: [], controllerPause: false, promoteFull: false } as const

/** Harm is undone in the pass that notices it: the way back does not wait for the status to be written. */
function afterAbort(standing: Standing, decision: Decision): Standing {
  return decision.kind === 'abort'
    ? { ...standing, stage: { kind: 'aborted' }, ...forgotten }
    : standing
}

/** Weights that are not to be fought over stay as they are. */
function held(shape: Shape, drift: Drift): Shape {
  return drift.kind === 'hold' ? { ...shape, canary: undefined } : shape
}

/** Always in the future: what is overdue has been dealt with, or waits for a change. */
function wakeFor(
  scene: Scene,
  decision: Decision,
  { shape, drift }: { readonly shape: Shape; readonly drift: Drift },
  now: Instant,
): Instant | undefined {
  const times = [
    drift.kind === 'hold' && drift.until !== 'change' ? drift.until : undefined,
    decision.because.code === 'PausedByStep' ? decision.because.until : undefined,
    deadlineOf(scene),
    ...shape.pods.map(({ scaleDownAt }) => scaleDownAt),
    nextLookAtPods(scene, now),
  ]
  return earliest(...times.filter((at) => at !== undefined && at > now))
}

/** A second later than needed: the time on the server has no milliseconds. */
function deadlineOf({ spec, status }: Scene): Instant | undefined {
  const progressing = status.conditions.find(({ type }) => type === 'Progressing')
  return progressing !== undefined && timedReasons.includes(progressing.reason)
    ? instant(progressing.lastUpdateTime + spec.progressDeadline + 1000)
    : undefined
}
