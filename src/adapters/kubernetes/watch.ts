/** Keeps a picture of one kind up to date over connections that break and versions that expire. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type KubeObject, keyOf, type ObjectRef, refOf } from '../../core/object.ts'
import { type Duration, milliseconds } from '../../core/units.ts'
import { type Change, PortError, type Stop } from '../../ports.ts'

export type Listed = { readonly objects: readonly KubeObject[]; readonly resourceVersion: string }

export type WatchEvent =
  | { readonly kind: 'set'; readonly object: KubeObject }
  | { readonly kind: 'gone'; readonly object: KubeObject }
  | { readonly kind: 'bookmark'; readonly resourceVersion: string }
  /** What we know can no longer be carried on from: list again. */
  | { readonly kind: 'expired' }

/** The server, as far as one watch needs it. Both throw PortError. */
export type Source = {
  /** Undefined when the cluster does not serve the kind. */
  list(signal: AbortSignal): Promise<Listed | undefined>
  /** Ends when the server has had enough; that is no failure. */
  follow(from: string, signal: AbortSignal): AsyncIterable<WatchEvent>
}

export type Pace = {
  /** Between looks for a kind that the cluster does not serve. */
  readonly probe: Duration
  /** The pause after a first failure; it doubles from failure to failure. */
  readonly firstPause: Duration
  readonly longestPause: Duration
  /** From 0 to 1. */
  readonly chance: () => number
  /** Told once for each new reason, until the watch works again. */
  readonly trouble: (error: PortError) => void
}

/** Nothing is told after the returned Stop was called. What `on` throws is a bug and is not caught. */
export function startWatch(source: Source, pace: Pace, on: (change: Change) => void): Stop {
  const stopped = new AbortController()
  void new Watch(source, pace, on).run(stopped.signal)
  return () => stopped.abort()
}

type Known = { readonly ref: ObjectRef; readonly uid: string; readonly resourceVersion: string }

class Watch {
  readonly #source: Source
  readonly #pace: Pace
  readonly #on: (change: Change) => void
  readonly #known = new Map<string, Known>()
  /** Where the next connection carries on; undefined when only a list can tell. */
  #from: string | undefined
  #synced = false
  #failures = 0
  #told = ''

  constructor(source: Source, pace: Pace, on: (change: Change) => void) {
    this.#source = source
    this.#pace = pace
    this.#on = on
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop
      const pause = await this.#round(signal)
      // oxlint-disable-next-line no-await-in-loop
      await sleep(pause, undefined, { signal }).catch(() => undefined)
    }
  }

  /** One connection; answers how long to rest before the next. */
  async #round(signal: AbortSignal): Promise<Duration> {
    try {
      if (this.#from === undefined) await this.#list(signal)
      if (this.#from === undefined) return this.#pace.probe
      await this.#follow(this.#from, signal)
    } catch (error) {
      if (!(error instanceof PortError)) throw error
      if (!signal.aborted) this.#failed(error)
    }
    return this.#pause()
  }

  async #list(signal: AbortSignal): Promise<void> {
    const listed = await this.#source.list(signal)
    if (signal.aborted) return
    this.#reconcile(listed?.objects ?? [])
    this.#from = listed?.resourceVersion
    if (!this.#synced) this.#on({ kind: 'synced' })
    this.#synced = true
  }

  /** An object that was made anew under the same name is gone before it is set. */
  #reconcile(objects: readonly KubeObject[]): void {
    const uids = new Map(objects.map((object) => [keyOf(refOf(object)), object.metadata.uid]))
    for (const [key, known] of this.#known) {
      if (uids.get(key) !== known.uid) this.#gone(known.ref)
    }
    for (const object of objects) {
      const known = this.#known.get(keyOf(refOf(object)))
      if (known?.resourceVersion !== object.metadata.resourceVersion) this.#set(object)
    }
  }

  async #follow(from: string, signal: AbortSignal): Promise<void> {
    for await (const event of this.#source.follow(from, signal)) {
      if (signal.aborted) return
      if (event.kind === 'expired') {
        this.#from = undefined
        this.#failures += 1
        return
      }
      this.#works()
      this.#take(event)
    }
    this.#works()
  }

  #take(event: Exclude<WatchEvent, { kind: 'expired' }>): void {
    switch (event.kind) {
      case 'bookmark':
        this.#from = event.resourceVersion
        return
      case 'set':
        this.#from = event.object.metadata.resourceVersion
        this.#set(event.object)
        return
      case 'gone':
        this.#from = event.object.metadata.resourceVersion
        this.#gone(refOf(event.object))
    }
  }

  #set(object: KubeObject): void {
    const ref = refOf(object)
    const { uid, resourceVersion } = object.metadata
    this.#known.set(keyOf(ref), { ref, uid, resourceVersion })
    this.#on({ kind: 'set', object })
  }

  #gone(ref: ObjectRef): void {
    this.#known.delete(keyOf(ref))
    this.#on({ kind: 'gone', ref })
  }

  #works(): void {
    this.#failures = 0
    this.#told = ''
  }

  #failed(error: PortError): void {
    this.#failures += 1
    if (error.message !== this.#told) this.#pace.trouble(error)
    this.#told = error.message
  }

  /** Also after a connection that ended well, so that a proxy which ends each at once is not hammered. */
  #pause(): Duration {
    const { firstPause, longestPause, chance } = this.#pace
    const full = Math.min(longestPause, firstPause * 2 ** Math.max(0, this.#failures - 1))
    return milliseconds(Math.round(full * (0.5 + chance() / 2)))
  }
}
