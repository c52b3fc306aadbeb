/**
 * When a block begins, closes or is given up. Decided by who is there, never by how the requests ended.
 *
 *   canary            ·  ·  ●──●──●  ·  ●──●         ● a pod of the side has a sample
 *   stable            ●──●──●──●──●──●──●──●
 *   blocks                  └1─┴2─┴──3──┴4─┘         3 stays open until both are there
 */
import { between, type Duration, type Instant } from '../units.ts'
import type { LeftOut, Side } from './verdict.ts'

export type Present = Readonly<Record<Side, boolean>>

/** What a look means for the block that is open. */
export type Turn =
  /** Nothing has been seen of either side yet. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly start: Instant }
  | { readonly kind: 'dropped' }

/** After so many blocks without one side its other half is too old to compare with. */
const longestInBlocks = 10

const sides: readonly Side[] = ['canary', 'stable']

export class BlockClock {
  readonly #longest: number
  readonly #leftOut = new Map<LeftOut, number>()
  readonly #missingSince: Record<Side, Instant | undefined> = {
    canary: undefined,
    stable: undefined,
  }
  #start: Instant | undefined
  #canaryWasSeen = false
  #gaps = 0

  constructor(block: Duration, start?: Instant) {
    this.#longest = longestInBlocks * block
    this.#start = start
  }

  get leftOut(): ReadonlyMap<LeftOut, number> {
    return this.#leftOut
  }

  /** Looks at which a side was missing and the block stayed open. */
  get gaps(): number {
    return this.#gaps
  }

  /** Since which look a side has had no sample; undefined when it has. */
  missingSince(side: Side): Instant | undefined {
    return this.#missingSince[side]
  }

  /** The next look, in order of time. */
  advance(at: Instant, present: Present): Turn {
    for (const side of sides) {
      this.#missingSince[side] = present[side] ? undefined : (this.#missingSince[side] ?? at)
    }
    this.#canaryWasSeen ||= present.canary
    if (this.#start === undefined) return this.#begin(at, present)
    if (at === this.#start) return { kind: 'open' }
    return this.#end(this.#start, at, present)
  }

  #begin(at: Instant, { canary, stable }: Present): Turn {
    if (!canary && !stable) return { kind: 'idle' }
    this.#start = at
    return { kind: 'open' }
  }

  #end(start: Instant, at: Instant, { canary, stable }: Present): Turn {
    if (canary && stable) {
      this.#start = at
      return { kind: 'closed', start }
    }
    if (!this.#canaryWasSeen) return this.#drop(at, 'canary-not-there-yet')
    if (between(start, at) >= this.#longest) return this.#drop(at, 'side-missing-too-long')
    this.#gaps += 1
    return { kind: 'open' }
  }

  #drop(at: Instant, why: LeftOut): Turn {
    this.#leftOut.set(why, (this.#leftOut.get(why) ?? 0) + 1)
    this.#start = at
    return { kind: 'dropped' }
  }
}
