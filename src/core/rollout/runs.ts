/** Which AnalysisRuns a release needs now: those that must be made, those that must end. */
import type { Argument } from '../analysis/metric.ts'
import type { JsonObject } from '../json.ts'
import type { Instant } from '../units.ts'
import { timestamp } from '../units.ts'
import { type Action, normal } from './action.ts'
import { currentRuns, isResumed } from './decide.ts'
import type { RunFacts } from './facts.ts'
import { journalFor } from './journal-action.ts'
import {
  hashLabel,
  revisionAnnotation,
  runTypeLabel,
  stepIndexLabel,
  trialAnnotation,
} from './keys.ts'
import { ownerOf, revisionOf } from './revision.ts'
import { type Analysis, currentOf, type Scene } from './scene.ts'
import type { AnalysisSpec } from './spec.ts'
import type { Standing } from './stage.ts'
import type { RunReference } from './status.ts'

type RunType = 'Step' | 'Background'

/** A run that the release goes by: one that exists, or one that is made in this pass. */
export type PlannedRuns = {
  readonly stepRun: RunReference | undefined
  readonly backgroundRun: RunReference | undefined
  readonly actions: readonly Action[]
}

type Wanted = {
  readonly type: RunType
  readonly analysis: Analysis
  readonly spec: AnalysisSpec | undefined
  readonly recorded: RunReference | undefined
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

function wantedStep(
  { analyses, spec }: Scene,
  { stage, pauses, stepRun }: Standing,
): Wanted | undefined {
  if (stage.kind !== 'stepping' || stage.step.kind !== 'analysis' || pauses.length > 0)
    return undefined
  const analysis = analyses.steps.get(stage.index)
  const step = spec.canary.steps[stage.index]
  if (analysis === undefined || step?.kind !== 'analysis') return undefined
  return { type: 'Step', analysis, spec: step.analysis, recorded: stepRun }
}

function wantedBackground({ analyses, spec }: Scene, standing: Standing): Wanted | undefined {
  const { stage, index, backgroundRun } = standing
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
  }
}

/** What the last background run found stays in status until the next release. */
function finished(scene: Scene, standing: Standing): RunReference | undefined {
  if (standing.fresh || standing.stage.kind === 'first') return undefined
  const run = currentRuns(scene, standing).find(({ kind }) => kind === 'Background')
  return run === undefined ? standing.backgroundRun : referenceTo(run)
}

type Moment = { readonly standing: Standing; readonly now: Instant }

type Planned = { readonly reference: RunReference; readonly actions: readonly Action[] }

function planRun(
  wanted: Wanted | undefined,
  scene: Scene,
  standing: Standing,
  now: Instant,
): Planned | undefined {
  if (wanted === undefined || currentOf(scene) === undefined) return undefined
  return (
    recordedRun(wanted, scene, standing) ??
    openRun(wanted, scene, standing) ??
    newRun(wanted, scene, { standing, now })
  )
}

/** The run that status names, unless a person asked for another one after it found nothing. */
function recordedRun(
  { recorded }: Wanted,
  { runs }: Scene,
  standing: Standing,
): Planned | undefined {
  if (recorded === undefined) return undefined
  const known = runs.find(({ run }) => run.name === recorded.name)
  if (known === undefined) return { reference: recorded, actions: [] }
  if (known.phase === 'Inconclusive' && isResumed(standing)) return undefined
  return { reference: referenceTo(known), actions: [] }
}

/** A run that an earlier pass made and could not record. */
function openRun({ type }: Wanted, scene: Scene, standing: Standing): Planned | undefined {
  const base = baseName(type, scene, standing)
  const open = scene.runs.find(
    ({ run, phase }) => isOpen(phase) && !run.terminate && isNamed(run.name, base),
  )
  return open && { reference: referenceTo(open), actions: [] }
}

function newRun(wanted: Wanted, scene: Scene, { standing, now }: Moment): Planned {
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

/** Argo's names (spec §2.2). */
function baseName(type: RunType, scene: Scene, { index }: Standing): string {
  const base = `${scene.rollout.name}-${scene.templateHash}-${revisionOf(scene)}`
  return type === 'Step' ? `${base}-${index}` : base
}

function isNamed(name: string, base: string): boolean {
  return name === base || (name.startsWith(`${base}.`) && /^\d+$/.test(name.slice(base.length + 1)))
}

function freeName(base: string, runs: readonly RunFacts[]): string {
  const taken = new Set(runs.map(({ run }) => run.name))
  const tries = [base, ...Array.from({ length: taken.size }, (_, index) => `${base}.${index + 1}`)]
  return tries.find((name) => !taken.has(name)) ?? base
}

function createRun(
  name: string,
  { type, analysis, spec }: Wanted,
  scene: Scene,
  { standing, now }: Moment,
): Action {
  const { rollout, templateHash } = scene
  const labels = {
    ...spec?.labels,
    [hashLabel]: templateHash,
    [runTypeLabel]: type,
    ...(type === 'Step' ? { [stepIndexLabel]: String(standing.index) } : {}),
  }
  const annotations = {
    ...spec?.annotations,
    [revisionAnnotation]: String(revisionOf(scene)),
    [trialAnnotation]: trialText(scene, { standing, now }),
  }
  const json: JsonObject = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      name,
      namespace: rollout.namespace,
      labels,
      annotations,
      ownerReferences: [ownerOf(rollout)],
    },
    spec: {
      metrics: analysis.metrics.map(({ json: metric }) => metric),
      args: analysis.args.map(argumentJson),
    },
  }
  return {
    kind: 'create',
    object: { ref: { kind: 'AnalysisRun', namespace: rollout.namespace, name }, json },
    notes: [
      normal(
        'AnalysisRunPending',
        `${type} Analysis Run '${name}' Status New: 'Pending' Previous: ''`,
      ),
    ],
  }
}

function argumentJson({ name, value }: Argument): JsonObject {
  return { name, value }
}

/** Whom the run compares. The release's beginning is the journal's, so that every run of a revision weighs the same evidence. */
function trialText(scene: Scene, { standing, now }: Moment): string {
  const { rollout, spec, status, templateHash } = scene
  const { startedAt } = journalFor(scene, standing, now)
  return JSON.stringify({
    rollout: rollout.name,
    canaryHash: templateHash,
    stableHash: status.stableRS,
    canaryService: spec.canary.canaryService,
    stableService: spec.canary.stableService,
    since: timestamp(startedAt),
  })
}

function terminate({ run }: RunFacts, { rollout }: Scene): Action {
  return {
    kind: 'merge',
    ref: { kind: 'AnalysisRun', namespace: rollout.namespace, name: run.name },
    body: { spec: { terminate: true } },
    notes: [],
  }
}
