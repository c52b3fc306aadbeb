/** A cluster as a program sees it that may die at any moment, and whose watches may lose what they bring. */
import { type KubeObject, keyOf, type ObjectRef, refOf } from '../../src/core/object.ts'
import { type Duration, plus } from '../../src/core/units.ts'
import type { Change, Clock, Cluster } from '../../src/ports.ts'

export type Life = { dead: boolean }

/** Nothing is answered to the dead, not even what was asked before. */
export function mortal(cluster: Cluster, life: Life): Cluster {
  const lives = async <T>(act: () => Promise<T>): Promise<T> => {
    if (life.dead) return never()
    const ended = await act().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    if (life.dead) return never()
    if ('error' in ended) throw ended.error
    return ended.value
  }
  return {
    ...cluster,
    read: (ref) => lives(() => cluster.read(ref)),
    list: (kind, namespace, labels) => lives(() => cluster.list(kind, namespace, labels)),
    create: (object) => lives(() => cluster.create(object)),
    patch: (ref, patch) => lives(() => cluster.patch(ref, patch)),
    delete: (ref) => lives(() => cluster.delete(ref)),
    watch: (kind, on) =>
      cluster.watch(kind, (change) => {
        if (!life.dead) on(change)
      }),
  }
}

function never<T>(): Promise<T> {
  return Promise.withResolvers<T>().promise
}

export type Loss = {
  /** Asked of every change; one that is lost takes with it all that follows, for a while. */
  readonly isLost: () => boolean
  readonly lasts: Duration
  readonly clock: Clock
}

/** What a connection that broke does not bring is made good by a list, as the real adapter does it. */
export function forgetful(cluster: Cluster, { isLost, lasts, clock }: Loss): Cluster {
  return {
    ...cluster,
    watch: (kind, on) => {
      const known = new Map<string, ObjectRef>()
      let isBroken = false
      const bring = (change: Change): void => {
        if (change.kind === 'set') known.set(keyOf(refOf(change.object)), refOf(change.object))
        if (change.kind === 'gone') known.delete(keyOf(change.ref))
        on(change)
      }
      const mend = async (): Promise<void> => {
        const objects: readonly KubeObject[] = await cluster.list(kind)
        isBroken = false
        const there = new Set(objects.map((object) => keyOf(refOf(object))))
        for (const [key, ref] of known) if (!there.has(key)) bring({ kind: 'gone', ref })
        for (const object of objects) bring({ kind: 'set', object })
      }
      return cluster.watch(kind, (change) => {
        if (!isBroken && change.kind !== 'synced' && isLost()) {
          isBroken = true
          clock.wakeAt(plus(clock.now(), lasts), () => void mend())
        }
        if (!isBroken || change.kind === 'synced') bring(change)
      })
    },
  }
}
