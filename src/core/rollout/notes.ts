/** What has happened, as events: Argo's reasons and words (spec §2.12). Nothing happened, no note. */
import { type Note, normal, warning } from './action.ts'
import { currentRuns, type Decision, type Reason } from './decide.ts'
import { explain, stepText } from './explain.ts'
import { revisionOf } from './revision.ts'
import { currentOf, type Scene } from './scene.ts'
import type { Stage, Standing } from './stage.ts'
import type { Condition, RolloutStatus, RunReference } from './status.ts'

/** Told once the status is recorded. */
export function notesOf(
  scene: Scene,
  standing: Standing,
  decision: Decision,
  after: RolloutStatus,
): readonly Note[] {
  return [
    ...decided(scene, standing, decision),
    ...resumed(scene, after),
    ...analysed(scene, standing),
  ]
}

/** Told with the write that brings the new revision into being, where there is one. */
export function begun(
  scene: Scene,
  { fresh, stage }: Standing,
  after: RolloutStatus,
): readonly Note[] {
  const isNew =
    stage.kind === 'first'
      ? currentOf(scene) === undefined
      : completedIn(scene.status) !== 'False' && completedIn(after) === 'False'
  return [...(fresh ? skipped(scene, stage) : []), ...(isNew ? notCompleted(scene) : [])]
}

/** Another version while one is under way is not told again. */
function notCompleted(scene: Scene): readonly Note[] {
  const revision = revisionOf(scene)
  return [
    normal(
      'RolloutNotCompleted',
      `Rollout not completed, started update to revision ${revision} (${scene.templateHash})`,
    ),
  ]
}

/** The first version has nobody to wait for: told with the write that brings it into being. */
export function deployed(scene: Scene, { stage }: Standing): readonly Note[] {
  return stage.kind === 'first' ? [completed(scene, { code: 'InitialDeploy' })] : []
}

function completed(scene: Scene, because: Reason): Note {
  return normal(
    'RolloutCompleted',
    `Rollout completed update to revision ${revisionOf(scene)} (${scene.templateHash}): ${explain(because)}`,
  )
}

function completedIn({ conditions }: RolloutStatus): Condition['status'] | undefined {
  return conditions.find(({ type }) => type === 'Completed')?.status
}

/** Argo says so only where there are steps to skip, and within the window only where the old pods are still there. */
function skipped(scene: Scene, stage: Stage): readonly Note[] {
  if (scene.spec.canary.steps.length === 0) return []
  if (stage.kind === 'settled') return [normal('SkipSteps', 'Rollback to stable ReplicaSets')]
  const isBack = stage.kind === 'promoting' && stage.because === 'RollbackWithinWindow'
  return isBack && (currentOf(scene)?.wanted ?? 0) > 0
    ? [normal('SkipSteps', 'Rollback to active ReplicaSets within RollbackWindow')]
    : []
}

/** A pause is over, by itself or for another version's sake. Whoever resumes by hand knows, and an abort says more. */
function resumed({ status }: Scene, after: RolloutStatus): readonly Note[] {
  const isOver = status.pauseConditions.length > 0 && after.pauseConditions.length === 0
  return isOver && !after.abort ? [normal('RolloutResumed', 'Rollout is resumed')] : []
}

function decided(scene: Scene, standing: Standing, decision: Decision): readonly Note[] {
  switch (decision.kind) {
    case 'advance':
      return advanced(scene, standing)
    case 'pause':
      return [normal('RolloutPaused', `Rollout is paused (${decision.reason})`)]
    case 'promote':
      return decision.because.code === 'InitialDeploy' ? [] : [completed(scene, decision.because)]
    case 'abort':
      return [
        ...outOfTime(decision.because),
        warning(
          'RolloutAborted',
          `Rollout aborted update to revision ${revisionOf(scene)}: ${explain(decision.because)}`,
        ),
      ]
    case 'wait':
      return abortedByPerson(scene, standing)
  }
}

/** Argo says first what ran out of time. */
function outOfTime(because: Reason): readonly Note[] {
  return because.code === 'ProgressDeadlineExceeded'
    ? [warning('RolloutAborted', explain(because))]
    : []
}

function advanced({ spec }: Scene, { stage, index }: Standing): readonly Note[] {
  if (stage.kind !== 'stepping') return []
  return [
    normal(
      'RolloutStepCompleted',
      `Rollout step ${index + 1}/${spec.canary.steps.length} completed (${stepText(stage.step)})`,
    ),
  ]
}

function abortedByPerson(scene: Scene, { stage, abortedAt }: Standing): readonly Note[] {
  if (stage.kind !== 'aborted' || abortedAt !== undefined) return []
  return [warning('RolloutAborted', `Rollout aborted update to revision ${revisionOf(scene)}`)]
}

function analysed(scene: Scene, standing: Standing): readonly Note[] {
  return currentRuns(scene, standing).flatMap(({ run, phase, kind }) => {
    const before = phaseBefore(scene.status, run.name)
    if (before === undefined || before === phase || phase === 'New') return []
    const text = `${kind} Analysis Run '${run.name}' Status New: '${phase}' Previous: '${before}'`
    return [
      phase === 'Failed' || phase === 'Error'
        ? warning(`AnalysisRun${phase}`, text)
        : normal(`AnalysisRun${phase}`, text),
    ]
  })
}

function phaseBefore({ stepRun, backgroundRun }: RolloutStatus, name: string): string | undefined {
  const known: readonly (RunReference | undefined)[] = [stepRun, backgroundRun]
  return known.find((reference) => reference?.name === name)?.status
}
