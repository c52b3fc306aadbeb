/**
 * Notes → Kubernetes events on the Rollout, in the background and in order. Nobody waits for an event: one that cannot be written is
 * lost, with a line in the log, and never a reason to stop or to be late with a weight.
 */
import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../core/object.ts'
import type { Note } from '../../core/rollout/action.ts'
import { toldTogether } from '../../core/rollout/told-together.ts'
import { type Instant, plus, seconds, timestamp } from '../../core/units.ts'
import type { Clock, Cluster, Log, Stop, Tell } from '../../ports.ts'

/** The API server takes no longer one. */
export const longestMessage = 1024

/** Events that wait to be written; more are dropped. */
const mostWaiting = 5000

/** From the first note on an object until its events are written: what happens meanwhile is told together. */
const moment = seconds(2)

export type TellerOptions = {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly log: Log
  readonly tell: Tell
}

type Gathering = {
  readonly object: KubeObject
  readonly since: Instant
  readonly notes: Note[]
  readonly stop: Stop
}

export class Teller {
  readonly #with: TellerOptions
  /** By uid. */
  readonly #gatherings = new Map<string, Gathering>()
  readonly #waiting: { readonly namespace: string; readonly json: JsonObject }[] = []
  #isWriting = false

  constructor(options: TellerOptions) {
    this.#with = options
  }

  tell(object: KubeObject, notes: readonly Note[]): void {
    const { clock, log, tell } = this.#with
    const { namespace, name } = object.metadata
    for (const note of notes) {
      log.info(note.message, { namespace, rollout: name, reason: note.reason })
      tell({ kind: 'note', rollout: { namespace, name }, at: clock.now(), note })
      this.#gatheringOf(object).notes.push(note)
    }
  }

  /** Writes at once what is still gathered. */
  stop(): void {
    for (const uid of this.#gatherings.keys()) this.#close(uid)
  }

  #gatheringOf(object: KubeObject): Gathering {
    const { uid } = object.metadata
    const known = this.#gatherings.get(uid)
    if (known !== undefined) return known
    const { clock } = this.#with
    const since = clock.now()
    const stop = clock.wakeAt(plus(since, moment), () => this.#close(uid))
    const gathering = { object, since, notes: [], stop }
    this.#gatherings.set(uid, gathering)
    return gathering
  }

  #close(uid: string): void {
    const gathering = this.#gatherings.get(uid)
    if (gathering === undefined) return
    this.#gatherings.delete(uid)
    gathering.stop()
    const { object, notes, since } = gathering
    const span = { first: timestamp(since), last: timestamp(this.#with.clock.now()) }
    for (const note of toldTogether(notes, longestMessage))
      this.#enqueue(object.metadata.namespace, eventOf(object, note, span))
  }

  #enqueue(namespace: string, json: JsonObject): void {
    if (this.#waiting.length >= mostWaiting) return
    this.#waiting.push({ namespace, json })
    if (!this.#isWriting) void this.#write()
  }

  async #write(): Promise<void> {
    this.#isWriting = true
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { namespace, json } = next
      await this.#with.cluster
        .create({ ref: { kind: 'Event', namespace, name: '' }, json })
        .catch((error: unknown) =>
          this.#with.log.warn(`an event could not be written: ${String(error)}`, { namespace }),
        )
    }
    this.#isWriting = false
  }
}

function eventOf(
  { kind, metadata }: KubeObject,
  { type, reason, message }: Note,
  { first, last }: { readonly first: string; readonly last: string },
): JsonObject {
  const { namespace, name, uid, resourceVersion } = metadata
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind,
      namespace,
      name,
      uid,
      resourceVersion,
    },
    reason,
    message: message.slice(0, longestMessage),
    type,
    source: { component: 'rollouts-controller' },
    reportingComponent: 'rollouts-controller',
    firstTimestamp: first,
    lastTimestamp: last,
    count: 1,
  }
}
