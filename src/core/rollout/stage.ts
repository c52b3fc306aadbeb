/** Wire status → one explicit state. The signals that people send through status are read here and nowhere else. */
import type { Instant } from '../units.ts'
import { isWithinWindow } from './rollback-window.ts'
import { type Scene, stableOf } from './scene.ts'
import type { Step } from './spec.ts'
import type { PauseCondition, RolloutStatus, RunReference } from './status.ts'

/** Where a release stands. */
export type Stage =
  /** No revision was ever promoted, or the one that was is gone: nothing to compare with and nothing to go back to. */
  | { readonly kind: 'first' }
  /** The spec asks for what is stable already. */
  | { readonly kind: 'settled' }
  /** On the way back, or back; the spec still asks for the canary. */
  | { readonly kind: 'aborted' }
  | { readonly kind: 'stepping'; readonly index: number; readonly step: Step }
  /** No step is left to take. */
  | { readonly kind: 'promoting'; readonly because: PromotionCause }

/** All steps are done; or a person said so; or the revision was stable not long ago. */
export type PromotionCause = 'CompletedAllSteps' | 'FullPromotion' | 'RollbackWithinWindow'

/** The state of one release, signals applied. */
export type Standing = {
  readonly stage: Stage
  /** Index of the current step; the number of steps when all are done. */
  readonly index: number
  readonly pauses: readonly PauseCondition[]
  /** A pause step began; with no pause left it means that a person resumed it. */
  readonly controllerPause: boolean
  readonly abortedAt: Instant | undefined
  readonly promoteFull: boolean
  /** The template or the steps changed: everything of the last release is forgotten. */
  readonly fresh: boolean
  /** A person asked for another try after an abort. */
  readonly retried: boolean
  readonly stepRun: RunReference | undefined
  readonly backgroundRun: RunReference | undefined
}

export function standingOf(scene: Scene): Standing {
  return isNewRelease(scene) ? begun(scene) : carriedOn(scene)
}

function isNewRelease({ status, templateHash, stepHash }: Scene): boolean {
  const sameSteps = status.currentStepHash === undefined || status.currentStepHash === stepHash
  return status.currentPodHash !== templateHash || !sameSteps
}

function begun(scene: Scene): Standing {
  const steps = scene.spec.canary.steps.length
  const index = scene.status.stableRS === scene.templateHash ? steps : 0
  const stage = stageOf(scene, { index, abort: false, promoteFull: false })
  return {
    stage,
    index: stage.kind === 'promoting' ? steps : index,
    pauses: [],
    controllerPause: false,
    abortedAt: undefined,
    promoteFull: false,
    fresh: true,
    retried: false,
    stepRun: undefined,
    backgroundRun: undefined,
  }
}

function carriedOn(scene: Scene): Standing {
  const { status, spec } = scene
  const index = Math.min(Math.max(0, status.currentStepIndex ?? 0), spec.canary.steps.length)
  const stage = stageOf(scene, { index, ...wishes(status) })
  const quiet: Standing = {
    ...begun(scene),
    stage,
    index,
    fresh: false,
    stepRun: stepRunAt(scene, index),
    backgroundRun: status.backgroundRun,
  }
  switch (stage.kind) {
    case 'first':
      return quiet
    case 'settled':
      return { ...quiet, index: spec.canary.steps.length }
    case 'aborted':
      return { ...quiet, abortedAt: status.abortedAt }
    case 'promoting':
      return { ...underWay(quiet, scene), index: spec.canary.steps.length }
    case 'stepping':
      return underWay(quiet, scene)
  }
}

/** The newer of two wishes counts. An abort that was carried out has its time beside it: one without came last. */
function wishes({ abort, abortedAt, promoteFull }: RolloutStatus): {
  readonly abort: boolean
  readonly promoteFull: boolean
} {
  const isNew = abort && abortedAt === undefined
  return { abort, promoteFull: promoteFull && !isNew }
}

/** The run of a step counts at that step only: people move the index. */
function stepRunAt({ status, runs }: Scene, index: number): RunReference | undefined {
  const known = runs.find(({ run }) => run.name === status.stepRun?.name)
  return known === undefined || known.stepIndex === index ? status.stepRun : undefined
}

/** An abort that a person took back starts the steps again, with new runs. Without steps to take there is nothing to pause at. */
function underWay(quiet: Standing, { status }: Scene): Standing {
  if (status.promoteFull) return { ...quiet, promoteFull: true }
  if (isRollback(quiet.stage)) return { ...quiet, retried: status.abortedAt !== undefined }
  const pauses = { pauses: status.pauseConditions, controllerPause: status.controllerPause }
  if (status.abortedAt === undefined) return { ...quiet, ...pauses }
  return { ...quiet, retried: true, stepRun: undefined, backgroundRun: undefined }
}

function isRollback(stage: Stage): boolean {
  return stage.kind === 'promoting' && stage.because === 'RollbackWithinWindow'
}

/** A finished release cannot be aborted; with nothing stable there is no way back. */
function stageOf(
  scene: Scene,
  asked: { readonly index: number; readonly abort: boolean; readonly promoteFull: boolean },
): Stage {
  const { status, spec, templateHash } = scene
  if (status.stableRS === templateHash) return { kind: 'settled' }
  if (stableOf(scene) === undefined) return { kind: 'first' }
  if (asked.promoteFull) return { kind: 'promoting', because: 'FullPromotion' }
  if (asked.abort) return { kind: 'aborted' }
  if (isWithinWindow(scene)) return { kind: 'promoting', because: 'RollbackWithinWindow' }
  const step = spec.canary.steps[asked.index]
  if (step === undefined) return { kind: 'promoting', because: 'CompletedAllSteps' }
  return { kind: 'stepping', index: asked.index, step }
}
