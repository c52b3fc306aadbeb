/** The program that owns Rollouts: observe, decide, apply, record. */

import type { JudgeDefaults } from '../../core/manifest/judge-settings.ts'
import { mergePatchOf } from '../../core/manifest/merge-patch.ts'
import { parseRolloutStatus, rolloutStatusJson } from '../../core/manifest/rollout-status.ts'
import { type Surroundings, sceneOf } from '../../core/manifest/scene.ts'
import type { KubeObject, ObjectRef } from '../../core/object.ts'
import { type Problem, problemText } from '../../core/result.ts'
import type { Note } from '../../core/rollout/action.ts'
import { warning } from '../../core/rollout/action.ts'
import { stepText } from '../../core/rollout/explain.ts'
import { type Plan, plan } from '../../core/rollout/plan.ts'
import { invalidStatus } from '../../core/rollout/record.ts'
import { revisionOf } from '../../core/rollout/revision.ts'
import { currentOf, type Scene, stableOf } from '../../core/rollout/scene.ts'
import { askedWeight } from '../../core/rollout/shape.ts'
import type { RolloutStatus } from '../../core/rollout/status.ts'
import { type Instant, plus, seconds } from '../../core/units.ts'
import type { Clock, Tell } from '../../ports.ts'
import type { Writer } from './apply.ts'
import type { Cache } from './cache.ts'
import type { Teller } from './events.ts'

/** Somebody may mend what we do not watch: an invalid Rollout is looked at again even if nothing changes. */
const lookAgain = seconds(20)

export type RolloutsOptions = {
  readonly cache: Cache
  readonly writer: Writer
  readonly teller: Teller
  readonly clock: Clock
  readonly tell: Tell
  readonly defaults: JudgeDefaults
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
    const sight = sceneOf(this.#around(rollout))
    if (!sight.ok) return this.#refuse(rollout, sight.problems)
    const { scene, problems } = sight.value
    const next = plan(scene, this.#with.clock.now())
    if (problems.length > 0 && !isWayOut(next)) return this.#refuse(rollout, problems)
    await this.#with.writer.apply(next.actions, (notes) => this.#with.teller.tell(rollout, notes))
    await this.#record(ref, rollout, next.status)
    this.#with.teller.tell(rollout, next.notes)
    this.#show(scene, next)
    this.#with.finished(scene)
    return next.wakeAt
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
      defaults,
    }
  }

  #refuse(rollout: KubeObject, problems: readonly Problem[]): Promise<Instant> {
    return this.#say(rollout, problemText(problems))
  }

  async #say(rollout: KubeObject, why: string): Promise<Instant> {
    const now = this.#with.clock.now()
    const message = `The Rollout "${rollout.metadata.name}" is invalid: ${why}`
    const before = parseRolloutStatus(rollout.json)
    const status = invalidStatus(before, rollout.metadata.generation, message, now)
    const notes: readonly Note[] =
      before.message === status.message ? [] : [warning('InvalidSpec', message)]
    await this.#write(rollout, status)
    this.#with.teller.tell(rollout, notes)
    return plus(now, lookAgain)
  }

  /** Our own writes to the Rollout in this pass are no conflict; everybody else's are. */
  async #record(ref: ObjectRef, seen: KubeObject, status: RolloutStatus): Promise<void> {
    const latest = this.#with.cache.get(ref) ?? seen
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
      carried: scene.route.canary,
      pods: { canary: currentOf(scene)?.available ?? 0, stable: stableOf(scene)?.available ?? 0 },
    })
  }
}

/** An abort and a full promotion need no analysis: what is wrong with a template never keeps a bad canary alive. */
function isWayOut({ standing }: Plan): boolean {
  return standing.stage.kind === 'aborted' || standing.promoteFull
}

function rolloutStatusText({ json }: KubeObject): string {
  return JSON.stringify(json['status'] ?? {})
}
