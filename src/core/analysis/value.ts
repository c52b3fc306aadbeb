/** `measurement.value` of the judge: short JSON that existing tools show as it is. */

import type { Json } from '../json.ts'
import type { Counts, Ratio, Verdict } from '../judge/verdict.ts'

/** `verdict`, `because`, counts of both sides, ratio with its interval, odds (e-value) and nats of the strongest evidence. */
export function verdictValue(verdict: Verdict): string {
  const { findings } = verdict
  const strongest = findings.against.toSorted(
    (a, b) => b.logE - b.threshold - (a.logE - a.threshold),
  )[0]
  const value: Json = {
    verdict: verdict.kind,
    because: verdict.because.code,
    canary: counts(findings.canary.judged),
    stable: counts(findings.stable.judged),
    ...(findings.ratio === undefined ? {} : { ratio: ratio(findings.ratio) }),
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
