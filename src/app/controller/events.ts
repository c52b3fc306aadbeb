/**
 * Notes → Kubernetes events on the Rollout, in the background and in order. Nobody waits for an event: one that cannot be written is
 * lost, with a line in the log, and never a reason to stop or to be late with a weight.
 */
import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../core/object.ts'
import type { Note } from '../../core/rollout/action.ts'
import { timestamp } from '../../core/units.ts'
import type { Clock, Cluster, Log, Tell } from '../../ports.ts'

/** The API server takes no longer one. */
export const longestMessage = 1024

/** Events that wait to be written; more are dropped. */
const mostWaiting = 1000

export type TellerOptions = {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly log: Log
  readonly tell: Tell
}

export class Teller {
  readonly #with: TellerOptions
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
      this.#enqueue(namespace, eventOf(object, note, timestamp(clock.now())))
    }
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
  at: string,
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
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  }
}
