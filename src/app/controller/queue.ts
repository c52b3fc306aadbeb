/** Work by key: one pass a key at a time, what comes in meanwhile is done once more afterwards. */
import { between, type Duration, type Instant, milliseconds, plus } from '../../core/units.ts'
import type { Clock, Stop } from '../../ports.ts'

export type Work = {
  /** Returns when to look again even if nothing changes. */
  readonly pass: (key: string) => Promise<Instant | undefined>
  /** A pass threw; says whether it is tried again. */
  readonly failed: (key: string, error: unknown, tries: number) => 'retry' | 'rest'
}

type Entry = {
  running: boolean
  again: boolean
  tries: number
  timer: { readonly at: Instant; readonly stop: Stop } | undefined
  endedAt: Instant | undefined
}

export type Bounds = {
  /** Passes at the same time. */
  readonly atOnce: number
  /**
   * From the end of a key's pass to the next: what changes meanwhile is done in one go, which saves the API server writes. A key
   * that has rested is served at once.
   */
  readonly breath: Duration
}

/** First wait after a failure; it doubles up to the longest. */
const firstWait = 100
const longestWait = 10_000

export class WorkQueue {
  readonly #clock: Clock
  readonly #work: Work
  readonly #bounds: Bounds
  readonly #entries = new Map<string, Entry>()
  readonly #waiting = new Set<string>()
  #running = 0
  #stopped = false

  constructor(clock: Clock, work: Work, bounds: Bounds) {
    this.#clock = clock
    this.#work = work
    this.#bounds = bounds
  }

  /** Asks for a pass as soon as there is room. */
  add(key: string): void {
    if (this.#stopped) return
    const entry = this.#entry(key)
    if (entry.running) entry.again = true
    else if (this.#isResting(entry)) this.addAt(key, plus(this.#clock.now(), this.#bounds.breath))
    else this.#waiting.add(key)
    this.#start()
  }

  /** Asks for a pass at a moment; an earlier one that is already asked for stands. */
  addAt(key: string, at: Instant): void {
    const entry = this.#entry(key)
    if (this.#stopped || (entry.timer !== undefined && entry.timer.at <= at)) return
    entry.timer?.stop()
    const wake = (): void => {
      entry.timer = undefined
      entry.endedAt = undefined
      this.add(key)
    }
    entry.timer = { at, stop: this.#clock.wakeAt(at, wake) }
  }

  /** Drops a key that will not come back. */
  forget(key: string): void {
    const entry = this.#entries.get(key)
    entry?.timer?.stop()
    this.#waiting.delete(key)
    if (entry?.running === true) entry.timer = undefined
    else this.#entries.delete(key)
  }

  /** No pass begins any more; those that run end by themselves. */
  stop(): void {
    this.#stopped = true
    for (const key of this.#entries.keys()) this.forget(key)
  }

  #isResting({ endedAt }: Entry): boolean {
    return endedAt !== undefined && between(endedAt, this.#clock.now()) < this.#bounds.breath
  }

  #entry(key: string): Entry {
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const entry: Entry = {
      running: false,
      again: false,
      tries: 0,
      timer: undefined,
      endedAt: undefined,
    }
    this.#entries.set(key, entry)
    return entry
  }

  #start(): void {
    for (const key of this.#waiting) {
      if (this.#running >= this.#bounds.atOnce) return
      this.#waiting.delete(key)
      void this.#run(key, this.#entry(key))
    }
  }

  async #run(key: string, entry: Entry): Promise<void> {
    this.#running += 1
    entry.running = true
    entry.again = false
    try {
      const wakeAt = await this.#work.pass(key)
      entry.tries = 0
      if (wakeAt !== undefined) this.addAt(key, wakeAt)
    } catch (error) {
      this.#retry(key, entry, error)
    } finally {
      entry.running = false
      entry.endedAt = this.#clock.now()
      this.#running -= 1
      if (entry.again) this.add(key)
      this.#start()
    }
  }

  #retry(key: string, entry: Entry, error: unknown): void {
    entry.tries += 1
    if (this.#work.failed(key, error, entry.tries) === 'rest') return
    const wait = Math.min(longestWait, firstWait * 2 ** (entry.tries - 1))
    this.addAt(key, plus(this.#clock.now(), milliseconds(wait)))
  }
}
