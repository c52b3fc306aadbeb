/** What old releases leave behind is bounded: ReplicaSets without pods, and finished AnalysisRuns. */
import type { Action } from './action.ts'
import type { RunFacts } from './facts.ts'
import { isOpen, type PlannedRuns } from './runs.ts'
import type { Scene } from './scene.ts'

export function tidy(scene: Scene, runs: PlannedRuns): readonly Action[] {
  return [...oldReplicaSets(scene), ...oldRuns(scene, runs)]
}

function oldReplicaSets({
  replicaSets,
  spec,
  status,
  templateHash,
  rollout,
}: Scene): readonly Action[] {
  const old = replicaSets
    .filter(
      ({ hash, wanted, replicas }) =>
        hash !== templateHash && hash !== status.stableRS && wanted === 0 && replicas === 0,
    )
    .toSorted((a, b) => b.revision - a.revision)
  return old.slice(spec.revisionHistoryLimit).map(({ name }) => ({
    kind: 'delete',
    ref: { kind: 'ReplicaSet', namespace: rollout.namespace, name },
    notes: [],
  }))
}

/** Runs of the current revision stay, whatever the limits say. */
function oldRuns(
  { runs, spec, rollout, templateHash }: Scene,
  { stepRun, backgroundRun }: PlannedRuns,
): readonly Action[] {
  const current = [stepRun?.name, backgroundRun?.name]
  const over = runs
    .filter(
      ({ phase, run, hash, kind }) =>
        !isOpen(phase) && kind !== 'other' && hash !== templateHash && !current.includes(run.name),
    )
    .toSorted(newestFirst)
  const good = over
    .filter(({ phase }) => phase === 'Successful')
    .slice(spec.analysisHistory.successful)
  const bad = over
    .filter(({ phase }) => phase !== 'Successful')
    .slice(spec.analysisHistory.unsuccessful)
  return [...good, ...bad].map(({ run }) => ({
    kind: 'delete',
    ref: { kind: 'AnalysisRun', namespace: rollout.namespace, name: run.name },
    notes: [],
  }))
}

function newestFirst(a: RunFacts, b: RunFacts): number {
  return b.createdAt - a.createdAt || (a.run.name < b.run.name ? 1 : -1)
}
