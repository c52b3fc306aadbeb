/** Haldane's judge, as `haldane judge --blocks` runs it: with the settings that a user has who sets nothing. */
import {
  BlockCase,
  type GivenBlock,
  type GivenHistory,
  type PodCounts,
} from '../../src/core/judge/block-case.ts'
import type { JudgeSettings } from '../../src/core/judge/settings.ts'
import { parseJudgeSettings, standardDefaults } from '../../src/core/manifest/judge-settings.ts'
import { seconds } from '../../src/core/units.ts'
import type { Contestant } from './contestant.ts'
import type { PodStep } from './pod.ts'
import { boundNames, cumulative, type Step, stepSeconds, sumOf } from './release.ts'

export type OurPlan = {
  /** Seconds of a block. */
  readonly block: number
  /** Of each canary pod's life that is left out, in seconds. */
  readonly warmup: number
  readonly past: Past | undefined
}

export class Ours implements Contestant {
  readonly #plan: OurPlan
  readonly #case: BlockCase
  #open: Step[] = []

  constructor(plan: OurPlan) {
    this.#plan = plan
    this.#case = new BlockCase(settingsFor(plan.block), plan.past?.inRowsOf(plan.block), 'verdict')
  }

  sees(step: Step): boolean {
    this.#open.push(step)
    if (step.at % this.#plan.block !== 0) return false
    this.#case.add(blockOf(this.#open, this.#plan))
    this.#open = []
    return this.#case.isWorse
  }

  /** The evidence for "no worse" has reached its threshold, whatever the soak says; and the verdict itself. */
  passes(): { readonly isProved: boolean; readonly isNoWorse: boolean } {
    const verdict = this.#case.verdict()
    const isNoWorse = verdict.kind === 'no-worse'
    const isSoaking = verdict.kind === 'undecided' && verdict.because.code === 'Soaking'
    return { isProved: isNoWorse || isSoaking, isNoWorse }
  }

  /** Whether the evidence for "no worse" is there even where the canary has been found worse. */
  get speaksForIt(): boolean {
    return this.#case
      .verdict()
      .findings.inFavour.every(
        ({ logE, threshold, guard }) =>
          logE >= threshold && (guard === undefined || guard.logE >= guard.threshold),
      )
  }
}

export function settingsFor(block: number): JudgeSettings {
  const silent = { ...standardDefaults, block: seconds(block), warmup: seconds(0) }
  const parsed = parseJudgeSettings({}, silent, 'judge')
  if (parsed.ok) return parsed.value
  throw new Error('the defaults are no settings')
}

export function blockOf(steps: readonly Step[], plan: Pick<OurPlan, 'warmup'>): GivenBlock {
  const pods = steps.at(-1)?.canary ?? []
  const judged = pods.map(({ pod }) => {
    const own = steps.flatMap(({ canary }) => canary.filter((each) => each.pod === pod))
    return { pod, ...countsOf(sumOf(own.filter(({ age }) => age >= plan.warmup))) }
  })
  const stable = sumOf(steps.map((step) => step.stable))
  return {
    seconds: steps.length * stepSeconds,
    canary: judged,
    stable: [{ pods: steps.at(-1)?.stablePods ?? 0, ...countsOf(stable) }],
  }
}

/** What a judge is told of the time before the release, in rows as long as its blocks. */
export class Past {
  readonly #steps: readonly (readonly PodStep[])[]
  readonly #made = new Map<number, GivenHistory>()

  constructor(steps: readonly (readonly PodStep[])[]) {
    this.#steps = steps
  }

  inRowsOf(block: number): GivenHistory {
    const history = this.#made.get(block) ?? historyIn(block, this.#steps)
    this.#made.set(block, history)
    return history
  }
}

function historyIn(block: number, history: readonly (readonly PodStep[])[]): GivenHistory {
  const rows = block === stepSeconds ? history : merged(history, block / stepSeconds)
  const pods = (rows[0] ?? []).map((_, k) => {
    const own = rows.map((row) => row[k]).filter((each) => each !== undefined)
    return {
      requests: own.map(({ requests }) => requests),
      failures: own.map(({ failures }) => failures),
      ...bucketRows(own),
    }
  })
  return { seconds: block, pods }
}

function merged(
  history: readonly (readonly PodStep[])[],
  factor: number,
): readonly (readonly PodStep[])[] {
  return Array.from({ length: Math.floor(history.length / factor) }, (_, k) => {
    const rows = history.slice(k * factor, (k + 1) * factor)
    return (rows[0] ?? []).map((_pod, p) => sumOf(rows.flatMap((row) => row.slice(p, p + 1))))
  })
}

function bucketRows(own: readonly PodStep[]): {
  readonly buckets?: Readonly<Record<string, readonly number[]>>
} {
  if (own.every(({ durations }) => durations.length === 0)) return {}
  let upTo = own.map(() => 0)
  const buckets: Record<string, readonly number[]> = {}
  for (const [k, name] of boundNames.entries()) {
    upTo = upTo.map((sum, row) => sum + (own[row]?.durations[k] ?? 0))
    buckets[name] = upTo
  }
  return { buckets }
}

function countsOf({ requests, failures, durations }: PodStep): PodCounts {
  return durations.length === 0
    ? { requests, failures }
    : { requests, failures, buckets: cumulative(durations) }
}
