/** What was played → the figures that are published. */
import { type Kinds, sumOf, withoutEvents } from './audit.ts'
import type { Played } from './play.ts'

/** Undefined is: not measured. */
export type Row = {
  readonly controller: 'argo' | 'haldane'
  readonly n: number
  /** Created and left alone. */
  readonly idleOnly: boolean
  readonly writesPerRelease: number
  readonly writesPerReleaseWithoutEvents: number
  readonly readsPerRelease: number
  readonly refusedPerRelease: number
  readonly cpuMsPerRelease: number
  readonly residentMiB: number
  readonly peakMiB: number
  readonly secondsToHealthy: number
  readonly secondsToPaused: number | undefined
  readonly secondsToPromoted: number | undefined
  readonly weightMedianMs: number | undefined
  readonly weightP99Ms: number | undefined
  readonly promotedMedianMs: number | undefined
  readonly promotedWorstMs: number | undefined
  readonly abortedMedianMs: number | undefined
  readonly abortedWorstMs: number | undefined
  readonly idleCpuSeconds: number
  readonly idleWrites: number
  readonly idleReads: number
  /** For each release. */
  readonly writeKinds: Kinds
  readonly readKinds: Kinds
}

export function rowOf(played: Played): Row {
  const { subject, count, release, rest } = played
  const each = (total: number): number => rounded(total / count, 2)
  return {
    controller: subject.name,
    n: count,
    idleOnly: played.isOnlyIdle,
    writesPerRelease: each(sumOf(release.writes)),
    writesPerReleaseWithoutEvents: each(sumOf(withoutEvents(release.writes))),
    readsPerRelease: each(sumOf(release.reads)),
    refusedPerRelease: each(release.refused),
    cpuMsPerRelease: each(1000 * played.releaseCpuSeconds),
    residentMiB: rounded(played.residentMiB, 0),
    peakMiB: rounded(played.peakMiB, 0),
    secondsToHealthy: rounded(played.secondsToHealthy, 2),
    secondsToPaused: roundedIf(played.secondsToPaused, 2),
    secondsToPromoted: roundedIf(played.secondsToPromoted, 2),
    weightMedianMs: roundedIf(quantile(played.toFirstWeight, 0.5), 0),
    weightP99Ms: roundedIf(quantile(played.toFirstWeight, 0.99), 0),
    promotedMedianMs: roundedIf(quantile(played.toPromotedWeight, 0.5), 0),
    promotedWorstMs: roundedIf(quantile(played.toPromotedWeight, 1), 0),
    abortedMedianMs: roundedIf(quantile(played.toAbortedWeight, 0.5), 0),
    abortedWorstMs: roundedIf(quantile(played.toAbortedWeight, 1), 0),
    idleCpuSeconds: rounded(played.restCpuSeconds, 2),
    idleWrites: sumOf(rest.writes),
    idleReads: sumOf(rest.reads),
    writeKinds: perRelease(release.writes, each),
    readKinds: perRelease(release.reads, each),
  }
}

function perRelease(kinds: Kinds, each: (total: number) => number): Kinds {
  return Object.fromEntries(Object.entries(kinds).map(([kind, count]) => [kind, each(count)]))
}

/** The smallest value that at least this share of them do not exceed; undefined of none. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

function roundedIf(value: number | undefined, digits: number): number | undefined {
  return value === undefined ? undefined : rounded(value, digits)
}
