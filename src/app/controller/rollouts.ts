/** The program that owns Rollouts: observe, decide, apply, record. */

import type { JsonObject } from '../../core/json.ts'
import { podFacts } from '../../core/manifest/facts.ts'
import type { JudgeDefaults } from '../../core/manifest/judge-settings.ts'
import { mergePatchOf } from '../../core/manifest/merge-patch.ts'
import { parseRolloutStatus, rolloutStatusJson } from '../../core/manifest/rollout-status.ts'
import { type Surroundings, sceneOf } from '../../core/manifest/scene.ts'
import { workloadRefOf } from '../../core/manifest/workload.ts'
import { type KubeObject, keyOf, type ObjectRef, refOf } from '../../core/object.ts'
import { failed, ok, type Problem, problemText, type Result } from '../../core/result.ts'
import type { Note } from '../../core/rollout/action.ts'
import { warning } from '../../core/rollout/action.ts'
import { stepText } from '../../core/rollout/explain.ts'
import { patienceFor } from '../../core/rollout/may-wait.ts'
import { type Plan, plan } from '../../core/rollout/plan.ts'
import { needsPods, withPods } from '../../core/rollout/pod-look.ts'
import { invalidStatus, troubledStatus } from '../../core/rollout/record.ts'
import { revisionOf } from '../../core/rollout/revision.ts'
import { askedWeight } from '../../core/rollout/scale.ts'
import { currentOf, type Scene, stableOf } from '../../core/rollout/scene.ts'
import type { RolloutStatus } from '../../core/rollout/status.ts'
import { carriedWeight } from '../../core/rollout/traffic.ts'
import { earliest, type Instant, milliseconds, plus, seconds } from '../../core/units.ts'
import { type Clock, type Cluster, type Log, PortError, type Tell } from '../../ports.ts'
import type { Writer } from './apply.ts'
import { Burst } from './burst.ts'
import type { Cache } from './cache.ts'
import type { Teller } from './events.ts'

/** Somebody may mend what we do not watch: an invalid Rollout is looked at again even if nothing changes. */
const lookAgain = seconds(20)
/** After a promotion, before anything is moved. */
const breath = milliseconds(500)

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

/** Rounds of one pass; what is then still to be done is done in the next. */
const mostRounds = 20

type Thought = { readonly scene: Scene; readonly next: Plan }

type Round = 'more' | { readonly wakeAt: Instant | undefined }

export class Rollouts {
  readonly #with: RolloutsOptions
  /** Since when a status waits. */
  readonly #waitingSince = new Map<string, Instant>()

  constructor(options: RolloutsOptions) {
    this.#with = options
  }

  /** One pass. Throws what the world refuses; says when something is due next. */
  async pass(ref: ObjectRef): Promise<Instant | undefined> {
    const burst = new Burst()
    try {
      for (let round = 1; round <= mostRounds; round += 1) {
        const done = await this.#round(ref, burst)
        if (done !== 'more') return done.wakeAt
      }
      const rollout = this.#with.cache.get(ref)
      if (rollout !== undefined) await this.#save(rollout, burst)
      return this.#with.clock.now()
    } finally {
      this.#tell(ref, burst.forget())
    }
  }

  /** A Rollout that will not come back. */
  forget(ref: ObjectRef): void {
    this.#waitingSince.delete(keyOf(ref))
  }

  /** Looks once and thinks once. */
  async #round(ref: ObjectRef, burst: Burst): Promise<Round> {
    const rollout = this.#with.cache.get(ref)
    if (rollout === undefined || rollout.metadata.deletionTimestamp !== undefined)
      return { wakeAt: undefined }
    this.#tell(ref, burst.meet(rollout))
    this.#awaitWorkloads(rollout)
    const thought = await this.#think(burst.over(rollout), burst)
    if (!thought.ok) return { wakeAt: await this.#refuse(rollout, thought.problems) }
    return this.#follow(rollout, burst, thought.value)
  }

