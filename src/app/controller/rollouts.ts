/** The program that owns Rollouts: observe, decide, apply, record. */

import { podFacts } from '../../core/manifest/facts.ts'
import type { JudgeDefaults } from '../../core/manifest/judge-settings.ts'
import { mergePatchOf } from '../../core/manifest/merge-patch.ts'
import { parseRolloutStatus, rolloutStatusJson } from '../../core/manifest/rollout-status.ts'
import { type Surroundings, sceneOf } from '../../core/manifest/scene.ts'
import { workloadRefOf } from '../../core/manifest/workload.ts'
import { type KubeObject, type ObjectRef, refOf } from '../../core/object.ts'
import { type Problem, problemText } from '../../core/result.ts'
import type { Note } from '../../core/rollout/action.ts'
import { warning } from '../../core/rollout/action.ts'
import { stepText } from '../../core/rollout/explain.ts'
import { type Plan, plan } from '../../core/rollout/plan.ts'
import { needsPods, withPods } from '../../core/rollout/pod-look.ts'
import { invalidStatus, troubledStatus } from '../../core/rollout/record.ts'
import { revisionOf } from '../../core/rollout/revision.ts'
import { askedWeight } from '../../core/rollout/scale.ts'
import { currentOf, type Scene, stableOf } from '../../core/rollout/scene.ts'
import type { RolloutStatus } from '../../core/rollout/status.ts'
import { carriedWeight } from '../../core/rollout/traffic.ts'
import { earliest, type Instant, plus, seconds } from '../../core/units.ts'
import { type Clock, type Cluster, type Log, PortError, type Tell } from '../../ports.ts'
import type { Writer } from './apply.ts'
import type { Cache } from './cache.ts'
import type { Teller } from './events.ts'

/** Somebody may mend what we do not watch: an invalid Rollout is looked at again even if nothing changes. */
const lookAgain = seconds(20)

export type RolloutsOptions = {
  readonly cluster: Cluster
  readonly cache: Cache
  readonly writer: Writer
  readonly teller: Teller
  readonly clock: Clock
  readonly log: Log
  readonly tell: Tell
  readonly defaults: JudgeDefaults
  /** The Rollouts that name an object. */
  readonly naming: (ref: ObjectRef) => readonly KubeObject[]
  /** Told of every finished pass; makes the report of a release that is over, in its own time. */
  readonly finished: (scene: Scene) => void
}

export class Rollouts {
  readonly #with: RolloutsOptions

  constructor(options: RolloutsOptions) {
    this.#with = options
  }

  /** One pass. Throws what the world refuses; says when something is due next. */
  async pass(ref: ObjectRef): Promise<Instant | undefined> {
    const rollout = this.#with.cache.get(ref)
    if (rollout === undefined || rollout.metadata.deletionTimestamp !== undefined) return undefined
    this.#awaitWorkloads(rollout)
    const sight = sceneOf(this.#around(rollout))
    if (!sight.ok) return this.#refuse(rollout, sight.problems)
    const { problems } = sight.value
    const scene = await this.#withPods(sight.value.scene)
    const now = this.#with.clock.now()
    const next = plan(scene, now)
    if (problems.length === 0) {
      await this.#carryOut(rollout, scene, next)
      return next.wakeAt
    }
    if (!isWayOut(scene, next)) return this.#refuse(rollout, problems)
    const message = invalidText(rollout, problemText(problems))
    const status = troubledStatus(scene.status, next.status, message, now)
    await this.#carryOut(rollout, scene, { ...next, status })
    return earliest(next.wakeAt, plus(now, lookAgain))
  }

  async #carryOut(rollout: KubeObject, scene: Scene, next: Plan): Promise<void> {
    const { writer, teller } = this.#with
    const tell = (notes: readonly Note[]): void => teller.tell(rollout, notes)
    await writer.apply(next.actions, tell)
    await this.#record(rollout, next.status)
    tell(next.notes)
    this.#show(scene, next)
    this.#with.finished(scene)
    await writer.apply(next.afterwards, tell)
  }

