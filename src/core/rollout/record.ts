/** The status that a pass leaves behind: what was seen and what was decided, never what was merely asked for. */
import { type Instant, type Weight, weight } from '../units.ts'
import { conditionsFor, invalidCondition } from './conditions.ts'
import { allTraffic } from './counts.ts'
import { currentRuns, type Decision } from './decide.ts'
import { phaseOf } from './phase.ts'
import { podCounts } from './progress.ts'
import { restartedAtAfter } from './restart.ts'
import { isOpen, type PlannedRuns } from './runs.ts'
import type { Scene } from './scene.ts'
import { turned } from './services.ts'
import type { Standing } from './stage.ts'
import type { PauseCondition, RolloutStatus, WeightDestination } from './status.ts'
import { carriedWeight, pinsOf, type Side } from './traffic.ts'
import type { Draft } from './wanted-condition.ts'
import { observedWorkload } from './workload.ts'

export function statusAfter(
  scene: Scene,
  standing: Standing,
  decision: Decision,
  { runs, now }: { readonly runs: PlannedRuns; readonly now: Instant },
): RolloutStatus {
  const draft = draftFor(scene, standing, decision, { runs, now })
  const conditions = conditionsFor(scene, standing, decision, { draft, now })
  const trouble = troubleOf(scene, standing)
  return { ...draft, conditions, ...phaseOf(scene, draft, { conditions, trouble }) }
}

/** The spec or an object that it names is wrong: nothing else of the status moves. */
export function invalidStatus(
  before: RolloutStatus,
  generation: number,
  message: string,
  now: Instant,
): RolloutStatus {
  return {
    ...before,
    observedGeneration: String(generation),
    conditions: invalidCondition(before.conditions, message, now),
    phase: 'Degraded',
    message: `InvalidSpec: ${message}`,
  }
}

/**
 * The way back was carried out as far as it goes, and something is still wrong: both are said. What was said before stands, or the
 * status would never come to rest.
 */
export function troubledStatus(
  before: RolloutStatus,
  after: RolloutStatus,
  message: string,
  now: Instant,
): RolloutStatus {
  const isAborted = after.message?.startsWith('RolloutAborted') ?? false
  const invalid = `InvalidSpec: ${message}`
  const known = before.conditions.filter(({ type }) => type === 'InvalidSpec')
  const conditions = after.conditions.map(
    (condition) =>
      before.conditions.find(
        ({ type, status, reason }) =>
          type === condition.type && status === condition.status && reason === condition.reason,
      ) ?? condition,
  )
  return {
    ...after,
    conditions: invalidCondition([...conditions, ...known], message, now),
    phase: 'Degraded',
    message: isAborted ? `${after.message}; ${invalid}` : invalid,
  }
}

function draftFor(
  scene: Scene,
  standing: Standing,
  decision: Decision,
  { runs, now }: { readonly runs: PlannedRuns; readonly now: Instant },
): Draft {
  const pauseConditions = pausesAfter(standing, decision, now)
  return {
    observedGeneration: String(scene.rollout.generation),
    workloadObservedGeneration: observedWorkload(scene),
    abort: standing.stage.kind === 'aborted' || decision.kind === 'abort',
    abortedAt: abortedAtAfter(standing, decision, now),
    promoteFull: standing.promoteFull && decision.kind !== 'promote',
    pauseConditions,
    controllerPause: pauseConditions.length > 0,
    currentStepIndex: indexAfter(scene, standing, decision),
    currentStepHash: scene.stepHash,
    currentPodHash: scene.templateHash,
    restartedAt: restartedAtAfter(scene, { fresh: standing.fresh, now }),
    stableRS: decision.kind === 'promote' ? scene.templateHash : scene.status.stableRS,
    collisionCount: scene.collisionCount,
    ...podCounts(scene),
    selector: Object.entries(scene.spec.matchLabels)
      .map(([key, value]) => `${key}=${value}`)
      .toSorted()
      .join(','),
    weights: weightsOf(scene),
    stablePingPong: pingPongAfter(scene, decision),
    stepRun: decision.kind === 'advance' ? undefined : runs.stepRun,
    backgroundRun: runs.backgroundRun,
  }
}

function pingPongAfter({ spec, status }: Scene, decision: Decision): Draft['stablePingPong'] {
  const turns = spec.canary.services.kind === 'ping-pong' && decision.kind === 'promote'
  return turns ? turned(status.stablePingPong) : status.stablePingPong
}

function pausesAfter(
  { pauses }: Standing,
  decision: Decision,
  now: Instant,
): readonly PauseCondition[] {
  switch (decision.kind) {
    case 'pause':
      return [...pauses, { reason: decision.reason, startTime: now }]
    case 'advance':
      return pauses.filter(({ reason }) => reason !== 'CanaryPauseStep')
    case 'promote':
    case 'abort':
      return []
    case 'wait':
      return pauses
  }
}

function abortedAtAfter(
  { stage, abortedAt }: Standing,
  decision: Decision,
  now: Instant,
): Instant | undefined {
  if (stage.kind === 'aborted') return abortedAt ?? now
  return decision.kind === 'abort' ? now : undefined
}

function indexAfter(
  { spec }: Scene,
  { index, stage }: Standing,
  decision: Decision,
): number | undefined {
  const steps = spec.canary.steps.length
  if (steps === 0) return undefined
  if (decision.kind === 'promote') return steps
  if (decision.kind === 'abort' || stage.kind === 'aborted') return 0
  return decision.kind === 'advance' ? index + 1 : index
}

/** What the routes carry, and whom. */
function weightsOf(scene: Scene): Draft['weights'] {
  const carried = carriedWeight(scene)
  if (carried === undefined) return undefined
  return {
    canary: destination(scene, 'canary', carried),
    stable: destination(scene, 'stable', weight(allTraffic - carried)),
  }
}

function destination(scene: Scene, side: Side, share: Weight): WeightDestination {
  const service = scene.services[side]
  const [hash] = pinsOf(scene, side)
  return {
    weight: share,
    serviceName: typeof service === 'string' ? undefined : service.name,
    podTemplateHash: hash,
  }
}

/** What keeps an analysis from judging the release that is under way; its run says it. */
function troubleOf(scene: Scene, standing: Standing): string | undefined {
  if (standing.stage.kind !== 'stepping' && standing.stage.kind !== 'promoting') return undefined
  return currentRuns(scene, standing).find(({ phase, run }) => isOpen(phase) && run.status.message)
    ?.run.status.message
}
