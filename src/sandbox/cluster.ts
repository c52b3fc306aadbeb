/** The objects of a cluster, kept in memory behind the face of the real one. */
import type { ObjectRef } from '../core/object.ts'
import type { Clock, Cluster, Stop } from '../ports.ts'
import { Server, type WriteHook } from './cluster/server.ts'
import type { Random } from './random.ts'

/** Writes directly on it are the user's. */
export interface SandboxCluster extends Cluster {
  /** The same cluster for somebody whose writes carry this name. */
  as(author: string): Cluster
  onWrite(hook: WriteHook): Stop
  /** Counts calls and changes brought to watchers: while it moves, somebody is at work. */
  activity(): number
}

export function createCluster(world: {
  readonly clock: Clock
  readonly random: Random
}): SandboxCluster {
  const server = new Server(world.clock, world.random)
  return {
    ...faceOf(server, 'user'),
    as: (author) => faceOf(server, author),
    onWrite: (hook) => server.onWrite(hook),
    activity: () => server.activity(),
  }
}

function faceOf(server: Server, by: string): Cluster {
  return {
    read: (ref) => server.answer(() => server.read(ref)),
    list: (kind, namespace, labels) => server.answer(() => server.list(kind, namespace, labels)),
    create: ({ ref, json }) =>
      server.answer(() => server.create({ by, verb: 'create', ref, json })),
    patch: (ref, patch) => server.answer(() => server.patch({ by, verb: 'patch', ref, patch })),
    delete: (ref) => server.answer(() => server.delete({ by, verb: 'delete', ref })),
    evict: ({ namespace, name, uid }) =>
      server.answer(() => server.evict({ by, verb: 'evict', ref: podRef(namespace, name), uid })),
    watch: (kind, on) => server.watch(kind, on),
  }
}

function podRef(namespace: string, name: string): ObjectRef {
  return { kind: 'Pod', namespace, name }
}
