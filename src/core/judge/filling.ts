/** The block that is being filled, and when it is closed, given up or begun anew. */
import type { Duration, Instant } from '../units.ts'
import { BlockClock, type Present } from './block-clock.ts'

export class Filling<Open> {
  readonly clock: BlockClock
  readonly #begin: (at: Instant) => Open
  #open: Open | undefined

  constructor(block: Duration, begin: (at: Instant) => Open) {
    this.clock = new BlockClock(block)
    this.#begin = begin
  }

  /** What a look at `at` adds to. */
  at(at: Instant): Open {
    this.#open ??= this.#begin(at)
    return this.#open
  }

  /** What a look closes, once all that it brought was added; undefined while the block stays open, and when it is given up. */
  closedBy(at: Instant, present: Present): Open | undefined {
    const open = this.at(at)
    const turn = this.clock.advance(at, present)
    if (turn.kind === 'open') return undefined
    this.#open = turn.kind === 'idle' ? undefined : this.#begin(at)
    return turn.kind === 'closed' ? open : undefined
  }
}
