/** A clock that stands still until it is told to go on. */
import { type Duration, type Instant, instant, plus } from '../core/units.ts'
import type { Clock, Stop } from '../ports.ts'

/** Lets everything that was set off come to rest, without time passing. */
export type Settle = () => Promise<void>

type Wake = { readonly at: Instant; readonly order: number; readonly wake: () => void }

/**
 * Time passes only in `advance` and `run`. Due wakes fire one by one, by time and then in the order they were asked for; after
 * each one, `settle` lets promises run, so whoever was woken acts before the next moment comes.
 */
export class SteppedClock implements Clock {
  readonly #settle: Settle
  readonly #wakes = new Set<Wake>()
  #now: Instant
  #asked = 0
  #moving: Promise<unknown> = Promise.resolve()

  constructor(start: Instant, settle: Settle) {
    this.#now = start
    this.#settle = settle
  }

  now(): Instant {
    return this.#now
  }

  wakeAt(at: Instant, wake: () => void): Stop {
    const entry = { at, order: this.#asked, wake }
    this.#asked += 1
    this.#wakes.add(entry)
    return () => {
      this.#wakes.delete(entry)
    }
  }

  /** Lets `duration` pass. Calls that overlap happen one after the other. */
  advance(duration: Duration): Promise<void> {
    return this.#alone(async () => {
      await this.#passUntil(plus(this.#now, duration), () => false)
    })
  }

  /** Goes on until `done` holds, looked at after every wake, or `limit` has passed. Tells whether it holds. */
  run(done: () => boolean, limit: Duration): Promise<boolean> {
    return this.#alone(async () => {
      await this.#passUntil(plus(this.#now, limit), done)
      return done()
    })
  }

  #alone<T>(move: () => Promise<T>): Promise<T> {
    const moved = this.#moving.then(move)
    this.#moving = moved.catch(() => undefined)
    return moved
  }

  async #passUntil(end: Instant, done: () => boolean): Promise<void> {
    await this.#settle()
    while (!done()) {
      const next = this.#next(end)
      if (next === undefined) {
        this.#now = end
        return
      }
      this.#wakes.delete(next)
      this.#now = instant(Math.max(this.#now, next.at))
      next.wake()
      await this.#settle()
    }
  }

  #next(end: Instant): Wake | undefined {
    const due = [...this.#wakes].filter(({ at }) => at <= end)
    return due.reduce<Wake | undefined>(
      (first, wake) => (first === undefined || isBefore(wake, first) ? wake : first),
      undefined,
    )
  }
}

function isBefore(a: Wake, b: Wake): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/** `settle` is by default a number of turns that suffices for short chains; give a better one where work is longer. */
export function createSteppedClock(
  start: Instant,
  settle: Settle = turns(quietEnough),
): SteppedClock {
  return new SteppedClock(start, settle)
}

/** A chain of awaits that touches nothing of the world is never longer than this. */
const quietEnough = 50

/** Somebody who answers every change with a change would settle never: then time goes on all the same. */
const restlessAfter = 20_000

/** Waits for that many turns of the microtask queue. */
export function turns(count: number): Settle {
  return async () => {
    for (let turn = 0; turn < count; turn++) await Promise.resolve()
  }
}

/**
 * Waits until `activity`, a count of calls and deliveries, has not moved for some turns. Promises only: no timer, no I/O, so
 * the same program does the same in every run. Work that waits for real I/O is not waited for.
 */
export function untilQuiet(activity: () => number): Settle {
  return async () => {
    let [seen, quiet] = [activity(), 0]
    for (let turn = 0; turn < restlessAfter && quiet < quietEnough; turn++) {
      await Promise.resolve()
      const now = activity()
      quiet = now === seen ? quiet + 1 : 0
      seen = now
    }
  }
}
