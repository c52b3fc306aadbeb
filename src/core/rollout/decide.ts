/** The policy: what a release does next, and why. Pure; the rules are ordered lists. */

import { type Instant, plus, type Weight } from '../units.ts'
import { allTraffic, isAt, isUp, meets } from './counts.ts'
import { driftOf } from './drift.ts'
import type { RunFacts } from './facts.ts'
import { parseJournal } from './journal.ts'
import { journalAnnotation } from './keys.ts'
import { managedStand } from './managed.ts'
import { hasMoved, isLate } from './progress.ts'
import { isScaled, neededPods } from './scaled.ts'
import { currentOf, type Scene } from './scene.ts'
import type { PauseStep, Step } from './spec.ts'
import type { PromotionCause, Standing } from './stage.ts'
import type { PauseReason } from './status.ts'
import { carriedWeight } from './traffic.ts'

/** Why a decision was taken; `explain` turns it into words. */
export type Reason =
  | { readonly code: 'Completed' }
  | { readonly code: 'RolloutAborted' }
  | { readonly code: 'InitialDeploy' }
  | { readonly code: 'CompletedAllSteps'; readonly steps: number }
  | { readonly code: 'FullPromotion' }
  | { readonly code: 'RollbackWithinWindow' }
  | {
      readonly code: 'AnalysisFailed'
      readonly run: string
      readonly type: 'Step' | 'Background'
      readonly phase: string
      readonly message: string
    }
  | { readonly code: 'AnalysisInconclusive'; readonly run: string; readonly message: string }
  | { readonly code: 'ProgressDeadlineExceeded'; readonly replicaSet: string }
  | { readonly code: 'PausedByUser' }
  | { readonly code: 'PausedByStep'; readonly until: Instant | undefined }
  | { readonly code: 'PausedInconclusive' }
  | { readonly code: 'PausedByDrift' }
  | { readonly code: 'WeightDrift'; readonly by: string; readonly asked: Weight }
  | { readonly code: 'StepCompleted'; readonly step: Step }
  | { readonly code: 'WaitingForPods'; readonly available: number; readonly needed: number }
  | {
      readonly code: 'WaitingForWeight'
      readonly asked: Weight
      readonly carried: Weight | undefined
    }
  | { readonly code: 'WaitingForRoutes' }
  | { readonly code: 'WaitingForAnalysis'; readonly run: string | undefined }

export type Decision =
  /** Keep everything as this stage wants it. */
  | { readonly kind: 'wait'; readonly until: Instant | 'change'; readonly because: Reason }
  /** The current step is done. */
  | { readonly kind: 'advance'; readonly because: Reason }
  /** Begin a pause of this kind. */
  | { readonly kind: 'pause'; readonly reason: PauseReason; readonly because: Reason }
  /** The canary becomes the stable revision. */
  | { readonly kind: 'promote'; readonly because: Reason }
  | { readonly kind: 'abort'; readonly because: Reason }

type Rule = (scene: Scene, standing: Standing, now: Instant) => Decision | undefined

/** Rules that hold at every step. The order is the policy: harm comes before wishes. */
const guards: readonly Rule[] = [
  canaryIsWorse,
  outOfTime,
  pausedByUser,
  pausedInconclusive,
  inconclusive,
  moved,
]

/** A person who promotes in full has overruled the analysis; a rollback within the window needs none. */
const guardsWithoutAnalysis: readonly Rule[] = [outOfTime, pausedByUser]

export function decide(scene: Scene, standing: Standing, now: Instant): Decision {
  const { stage } = standing
  switch (stage.kind) {
    case 'first':
      return deploy(scene)
    case 'settled':
      return wait({ code: 'Completed' })
    case 'aborted':
      return wait({ code: 'RolloutAborted' })
    case 'stepping':
      return firstOf(guards, scene, standing, now) ?? decideStep(scene, standing, now)
    case 'promoting': {
      const rules = stage.because === 'CompletedAllSteps' ? guards : guardsWithoutAnalysis
      return firstOf(rules, scene, standing, now) ?? finish(scene, stage.because)
    }
  }
}

function firstOf(
  rules: readonly Rule[],
  scene: Scene,
  standing: Standing,
  now: Instant,
): Decision | undefined {
  for (const rule of rules) {
    const decision = rule(scene, standing, now)
    if (decision !== undefined) return decision
  }
  return undefined
}

