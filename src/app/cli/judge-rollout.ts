/** Which release of a Rollout is under way, as its status and its journal say. Lenient: the Rollout may be another controller's. */
import { type JsonObject, objectAt, textAt } from '../../core/json.ts'
import type { Trial } from '../../core/judge/trial.ts'
import { parseJournal } from '../../core/rollout/journal.ts'
import { journalAnnotation } from '../../core/rollout/keys.ts'
import { type Instant, parseTimestamp } from '../../core/units.ts'
import type { Cluster } from '../../ports.ts'
import { CommandError } from './programs.ts'

export type NamedRollout = { readonly namespace: string; readonly name: string }

/** Throws a CommandError where nothing is being released. */
export async function readTrial(
  cluster: Cluster,
  { namespace, name }: NamedRollout,
  from: Instant | undefined,
): Promise<Trial> {
  const rollout = await cluster.read({ kind: 'Rollout', namespace, name })
  if (rollout === undefined)
    throw new CommandError(
      `no Rollout ${name} in namespace ${namespace}; check the name, and the namespace with -n`,
    )
  const { canaryHash, stableHash } = hashesOf(rollout.json, name)
  const canary = objectAt(rollout.json, 'spec', 'strategy', 'canary')
  return {
    namespace,
    rollout: name,
    canaryHash,
    stableHash,
    canaryService: textAt(canary, 'canaryService') ?? '',
    stableService: textAt(canary, 'stableService') ?? '',
    since: from ?? (await beginning(cluster, namespace, `${name}-${canaryHash}`)),
  }
}

function hashesOf(rollout: JsonObject, name: string): Pick<Trial, 'canaryHash' | 'stableHash'> {
  const canaryHash = textAt(rollout, 'status', 'currentPodHash') ?? ''
  const stableHash = textAt(rollout, 'status', 'stableRS') ?? ''
  if (canaryHash !== '' && stableHash !== '' && canaryHash !== stableHash)
    return { canaryHash, stableHash }
  throw new CommandError(
    `Rollout ${name} has no release under way; name two sides with --canary and --stable, or read its last report with haldane report ${name}`,
  )
}

/** Of the journal where Haldane released it, else of the ReplicaSet. */
async function beginning(cluster: Cluster, namespace: string, name: string): Promise<Instant> {
  const replicaSet = await cluster.read({ kind: 'ReplicaSet', namespace, name })
  const journal = parseJournal(replicaSet?.metadata.annotations[journalAnnotation])
  const began = journal?.startedAt ?? parseTimestamp(replicaSet?.metadata.creationTimestamp ?? '')
  if (began !== undefined) return began
  throw new CommandError(
    `ReplicaSet ${name} does not say when the release began; say it with --from`,
  )
}
