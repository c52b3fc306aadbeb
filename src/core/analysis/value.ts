/** `measurement.value` of the judge: short JSON that existing tools show as it is. */

import type { Json } from '../json.ts'
import type { Channel, Counts, Findings, Ratio, Verdict } from '../judge/verdict.ts'

/** `verdict`, `because`, `score` (0..100: the part of what is gated that was found no worse; absent without data), counts of both sides, ratio with its interval, the excess that is ruled out, odds (e-value) and nats of the strongest evidence. */
export function verdictValue(verdict: Verdict): string {
  const { findings } = verdict
  const strongest = findings.against.toSorted(
    (a, b) => b.logE - b.threshold - (a.logE - a.threshold),
  )[0]
  const value: Json = {
    verdict: verdict.kind,
    because: verdict.because.code,
    ...(verdict.kind === 'no-data' ? {} : { score: scoreOf(findings) }),
    canary: counts(findings.canary.judged),
    stable: counts(findings.stable.judged),
    ...(findings.ratio === undefined ? {} : { ratio: ratio(findings.ratio) }),
    ...(findings.excess === undefined ? {} : { excess: { high: findings.excess } }),
    ...(strongest === undefined
      ? {}
      : {
          channel: strongest.name,
          nats: short(strongest.logE),
          threshold: short(strongest.threshold),
        }),
  }
  return JSON.stringify(value)
}

/** Failures and latency weigh alike. What was not compared is not gated. */
function scoreOf({ against, inFavour }: Findings): number {
  const isFine = (channel: Channel): boolean =>
    hasSpoken(channel) && !against.some((other) => accuses(other, channel) && isStrong(other))
  return inFavour.length === 0
    ? 0
    : Math.round((100 * inFavour.filter(isFine).length) / inFavour.length)
}

/** Outright failure speaks against the same thing as failures do. */
function accuses({ name }: Channel, { name: gated }: Channel): boolean {
  return name === 'catastrophe' ? gated === 'failures' : name === gated
}

function isStrong({ logE, threshold }: Channel): boolean {
  return logE >= threshold
}

/** At its threshold, and the guard at its own. */
function hasSpoken(channel: Channel): boolean {
  const { guard } = channel
  return isStrong(channel) && (guard === undefined || guard.logE >= guard.threshold)
}

function counts({ requests, failures }: Counts): Json {
  return { requests, failures }
}

function ratio({ estimate, low, high }: Ratio): Json {
  return {
    low: short(low),
    ...(estimate === undefined ? {} : { estimate: short(estimate) }),
    ...(high === undefined ? {} : { high: short(high) }),
  }
}

/** Four significant digits. */
function short(value: number): number {
  return Number(value.toPrecision(4))
}