/** With nothing stable there is nothing to compare with and nothing to lose: steps and analysis are skipped, as Argo does. */
function deploy(scene: Scene): Decision {
  if (currentOf(scene) === undefined)
    return wait({ code: 'WaitingForPods', available: 0, needed: scene.spec.replicas })
  return { kind: 'promote', because: { code: 'InitialDeploy' } }
}

function canaryIsWorse(scene: Scene, standing: Standing): Decision | undefined {
  const bad = currentRuns(scene, standing).find(
    ({ phase }) => phase === 'Failed' || phase === 'Error',
  )
  if (bad === undefined) return undefined
  const { run, phase } = bad
  const type = run.name === standing.stepRun?.name ? 'Step' : 'Background'
  const message = run.status.message ?? ''
  return { kind: 'abort', because: { code: 'AnalysisFailed', run: run.name, type, phase, message } }
}

/** What an earlier revision was late with is not this one's. */
function outOfTime(scene: Scene, standing: Standing, now: Instant): Decision | undefined {
  const current = currentOf(scene)
  if (!scene.spec.progressDeadlineAbort || current === undefined) return undefined
  return isLate(scene, now) && !hasMoved(scene, standing)
    ? { kind: 'abort', because: { code: 'ProgressDeadlineExceeded', replicaSet: current.name } }
    : undefined
}

function pausedByUser(scene: Scene): Decision | undefined {
  return scene.spec.paused ? wait({ code: 'PausedByUser' }) : undefined
}

function pausedInconclusive(_scene: Scene, { pauses }: Standing): Decision | undefined {
  return pauses.some(({ reason }) => reason === 'InconclusiveAnalysisRun')
    ? wait({ code: 'PausedInconclusive' })
    : undefined
}

/** A run without a result waits for a person. Resuming (controllerPause left true, no pause) asks for a new run: see `runs.ts`. */
function inconclusive(scene: Scene, standing: Standing): Decision | undefined {
  const open = currentRuns(scene, standing).find(({ phase }) => phase === 'Inconclusive')
  if (open === undefined || isResumed(standing)) return undefined
  const because: Reason = {
    code: 'AnalysisInconclusive',
    run: open.run.name,
    message: open.run.status.message ?? '',
  }
  return { kind: 'pause', reason: 'InconclusiveAnalysisRun', because }
}

/** Weights that somebody else keeps moving: a release does not go on beside them. */
function moved(scene: Scene, standing: Standing, now: Instant): Decision | undefined {
  const drift = driftOf(scene, standing, now)
  if (standing.pauses.some(({ reason }) => reason === 'TrafficWeightDrift'))
    return wait({ code: 'PausedByDrift' })
  if (drift.kind !== 'hold') return undefined
  const because: Reason = { code: 'WeightDrift', by: drift.by, asked: drift.wanted }
  return { kind: 'pause', reason: 'TrafficWeightDrift', because }
}

/** A person cleared the pauses and left `controllerPause`: that is how the plugin says promote. */
export function isResumed({ pauses, controllerPause }: Standing): boolean {
  return controllerPause && pauses.length === 0
}

function decideStep(scene: Scene, standing: Standing, now: Instant): Decision {
  const { stage } = standing
  if (stage.kind !== 'stepping') return wait({ code: 'Completed' })
  switch (stage.step.kind) {
    case 'setWeight':
      return shift(scene, standing, stage.step, stage.step.weight)
    case 'pause':
      return rest(scene, standing, stage.step, now)
    case 'analysis':
      return analyse(scene, standing, stage.step)
    case 'setHeaderRoute':
    case 'setMirrorRoute':
      return route(scene, stage.step, stage.index)
    case 'setCanaryScale':
      return scale(scene, standing, stage.step)
  }
}

/** Done when the pods are there and the route says so: never on a weight that was only asked for. */
function shift(scene: Scene, standing: Standing, step: Step, asked: Weight): Decision {
  if (!isScaled(scene, standing)) return waitForPods(scene, neededPods(scene, standing))
  if (!carries(scene, asked))
    return wait({ code: 'WaitingForWeight', asked, carried: carriedWeight(scene) })
  return scale(scene, standing, step)
}

