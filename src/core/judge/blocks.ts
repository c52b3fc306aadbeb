/**
 * Raw counters in, blocks of traffic out: what both sides served between two instants.
 *
 * What it promises: blocks depend on the samples alone and never on how they were read. One long range query after a restart gives the blocks that
 * were seen live, to the last count. Which block is left out is decided by who is there, never by how the requests ended.
 */
import type { Instant } from '../units.ts'
import { Ages } from './ages.ts'
import type { Traffic } from './callers.ts'
import { Counters, type Increment } from './counters.ts'
import { outcomeOf } from './failures.ts'
import { Filling } from './filling.ts'
import type { Labels, Look, Value } from './looks.ts'
import { type Block, nothing, OpenBlock } from './open-block.ts'
import { judgedReporter } from './queries.ts'
import type { FailureRule, JudgeSettings } from './settings.ts'
import { sideOfPod, sideOfService, type Trial } from './trial.ts'
import type { Counts, LeftOut, Side } from './verdict.ts'

const nothingLost: Traffic = { canary: 0, stable: 0 }
/** Stands for the pods that were not reached; no pod is called so. */
const undelivered = '(undelivered)'

export class BlockMaker {
  readonly #trial: Trial
  readonly #settings: JudgeSettings
  readonly #counters = new Counters()
  readonly #ages = new Ages()
  readonly #filling: Filling<OpenBlock>

  constructor(trial: Trial, settings: JudgeSettings) {
    this.#trial = trial
    this.#settings = settings
    this.#filling = new Filling(settings.block, (at) => new OpenBlock(at))
  }

  get leftOut(): ReadonlyMap<LeftOut, number> {
    return this.#filling.clock.leftOut
  }

  get quality(): { readonly restarts: number; readonly stepsBack: number; readonly gaps: number } {
    const { restarts, stepsBack } = this.#counters
    return { restarts, stepsBack, gaps: this.#filling.clock.gaps }
  }

  /** Since which look a side has had no sample; undefined when it has. */
  missingSince(side: Side): Instant | undefined {
    return this.#filling.clock.missingSince(side)
  }

  /**
   * The next look, in order of time. Undefined while the block stays open. `lost` are failures that callers saw since the look before and that reached
   * no pod: they count for the side that they were sent to, unless callers are the ones who report anyway.
   */
  advance({ at, values }: Look, lost: Traffic = nothingLost): Block | undefined {
    const ours = values.filter(({ labels }) => sideOf(labels, this.#trial, this.#settings))
    const open = this.#filling.at(at)
    for (const increment of this.#counters.advance(at, ours)) this.#add(open, increment)
    for (const value of ours) this.#ages.note(this.#nameOf(value), at)
    if (this.#isByPod) this.#addLost(open, at, lost)
    const present = presentIn(ours, this.#trial, this.#settings)
    const canary = present.canary || (this.#isByPod && lost.canary > 0)
    return this.#filling.closedBy(at, { ...present, canary })?.closed(at)
  }

  #add(open: OpenBlock, { of, amount }: Increment): void {
    const counts = countsOf(of.labels, amount, this.#settings.failures)
    if (sideOf(of.labels, this.#trial, this.#settings) === 'stable') open.addStable(counts)
    else {
      const isWarm = this.#ages.isWarm(this.#nameOf(of), this.#settings.warmup)
      open.addCanary(counts, { pod: of.proxy, pods: 1, isWarm })
    }
  }

  /** They warm up as a pod does: from when the first one was seen. */
  #addLost(open: OpenBlock, at: Instant, { canary, stable }: Traffic): void {
    if (stable > 0) open.addStable(failed(stable))
    if (canary === 0) return
    const isWarm = this.#ages.isWarm(undelivered, this.#settings.warmup)
    open.addCanary(failed(canary), { pod: undefined, pods: 0, isWarm })
    this.#ages.note(undelivered, at)
  }

  get #isByPod(): boolean {
    return judgedReporter(this.#settings.reporter) === 'destination'
  }

  #nameOf({ proxy, labels }: Value): string {
    return `${proxy} ${sideOf(labels, this.#trial, this.#settings) ?? ''}`
  }
}

/** By its pod where the service's own proxies report, else by the Service that was asked for. */
export function sideOf(labels: Labels, trial: Trial, settings: JudgeSettings): Side | undefined {
  return judgedReporter(settings.reporter) === 'destination'
    ? sideOfPod(trial, labels['pod'] ?? '')
    : sideOfService(trial, labels['destination_service_name'] ?? '')
}

export function presentIn(
  values: readonly Value[],
  trial: Trial,
  settings: JudgeSettings,
): Readonly<Record<Side, boolean>> {
  const present = { canary: false, stable: false }
  for (const { labels } of values) {
    const side = sideOf(labels, trial, settings)
    if (side !== undefined) present[side] = true
  }
  return present
}

function failed(requests: number): Counts {
  return { requests, failures: requests, excluded: 0 }
}

/** One ending, counted. */
export function countsOf(labels: Labels, amount: number, rule: FailureRule): Counts {
  const ending = {
    code: labels['response_code'] ?? '',
    grpc: labels['grpc_response_status'] ?? '',
    flags: labels['response_flags'] ?? '-',
  }
  const { kind } = outcomeOf(ending, rule)
  if (kind === 'excluded') return { ...nothing, excluded: amount }
  return { requests: amount, failures: kind === 'failed' ? amount : 0, excluded: 0 }
}
