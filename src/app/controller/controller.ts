/** The controller: small programs that meet only through objects, and a report when a release is over. */
import type { JudgeDefaults } from '../../core/manifest/judge-settings.ts'
import { managerOf } from '../../core/manifest/let-go.ts'
import { referencesOf } from '../../core/manifest/scene.ts'
import { type Kind, type KubeObject, keyOf, type ObjectRef, refOf } from '../../core/object.ts'
import type { LinkSettings } from '../../core/report/links.ts'
import { type Instant, milliseconds } from '../../core/units.ts'
import { type Clock, type Cluster, type Log, PortError, type Stop, type Tell } from '../../ports.ts'
import { AnalysisRuns } from './analysis-runs.ts'
import { Writer } from './apply.ts'
import { Cache } from './cache.ts'
import { Court, type MetricsAt } from './court.ts'
import { Teller } from './events.ts'
import { type Bounds, type Work, WorkQueue } from './queue.ts'
import { References } from './references.ts'
import { Reports } from './reports.ts'
import { Rollouts } from './rollouts.ts'
import { Scores } from './scores.ts'
import { SeriesCourt } from './series-court.ts'
import { Strays } from './strays.ts'

export type ControllerOptions = {
  readonly cluster: Cluster
  readonly metricsAt: MetricsAt
  readonly clock: Clock
  readonly log: Log
  readonly tell: Tell
  readonly defaults: JudgeDefaults
  readonly links: LinkSettings
}

export type Controller = {
  /** Looks at every Rollout and every run once more, whatever the watches said. */
  readonly resync: () => void
  readonly stop: Stop
}

const kinds: readonly Kind[] = [
  'Rollout',
  'AnalysisRun',
  'AnalysisTemplate',
  'ClusterAnalysisTemplate',
  'ReplicaSet',
  'Service',
  'VirtualService',
  'DestinationRule',
]

/** Resolves once the first picture of the cluster is complete and work has begun. */
export async function startController(options: ControllerOptions): Promise<Controller> {
  const running = new Running(options)
  await running.start()
  return { resync: () => running.resync(), stop: () => running.stop() }
}

/** Kinds that are worked on. Services and DestinationRules only to be let go of; what is put into them is a Rollout's work. */
type Worked = 'Rollout' | 'AnalysisRun' | 'Service' | 'DestinationRule'

/** Rollouts have a queue of their own: a metrics store that answers slowly never holds up a rollback. */
const bounds: Readonly<Record<Worked, Bounds>> = {
  Rollout: { atOnce: 10, breath: milliseconds(100) },
  AnalysisRun: { atOnce: 30, breath: milliseconds(0) },
  Service: { atOnce: 2, breath: milliseconds(100) },
  DestinationRule: { atOnce: 2, breath: milliseconds(100) },
}

const worked: readonly Worked[] = ['Rollout', 'AnalysisRun', 'Service', 'DestinationRule']

class Running {
  readonly #cache: Cache
  readonly #queues: Readonly<Record<Worked, WorkQueue>>
  readonly #teller: Teller
  readonly #rollouts: Rollouts
  readonly #runs: AnalysisRuns
  readonly #strays: Strays
  readonly #log: Log
  readonly #references = new References()
  /** Of which version of its spec a Rollout's references are known. */
  readonly #referring = new Map<string, string>()
  /** What our code failed on, and the generation that it failed on. */
  readonly #resting = new Map<string, number>()
  #synced = false