/** Done when there are just as many pods as the step says, or enough of them by the threshold. */
function scale(scene: Scene, standing: Standing, step: Step): Decision {
  const pods = neededPods(scene, standing)
  const isExact = scene.spec.canary.progressThreshold !== undefined || isAt(currentOf(scene), pods)
  return isScaled(scene, standing) && isExact
    ? { kind: 'advance', because: { code: 'StepCompleted', step } }
    : waitForPods(scene, pods)
}

function waitForPods(scene: Scene, needed: number): Decision {
  return wait({ code: 'WaitingForPods', available: currentOf(scene)?.available ?? 0, needed })
}

/** A Rollout of no pods serves nobody: no weight is waited for. Without a mesh, pods are the weight. */
function carries(scene: Scene, asked: Weight): boolean {
  if (scene.traffic.kind === 'none' || scene.spec.replicas === 0) return true
  return carriedWeight(scene) === asked
}

/** Done when every VirtualService has the route. Where no pods are asked for there is nothing to lead to: it comes with them. */
function route(scene: Scene, step: Step, index: number): Decision {
  const isAsked = (currentOf(scene)?.wanted ?? 0) > 0
  if (isAsked && !managedStand(scene, index)) return wait({ code: 'WaitingForRoutes' })
  return { kind: 'advance', because: { code: 'StepCompleted', step } }
}

function rest(scene: Scene, standing: Standing, step: PauseStep, now: Instant): Decision {
  const pause = standing.pauses.find(({ reason }) => reason === 'CanaryPauseStep')
  const until = endOf(step, pause?.startTime ?? now)
  const isOver = until !== undefined && now >= until
  if (pause === undefined ? isResumedAt(scene, standing) : isOver)
    return { kind: 'advance', because: { code: 'StepCompleted', step } }
  const because: Reason = { code: 'PausedByStep', until }
  return pause === undefined
    ? { kind: 'pause', reason: 'CanaryPauseStep', because }
    : { kind: 'wait', until: until ?? 'change', because }
}

/**
 * Whether the pause that was resumed is this step's own: Argo CD's skip moves the index and leaves `controllerPause` behind. A journal that is
 * further on is of a pass that had gone on and died before it could say so.
 */
function isResumedAt(scene: Scene, { controllerPause, index }: Standing): boolean {
  const journal = parseJournal(currentOf(scene)?.annotations[journalAnnotation])
  const last = journal?.stations.at(-1)
  return controllerPause && (last === undefined || last.step >= index)
}

function endOf({ duration }: PauseStep, start: Instant): Instant | undefined {
  return duration === 'forever' ? undefined : plus(start, duration)
}

function analyse(scene: Scene, standing: Standing, step: Step): Decision {
  const run = currentRuns(scene, standing).find(({ kind }) => kind === 'Step')
  if (run?.phase === 'Successful')
    return { kind: 'advance', because: { code: 'StepCompleted', step } }
  return wait({ code: 'WaitingForAnalysis', run: run?.run.name })
}

/** Everything goes to the canary first; only when the route carries it does the canary become stable. */
function finish(scene: Scene, because: PromotionCause): Decision {
  const { replicas, canary } = scene.spec
  const current = currentOf(scene)
  const { progressThreshold } = canary
  const isEnough = progressThreshold !== undefined && meets(progressThreshold, current, replicas)
  if (!isEnough && !isUp(current, replicas)) return waitForPods(scene, replicas)
  if (!carries(scene, allTraffic))
    return wait({ code: 'WaitingForWeight', asked: allTraffic, carried: carriedWeight(scene) })
  const reason: Reason =
    because === 'CompletedAllSteps'
      ? { code: because, steps: canary.steps.length }
      : { code: because }
  return { kind: 'promote', because: reason }
}

/** The runs that this release goes by: those that its status names. */
export function currentRuns(
  scene: Scene,
  { stepRun, backgroundRun }: Standing,
): readonly RunFacts[] {
  const names = [stepRun?.name, backgroundRun?.name]
  return scene.runs.filter(({ run }) => names.includes(run.name))
}

function wait(because: Reason): Decision {
  return { kind: 'wait', until: 'change', because }
}