  /** Writes what cannot wait. More, as long as something follows from it. */
  async #follow(rollout: KubeObject, burst: Burst, thought: Thought): Promise<Round> {
    const { scene, next } = thought
    const urgent = burst.urgent(next)
    if (burst.binds && urgent.length > 0) {
      await this.#save(rollout, burst)
      return 'more'
    }
    await this.#with.writer.apply(urgent, (action) => {
      burst.wrote(action)
      this.#tell(refOf(rollout), burst.heard(action.notes))
    })
    burst.take(next)
    this.#show(scene, next)
    if (next.decision.kind === 'promote' && next.binds) return this.#rest(rollout, burst)
    if (urgent.length > 0 || next.decision.kind !== 'wait') return 'more'
    return this.#end(rollout, burst, thought)
  }

  /** All traffic is on the new version and nothing is moved back yet: proxies get a breath before the selectors change under them. */
  async #rest(rollout: KubeObject, burst: Burst): Promise<Round> {
    await this.#save(rollout, burst)
    return { wakeAt: plus(this.#with.clock.now(), breath) }
  }

  async #end(rollout: KubeObject, burst: Burst, { scene, next }: Thought): Promise<Round> {
    const isAlone = burst.patient.length === 0 && next.afterwards.length === 0
    const later = isAlone ? this.#mayStillWait(rollout, next.status) : undefined
    if (later !== undefined) return { wakeAt: earliest(next.wakeAt, later) }
    if (!(await this.#save(rollout, burst))) return 'more'
    this.#with.finished(scene)
    await this.#with.writer.apply(next.afterwards, ({ notes }) => this.#tell(refOf(rollout), notes))
    return { wakeAt: next.wakeAt }
  }

  /** What is seen and what follows; problems where that may not be done. */
  async #think(rollout: KubeObject, burst: Burst): Promise<Result<Thought>> {
    const sight = sceneOf(this.#around(rollout, burst))
    if (!sight.ok) return sight
    const { problems } = sight.value
    const scene = await this.#withPods(sight.value.scene)
    const now = this.#with.clock.now()
    const next = plan(scene, now)
    if (problems.length === 0) return ok({ scene, next })
    if (!isWayOut(scene, next)) return failed(...problems)
    const message = invalidText(rollout, problemText(problems))
    const status = troubledStatus(scene.status, next.status, message, now)
    const wakeAt = earliest(next.wakeAt, plus(now, lookAgain))
    return ok({ scene, next: { ...next, status, wakeAt } })
  }

  /** Until when a status waits for company; undefined when it is to be written, or is written. */
  #mayStillWait(rollout: KubeObject, status: RolloutStatus): Instant | undefined {
    const key = keyOf(refOf(rollout))
    const before = parseRolloutStatus(rollout.json)
    const now = this.#with.clock.now()
    const since = this.#waitingSince.get(key) ?? now
    const differs = patchOf(rollout, status) !== undefined
    const patience = differs ? patienceFor(before, status) : undefined
    const until = patience && plus(since, patience)
    if (until === undefined || now >= until) {
      this.#waitingSince.delete(key)
      return undefined
    }
    this.#waitingSince.set(key, since)
    return until
  }

  /** The journal, then the status, then what is told of it. Says whether the Rollout still is the one that was thought about. */
  async #save(rollout: KubeObject, burst: Burst): Promise<boolean> {
    const ref = refOf(rollout)
    await this.#with.writer.apply(burst.patient, () => undefined)
    const latest = this.#with.cache.get(ref) ?? rollout
    const told = burst.meet(latest)
    this.#tell(ref, told)
    if (burst.status === undefined) return false
    await this.#write(latest, burst.status)
    this.#tell(ref, burst.saved())
    return true
  }

  #tell(ref: ObjectRef, notes: readonly Note[]): void {
    const rollout = this.#with.cache.get(ref)
    if (rollout !== undefined && notes.length > 0) this.#with.teller.tell(rollout, notes)
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

  #around(rollout: KubeObject, burst: Burst): Surroundings {
    const { cache, defaults } = this.#with
    const replicaSets = cache.ownedBy(rollout.metadata.uid, 'ReplicaSet')
    return {
      rollout,
      replicaSets: replicaSets.map((each) => burst.withJournal(each)),
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

  async #write(rollout: KubeObject, status: RolloutStatus): Promise<void> {
    const patch = patchOf(rollout, status)
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

function patchOf({ json }: KubeObject, status: RolloutStatus): JsonObject | undefined {
  return mergePatchOf(rolloutStatusJson(parseRolloutStatus(json)), rolloutStatusJson(status))
}