  /** Says on the Rollout that our own code failed on it; a second time it writes nothing. */
  async confess(ref: ObjectRef, error: unknown): Promise<void> {
    const rollout = this.#with.cache.get(ref)
    if (rollout === undefined) return
    await this.#say(
      rollout,
      `Haldane cannot process this Rollout, which is a defect of Haldane (${String(error)}); it rests until its spec changes, all others go on`,
    )
  }

  #around(rollout: KubeObject): Surroundings {
    const { cache, defaults } = this.#with
    return {
      rollout,
      replicaSets: cache.ownedBy(rollout.metadata.uid, 'ReplicaSet'),
      runs: cache.ownedBy(rollout.metadata.uid, 'AnalysisRun'),
      find: (ref) => cache.get(ref),
      naming: this.#with.naming,
      defaults,
    }
  }

  /** Watched only once a Rollout refers to one: until they are all known, none is missing. */
  #awaitWorkloads(rollout: KubeObject): void {
    const kind = workloadRefOf(rollout)?.kind
    if (kind === undefined || this.#with.cache.isComplete(kind)) return
    throw new PortError(
      'unavailable',
      `the ${kind}s are not known yet, to which workloadRef refers`,
    )
  }

  /** Without an answer the pass goes on without them: a restart waits, a way back does not. */
  async #withPods(scene: Scene): Promise<Scene> {
    const { cluster, clock, log } = this.#with
    const { namespace, name } = scene.rollout
    const now = clock.now()
    if (!needsPods(scene, now)) return scene
    const { minReadySeconds, matchLabels } = scene.spec
    try {
      const pods = await cluster.list('Pod', namespace, matchLabels)
      return withPods(
        scene,
        pods.flatMap((pod) => podFacts(pod, { now, minReadySeconds })),
      )
    } catch (error) {
      if (!(error instanceof PortError)) throw error
      log.warn(error.message, { namespace, rollout: name })
      return scene
    }
  }

  #refuse(rollout: KubeObject, problems: readonly Problem[]): Promise<Instant> {
    return this.#say(rollout, problemText(problems))
  }

  async #say(rollout: KubeObject, why: string): Promise<Instant> {
    const now = this.#with.clock.now()
    const message = invalidText(rollout, why)
    const before = parseRolloutStatus(rollout.json)
    const status = invalidStatus(before, rollout.metadata.generation, message, now)
    const notes: readonly Note[] =
      before.message === status.message ? [] : [warning('InvalidSpec', message)]
    await this.#write(rollout, status)
    this.#with.teller.tell(rollout, notes)
    return plus(now, lookAgain)
  }

  /** Our own writes to the Rollout in this pass are no conflict; everybody else's are. */
  async #record(seen: KubeObject, status: RolloutStatus): Promise<void> {
    const latest = this.#with.cache.get(refOf(seen)) ?? seen
    const untouched =
      latest.metadata.generation === seen.metadata.generation &&
      rolloutStatusText(latest) === rolloutStatusText(seen)
    await this.#write(untouched ? latest : seen, status)
  }

  async #write(rollout: KubeObject, status: RolloutStatus): Promise<void> {
    const patch = mergePatchOf(
      rolloutStatusJson(parseRolloutStatus(rollout.json)),
      rolloutStatusJson(status),
    )
    if (patch !== undefined) await this.#with.writer.record(rollout, { status: patch })
  }

  #show(scene: Scene, next: Plan): void {
    const { namespace, name } = scene.rollout
    this.#with.tell({
      kind: 'pass',
      rollout: { namespace, name },
      at: this.#with.clock.now(),
      revision: revisionOf(scene),
      phase: next.status.phase,
      message: next.status.message,
      stage: next.standing.stage.kind,
      step: next.standing.index,
      steps: scene.spec.canary.steps.map(stepText),
      decision: next.decision,
      asked: askedWeight(scene, next.standing),
      carried: carriedWeight(scene),
      pods: { canary: currentOf(scene)?.available ?? 0, stable: stableOf(scene)?.available ?? 0 },
    })
  }
}

/**
 * What is wrong around a Rollout never keeps a bad canary alive: an abort, a return to stable and a full promotion go as far as they can.
 * They need a revision that is there already, since nothing is made of a spec that is not understood.
 */
function isWayOut(scene: Scene, { standing }: Plan): boolean {
  const { kind } = standing.stage
  const back = kind === 'aborted' || kind === 'settled'
  return currentOf(scene) !== undefined && (back || standing.promoteFull)
}

function invalidText({ metadata }: KubeObject, why: string): string {
  return `The Rollout "${metadata.name}" is invalid: ${why}`
}

function rolloutStatusText({ json }: KubeObject): string {
  return JSON.stringify(json['status'] ?? {})
}
