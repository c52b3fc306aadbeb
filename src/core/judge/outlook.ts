/**
 * What the judge could find out at a given traffic, before a release begins: the same judge, fed with traffic that is exactly average. Bursts,
 * pods that differ and plain luck make it slower or faster; it is an estimate for people, and nothing is decided by it.
 */
import {
  type Duration,
  inSeconds,
  minutes,
  type Share,
  seconds,
  share,
  type Weight,
} from '../units.ts'
import { BlockCase, type GivenHistory, type PodCounts } from './block-case.ts'
import type { JudgeSettings } from './settings.ts'

export type Prospect = {
  readonly settings: JudgeSettings
  /** Both sides together. */
  readonly requestsPerSecond: number
  readonly weight: Weight
  /** Share of its requests that the stable side fails. */
  readonly failing: Share
}

/** What is looked for: canaries that fail so many of their requests, from the mildest. */
const ladder: readonly Share[] = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].map(share)

/** Longer than that nobody waits at a step. */
const longest = minutes(60)

/** How long until a canary that fails this share is found worse; undefined when it takes longer than an hour. */
export function timeToNotice(prospect: Prospect, canary: Share): Duration | undefined {
  return timeUntil(prospect, canary, longest, (judge) => judge.isWorse)
}

/** How long until a canary that fails like the stable side is proved no worse, soak included. */
export function timeToPass(prospect: Prospect): Duration | undefined {
  return timeUntil(prospect, prospect.failing, longest, isProved)
}

function isProved(judge: BlockCase): boolean {
  return judge.verdict().kind === 'no-worse'
}

/** The mildest failing that is found within `time`, of 0.2 % to everything; undefined when not even total failure is. */
export function mildestNoticed(prospect: Prospect, time: Duration): Share | undefined {
  return ladder.find(
    (canary) =>
      canary > prospect.failing &&
      timeUntil(prospect, canary, time, (judge) => judge.isWorse) !== undefined,
  )
}

function timeUntil(
  { settings, requestsPerSecond, weight, failing }: Prospect,
  canary: Share,
  limit: Duration,
  isOver: (judge: BlockCase) => boolean,
): Duration | undefined {
  const length = inSeconds(settings.block)
  const rate = {
    canary: (requestsPerSecond * weight) / 100,
    stable: (requestsPerSecond * (100 - weight)) / 100,
  }
  const judge = new BlockCase(
    { ...settings, latency: false },
    historyOf(requestsPerSecond, failing, settings),
  )
  const sides = {
    canary: evenly(rate.canary * length, canary),
    stable: evenly(rate.stable * length, failing),
  }
  for (let elapsed = length; elapsed * 1000 <= limit; elapsed += length) {
    judge.add({ seconds: length, canary: [sides.canary()], stable: [sides.stable()] })
    if (isOver(judge)) return seconds(elapsed)
  }
  return undefined
}

/** Counts that add up to the average: whole requests, whole failures, none lost between blocks. */
function evenly(requestsPerBlock: number, failing: Share): () => PodCounts {
  let blocks = 0
  const upTo = (count: number): { readonly requests: number; readonly failures: number } => {
    const requests = Math.floor(count * requestsPerBlock)
    return {
      requests,
      failures: Math.min(requests, Math.floor(count * requestsPerBlock * failing)),
    }
  }
  return () => {
    const [before, now] = [upTo(blocks), upTo(blocks + 1)]
    blocks += 1
    return { requests: now.requests - before.requests, failures: now.failures - before.failures }
  }
}

const pods = 4

/** Half an hour of pods that fail independently of each other. */
function historyOf(
  requestsPerSecond: number,
  failing: Share,
  { block }: JudgeSettings,
): GivenHistory {
  const rows = Math.floor(minutes(30) / block)
  const next = evenly((requestsPerSecond / pods) * inSeconds(block), failing)
  return {
    seconds: inSeconds(block),
    pods: Array.from({ length: pods }, (_, pod) => {
      const row = Array.from({ length: rows }, next)
      return {
        pod: `stable-${pod}`,
        requests: row.map(({ requests }) => requests),
        failures: row.map(({ failures }) => failures),
      }
    }),
  }
}
