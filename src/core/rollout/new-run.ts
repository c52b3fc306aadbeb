/** An AnalysisRun as it is made: its name, its labels, whom it compares. */
import type { Argument } from '../analysis/metric.ts'
import type { JsonObject } from '../json.ts'
import { type Instant, timestamp } from '../units.ts'
import { type Action, normal } from './action.ts'
import type { RunFacts } from './facts.ts'
import { journalFor } from './journal-action.ts'
import {
  hashLabel,
  revisionAnnotation,
  runTypeLabel,
  stepIndexLabel,
  trialAnnotation,
} from './keys.ts'
import { generatedName } from './names.ts'
import { ownerOf, revisionOf } from './revision.ts'
import type { Analysis, Scene } from './scene.ts'
import { namesOf } from './services.ts'
import type { AnalysisSpec } from './spec.ts'
import type { Standing } from './stage.ts'

export type RunType = 'Step' | 'Background'

export type NewRun = {
  readonly type: RunType
  readonly analysis: Analysis
  readonly spec: AnalysisSpec | undefined
}

/** Argo's names (spec §2.2). */
export function baseName(type: RunType, scene: Scene, { index }: Standing): string {
  const suffix = `-${scene.templateHash}-${revisionOf(scene)}`
  return generatedName(scene.rollout.name, type === 'Step' ? `${suffix}-${index}` : suffix)
}

/** Whether a run is called so, or so with a number behind it. */
export function isNamed(name: string, base: string): boolean {
  return name === base || (name.startsWith(`${base}.`) && /^\d+$/.test(name.slice(base.length + 1)))
}

export function freeName(base: string, runs: readonly RunFacts[]): string {
  const taken = new Set(runs.map(({ run }) => run.name))
  const tries = [base, ...Array.from({ length: taken.size }, (_, index) => `${base}.${index + 1}`)]
  return tries.find((name) => !taken.has(name)) ?? base
}

export type Moment = { readonly standing: Standing; readonly now: Instant }

export function createRun(name: string, run: NewRun, scene: Scene, moment: Moment): Action {
  const { namespace } = scene.rollout
  const json: JsonObject = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      name,
      namespace,
      labels: labelsOf(run, scene, moment),
      annotations: {
        ...run.spec?.annotations,
        [revisionAnnotation]: String(revisionOf(scene)),
        [trialAnnotation]: trialText(scene, moment),
      },
      ownerReferences: [ownerOf(scene.rollout)],
    },
    spec: {
      metrics: run.analysis.metrics.map(({ json: metric }) => metric),
      args: run.analysis.args.map(argumentJson),
    },
  }
  const message = `${run.type} Analysis Run '${name}' Status New: 'Pending' Previous: ''`
  return {
    kind: 'create',
    object: { ref: { kind: 'AnalysisRun', namespace, name }, json },
    notes: [normal('AnalysisRunPending', message)],
  }
}

function labelsOf({ type, spec }: NewRun, scene: Scene, { standing }: Moment): JsonObject {
  return {
    ...spec?.labels,
    ...scene.spec.matchLabels,
    [hashLabel]: scene.templateHash,
    [runTypeLabel]: type,
    ...(type === 'Step' ? { [stepIndexLabel]: String(standing.index) } : {}),
  }
}

function argumentJson({ name, value }: Argument): JsonObject {
  return { name, value }
}

/** Whom the run compares. The release's beginning is the journal's, so that every run of a revision weighs the same evidence. */
function trialText(scene: Scene, { standing, now }: Moment): string {
  const { rollout, spec, status, templateHash } = scene
  const { startedAt } = journalFor(scene, standing, now)
  const names = namesOf(spec.canary.services, status.stablePingPong)
  return JSON.stringify({
    rollout: rollout.name,
    canaryHash: templateHash,
    stableHash: status.stableRS,
    canaryService: names.canary ?? '',
    stableService: names.stable ?? '',
    since: timestamp(startedAt),
  })
}
