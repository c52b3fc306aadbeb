/** Which AnalysisRuns a release needs now: those that must be made, those that must end. */
import { type Json, type JsonObject, sameJson } from '../json.ts'
import type { Instant } from '../units.ts'
import type { Action } from './action.ts'
import { currentRuns, isResumed } from './decide.ts'
import type { RunFacts } from './facts.ts'
import { journalFor } from './journal-action.ts'
import { baseName, createRun, freeName, isNamed, type NewRun } from './new-run.ts'
import { type Analysis, currentOf, type Scene } from './scene.ts'
import type { Standing } from './stage.ts'
import type { RunReference } from './status.ts'

/** A run that the release goes by: one that exists, or one that is made in this pass. */
export type PlannedRuns = {
  readonly stepRun: RunReference | undefined
  readonly backgroundRun: RunReference | undefined
  readonly actions: readonly Action[]
}

type Wanted = NewRun & {
  readonly recorded: RunReference | undefined
  /** A pause keeps the run that there is and makes no new one. */
  readonly mayBegin: boolean
}

/** Only a release that is under way is analysed; every other run of the Rollout is ended. */
export function planRuns(scene: Scene, standing: Standing, now: Instant): PlannedRuns {
  const step = planRun(wantedStep(scene, standing), scene, standing, now)
  const background = planRun(wantedBackground(scene, standing), scene, standing, now)
  const planned = [step, background].filter((run) => run !== undefined)
  const kept = planned.map(({ reference }) => reference.name)
  return {
    stepRun: step?.reference,
    backgroundRun: background?.reference ?? finished(scene, standing),
    actions: [...planned.flatMap(({ actions }) => actions), ...endOthers(scene, kept)],
  }
}

function endOthers(scene: Scene, kept: readonly string[]): readonly Action[] {
  const others = scene.runs.filter(
    ({ run, phase }) => !kept.includes(run.name) && isOpen(phase) && !run.terminate,
  )
  return others.filter(({ kind }) => kind !== 'other').map((facts) => terminate(facts, scene))
}

/** Whether a run still measures. */
export function isOpen(phase: RunFacts['phase']): boolean {
  return phase === 'New' || phase === 'Pending' || phase === 'Running'
}

function wantedStep({ analyses }: Scene, { stage, pauses, stepRun }: Standing): Wanted | undefined {
  if (stage.kind !== 'stepping' || stage.step.kind !== 'analysis') return undefined
  const analysis = analyses.steps.get(stage.index)
  if (analysis === undefined) return undefined
  return {
    type: 'Step',
    analysis,
    spec: stage.step.analysis,
    recorded: stepRun,
    mayBegin: pauses.length === 0,
  }
}

function wantedBackground({ analyses, spec }: Scene, standing: Standing): Wanted | undefined {
  const { stage, index, pauses, backgroundRun } = standing
  const start = spec.canary.background?.startingStep ?? 0
  const isUnderWay =
    stage.kind === 'stepping' ||
    (stage.kind === 'promoting' && stage.because === 'CompletedAllSteps')
  if (!isUnderWay || analyses.background === undefined || index < start) return undefined
  return {
    type: 'Background',
    analysis: analyses.background,
    spec: spec.canary.background,
    recorded: backgroundRun,
    mayBegin: !pauses.some(({ reason }) => reason === 'InconclusiveAnalysisRun'),
  }
}

/** What the last background run found stays in status until the next release. */
function finished(scene: Scene, standing: Standing): RunReference | undefined {
  if (standing.fresh || standing.stage.kind === 'first') return undefined
  const run = currentRuns(scene, standing).find(({ kind }) => kind === 'Background')
  return run === undefined ? standing.backgroundRun : referenceTo(run)
}

type Planned = { readonly reference: RunReference; readonly actions: readonly Action[] }

function planRun(
  wanted: Wanted | undefined,
  scene: Scene,
  standing: Standing,
  now: Instant,
): Planned | undefined {
  if (wanted === undefined || currentOf(scene) === undefined) return undefined
  const known = recordedRun(wanted, scene, standing)
  if (known !== undefined || !wanted.mayBegin) return known
  return unrecordedRun(wanted, scene, standing, now) ?? newRun(wanted, scene, standing, now)
}

/** The run that status names; none when it is gone, or when a person asked for another one after it found nothing. */
function recordedRun(
  { recorded }: Wanted,
  { runs }: Scene,
  standing: Standing,
): Planned | undefined {
  const known = runs.find(({ run }) => run.name === recorded?.name)
  if (known === undefined) return undefined
  const isOver = known.phase === 'Inconclusive' && isResumed(standing)
  return isOver ? undefined : { reference: referenceTo(known), actions: [] }
}

/** A run that an earlier pass made and could not record. What it found meanwhile counts when it is harm. */
function unrecordedRun(
  { type, analysis }: Wanted,
  scene: Scene,
  standing: Standing,
  now: Instant,
): Planned | undefined {
  const base = baseName(type, scene, standing)
  const { startedAt } = journalFor(scene, standing, now)
  const found = scene.runs.find(
    ({ run, phase, createdAt }) =>
      isNamed(run.name, base) &&
      !run.terminate &&
      ((isOpen(phase) && measuresSame(run, analysis)) || (isBad(phase) && createdAt >= startedAt)),
  )
  return found && { reference: referenceTo(found), actions: [] }
}

function isBad(phase: RunFacts['phase']): boolean {
  return phase === 'Failed' || phase === 'Error'
}

function measuresSame(a: Analysis, b: Analysis): boolean {
  return sameJson(asked(a), asked(b))
}

function asked({ metrics, args }: Analysis): Json {
  return [
    metrics.map(({ json }) => json),
    args.map(({ name, value }): JsonObject => ({ name, value })),
  ]
}

function newRun(wanted: Wanted, scene: Scene, standing: Standing, now: Instant): Planned {
  const name = freeName(baseName(wanted.type, scene, standing), scene.runs)
  return {
    reference: { name, status: 'Pending', message: undefined },
    actions: [createRun(name, wanted, scene, { standing, now })],
  }
}

function referenceTo({ run, phase }: RunFacts): RunReference {
  return {
    name: run.name,
    status: phase === 'New' ? 'Pending' : phase,
    message: run.status.message,
  }
}

function terminate({ run }: RunFacts, { rollout }: Scene): Action {
  return {
    kind: 'merge',
    ref: { kind: 'AnalysisRun', namespace: rollout.namespace, name: run.name },
    body: { spec: { terminate: true } },
    notes: [],
  }
}
