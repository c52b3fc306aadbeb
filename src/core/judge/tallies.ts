/** What has been judged so far: requests of both sides, blocks, time. */
import { isEmpty } from '../stats/block.ts'
import { proportionBounds } from '../stats/proportion.ts'
import { between, type Duration, type Instant, milliseconds } from '../units.ts'
import { type Block, nothing, sumOf } from './open-block.ts'
import { judgedOf } from './plans.ts'
import type { Counts, Findings, LeftOut, Side, SideFindings } from './verdict.ts'

type SideCounts = { judged: Counts; all: Counts }

export class Tallies {
  readonly #sides: Readonly<Record<Side, SideCounts>> = {
    canary: { judged: nothing, all: nothing },
    stable: { judged: nothing, all: nothing },
  }
  readonly #leftOut = new Map<LeftOut, number>()
  #blocks = 0
  #time = 0
  #from: Instant | undefined
  #to: Instant | undefined

  add(block: Block): void {
    const { canary, stable } = this.#sides
    this.#from ??= block.start
    this.#to = block.end
    canary.all = sumOf(canary.all, block.canary.all)
    stable.all = sumOf(stable.all, block.stable)
    const why = whyEmpty(block)
    if (why !== undefined) {
      this.#leftOut.set(why, (this.#leftOut.get(why) ?? 0) + 1)
      return
    }
    canary.judged = sumOf(canary.judged, block.canary.judged)
    stable.judged = sumOf(stable.judged, block.stable)
    this.#blocks += 1
    this.#time += between(block.start, block.end)
  }

  get blocks(): number {
    return this.#blocks
  }

  /** Sum of the lengths of the judged blocks. */
  get time(): Duration {
    return milliseconds(this.#time)
  }

  /** Start of the first block. */
  get from(): Instant | undefined {
    return this.#from
  }

  of(side: Side, which: keyof SideCounts = 'judged'): Counts {
    return this.#sides[side][which]
  }

  /** `phi` is the size of bursts: counts are worth that much less. */
  sideFindings(side: Side, alpha: number, phi: number): SideFindings {
    const { judged, all } = this.#sides[side]
    const { requests, failures } = judged
    if (requests === 0) return { judged, all, failureRatio: undefined }
    const bounds = proportionBounds(failures / phi, requests / phi, alpha)
    return { judged, all, failureRatio: { estimate: failures / requests, ...bounds } }
  }

  blockFindings(): Findings['blocks'] {
    return {
      judged: this.#blocks,
      leftOut: Object.fromEntries(this.#leftOut),
      time: this.time,
      from: this.#from,
      to: this.#to,
    }
  }
}

/** Why the main line learns nothing from a block. Decided by who was there, not by how requests ended. */
function whyEmpty(block: Block): LeftOut | undefined {
  if (!isEmpty(judgedOf(block))) return undefined
  if (block.stable.requests === 0) return 'stable-without-requests'
  return block.canary.all.requests > 0 ? 'canary-warming-up' : 'canary-without-requests'
}
