/** Brings changes to those who watch: in order, and never within the call that caused them. */
import type { Kind, KubeObject } from '../../core/object.ts'
import type { Change, Stop } from '../../ports.ts'

type Watcher = {
  readonly kind: Kind
  readonly on: (change: Change) => void
  readonly waiting: Change[]
}

export class Feed {
  readonly #watchers = new Set<Watcher>()
  #delivered = 0

  /** `picture` are the objects of the kind at this moment. */
  watch(kind: Kind, picture: readonly KubeObject[], on: (change: Change) => void): Stop {
    const watcher: Watcher = { kind, on, waiting: [] }
    this.#watchers.add(watcher)
    for (const object of picture) this.#send(watcher, { kind: 'set', object })
    this.#send(watcher, { kind: 'synced' })
    return () => {
      this.#watchers.delete(watcher)
    }
  }

  tell(kind: Kind, change: Change): void {
    for (const watcher of this.#watchers) {
      if (watcher.kind === kind) this.#send(watcher, change)
    }
  }

  /** How many changes were brought so far. */
  delivered(): number {
    return this.#delivered
  }

  #send(watcher: Watcher, change: Change): void {
    watcher.waiting.push(change)
    if (watcher.waiting.length === 1) queueMicrotask(() => this.#deliver(watcher))
  }

  #deliver(watcher: Watcher): void {
    for (;;) {
      const [change] = watcher.waiting
      if (change === undefined || !this.#watchers.has(watcher)) return
      this.#delivered += 1
      try {
        watcher.on(change)
      } finally {
        watcher.waiting.shift()
      }
    }
  }
}
