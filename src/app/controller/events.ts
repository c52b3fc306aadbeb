/** Notes → Kubernetes events on the Rollout. An event that cannot be written is lost, never a reason to stop. */
import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../core/object.ts'
import type { Note } from '../../core/rollout/action.ts'
import { timestamp } from '../../core/units.ts'
import type { Clock, Cluster, Log, Tell } from '../../ports.ts'

/** The API server takes no longer one. */
export const longestMessage = 1024

export type Teller = (object: KubeObject, notes: readonly Note[]) => Promise<void>

export function createTeller({
  cluster,
  clock,
  log,
  tell,
}: {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly log: Log
  readonly tell: Tell
}): Teller {
  return async (object, notes) => {
    const { namespace, name } = object.metadata
    for (const note of notes) {
      log.info(note.message, { namespace, rollout: name, reason: note.reason })
      tell({ kind: 'note', rollout: { namespace, name }, at: clock.now(), note })
      await write(cluster, object, eventOf(object, note, timestamp(clock.now()))).catch(
        (error: unknown) => {
          log.warn(`an event could not be written: ${String(error)}`, {
            namespace,
            rollout: name,
            reason: note.reason,
          })
        },
      )
    }
  }
}

async function write(cluster: Cluster, { metadata }: KubeObject, json: JsonObject): Promise<void> {
  await cluster.create({ ref: { kind: 'Event', namespace: metadata.namespace, name: '' }, json })
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
