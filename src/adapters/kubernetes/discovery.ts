/** Which version of a kind the cluster serves. */
import { listAt, textAt } from '../../core/json.ts'
import type { Kind } from '../../core/object.ts'
import { groupPath, type Resource, resourceOf } from './kinds.ts'
import { refusal } from './refusal.ts'
import type { Transport } from './transport.ts'

export type Discovery = {
  /** Undefined when the cluster serves none that we speak. Asked once; an absent kind is asked for again each time. */
  version(kind: Kind, signal?: AbortSignal): Promise<string | undefined>
  /** After the cluster no longer knew the kind. */
  forget(kind: Kind): void
}

/** Kinds of which there is one version are not asked for: that they are absent shows in the first list. */
export function createDiscovery(transport: Transport): Discovery {
  const found = new Map<Kind, string>()
  return {
    async version(kind, signal) {
      const { versions } = resourceOf(kind)
      if (versions.length === 1) return versions[0]
      const known = found.get(kind) ?? (await firstServed(transport, kind, signal))
      if (known !== undefined) found.set(kind, known)
      return known
    },
    forget(kind) {
      found.delete(kind)
    },
  }
}

async function firstServed(
  transport: Transport,
  kind: Kind,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const resource = resourceOf(kind)
  for (const version of resource.versions) {
    // One after the other: the first is nearly always the one.
    // oxlint-disable-next-line no-await-in-loop
    if (await serves(transport, resource, version, signal)) return version
  }
  return undefined
}

async function serves(
  transport: Transport,
  resource: Resource,
  version: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const path = groupPath(resource, version)
  const what = `discover ${resource.plural}`
  const answer = await transport.exchange({ what, method: 'GET', path }, signal)
  if (answer.status === 404) return false
  if (answer.status !== 200) throw refusal(what, answer)
  return listAt(answer.body, 'resources').some((each) => textAt(each, 'name') === resource.plural)
}