  constructor(options: ControllerOptions) {
    const { cluster, metricsAt, clock, log } = options
    this.#log = log
    const cache = new Cache(cluster, kinds, (object) => this.#hear(object))
    this.#cache = cache
    const work: Work = {
      pass: (key) => this.#pass(key),
      failed: (key, error, tries) => this.#failed(key, error, tries),
    }
    this.#queues = {
      Rollout: new WorkQueue(clock, work, bounds.Rollout),
      AnalysisRun: new WorkQueue(clock, work, bounds.AnalysisRun),
      Service: new WorkQueue(clock, work, bounds.Service),
      DestinationRule: new WorkQueue(clock, work, bounds.DestinationRule),
    }
    this.#teller = new Teller(options)
    const shared = {
      ...options,
      cache,
      writer: new Writer(cluster, cache),
      teller: this.#teller,
      court: new Court(metricsAt, clock),
      scores: new Scores(metricsAt, clock),
      seriesCourt: new SeriesCourt(metricsAt, clock),
    }
    this.#strays = new Strays(shared)
    const reports = new Reports(shared)
    this.#rollouts = new Rollouts({
      ...shared,
      naming: (ref) => this.#naming(ref),
      finished: (scene) => reports.consider(scene),
    })
    this.#runs = new AnalysisRuns({
      ...shared,
      metadataFor: (trial, metric) => reports.metadataFor(trial, metric),
    })
  }

  async start(): Promise<void> {
    await this.#cache.start()
    this.#synced = true
    this.resync()
  }

  stop(): void {
    for (const queue of Object.values(this.#queues)) queue.stop()
    this.#teller.stop()
    this.#cache.stop()
  }

  resync(): void {
    for (const kind of worked) for (const object of this.#cache.all(kind)) this.#hear(object)
  }

  #hear(object: KubeObject): void {
    const key = keyOf(refOf(object))
    const left = object.kind === 'Rollout' ? this.#refer(key, object) : []
    if (!this.#synced) return
    this.#queueOf(object)?.add(key)
    for (const target of left) this.#leave(target)
    for (const concerned of this.#concernedBy(object)) this.#queues.Rollout.add(concerned)
  }

  #queueOf(object: KubeObject): WorkQueue | undefined {
    const kind = worked.find((each) => each === object.kind)
    const isOurs = kind === 'Rollout' || kind === 'AnalysisRun' || managerOf(object) !== undefined
    return kind !== undefined && isOurs ? this.#queues[kind] : undefined
  }

  /** What a Rollout names no longer may have to be given back. */
  #leave(target: string): void {
    const object = this.#cache.get(parseKey(target))
    if (object !== undefined) this.#queueOf(object)?.add(target)
  }

  /** Gives what it names no longer. */
  #refer(key: string, rollout: KubeObject): readonly string[] {
    const isThere = this.#cache.get(refOf(rollout)) !== undefined
    const { uid, generation } = rollout.metadata
    const version = `${uid}/${generation}`
    if (isThere && this.#referring.get(key) === version) return []
    if (isThere) this.#referring.set(key, version)
    else this.#referring.delete(key)
    const references = isThere ? this.#namedBy(rollout) : []
    const left = this.#references.set(key, references)
    for (const { kind } of references) this.#cache.follow(kind)
    return left
  }

  /** A Rollout that our code fails on must not end the watch that all others live by: its pass fails as well, and says so. */
  #namedBy(rollout: KubeObject): readonly ObjectRef[] {
    try {
      return referencesOf(rollout)
    } catch (error) {
      this.#log.error(`what a Rollout names, which is a defect: ${stackOf(error)}`, {
        key: keyOf(refOf(rollout)),
      })
      return []
    }
  }

  #concernedBy(object: KubeObject): readonly string[] {
    const { namespace, ownerReferences } = object.metadata
    const owners = ownerReferences
      .filter(({ kind, controller }) => kind === 'Rollout' && controller === true)
      .map(({ name }) => keyOf({ kind: 'Rollout', namespace, name }))
    return [...owners, ...this.#references.referrersOf(keyOf(refOf(object)))]
  }

  #naming(ref: ObjectRef): readonly KubeObject[] {
    const keys = this.#references.referrersOf(keyOf(ref))
    return keys.flatMap((key) => this.#cache.get(parseKey(key)) ?? [])
  }

  async #pass(key: string): Promise<Instant | undefined> {
    const ref = parseKey(key)
    const object = this.#cache.get(ref)
    if (object === undefined) return this.#forget(key, ref)
    if (this.#resting.get(key) === object.metadata.generation) return undefined
    this.#resting.delete(key)
    if (ref.kind === 'Rollout') return this.#rollouts.pass(ref)
    return ref.kind === 'AnalysisRun' ? this.#runs.pass(ref) : this.#strays.pass(ref)
  }

  #forget(key: string, ref: WorkRef): undefined {
    this.#resting.delete(key)
    this.#queues[ref.kind].forget(key)
    if (ref.kind === 'Rollout') this.#rollouts.forget(ref)
  }

  /** What the world refuses is tried again; what our own code throws on rests, visibly, and all others go on. */
  #failed(key: string, error: unknown, tries: number): 'retry' | 'rest' {
    const ref = parseKey(key)
    if (error instanceof PortError) {
      if (error.code !== 'conflict' || tries > 3)
        this.#log.warn(error.message, { key, tries, code: error.code })
      return 'retry'
    }
    this.#log.error(`a pass failed, which is a defect: ${stackOf(error)}`, { key })
    this.#resting.set(key, this.#cache.get(ref)?.metadata.generation ?? 0)
    if (ref.kind === 'Rollout') {
      this.#rollouts
        .confess(ref, error)
        .catch((again: unknown) =>
          this.#log.error(`its status could not be written: ${String(again)}`, { key }),
        )
    }
    return 'rest'
  }
}

type WorkRef = ObjectRef & { readonly kind: Worked }

function parseKey(key: string): WorkRef {
  const [kind, namespace = '', name = ''] = key.split('/')
  return { kind: worked.find((each) => each === kind) ?? 'Rollout', namespace, name }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
