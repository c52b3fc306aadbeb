/** The stations of a release, with the share of traffic that was seen at each. */

import { stepText } from '../rollout/explain.ts'
import type { Journal, Station } from '../rollout/journal.ts'
import type { Step } from '../rollout/spec.ts'
import { type Instant, type Share, timestamp } from '../units.ts'
import type { ReportedStation } from './release-report.ts'

export type ObservedShare = { readonly at: Instant; readonly share: Share }

export type TimelineInput = {
  readonly journal: Journal
  readonly steps: readonly Step[]
  readonly finishedAt: Instant
  /** In any order. */
  readonly observed: readonly ObservedShare[]
}

/** Stations last until the next one begins, the last one until the release was over. */
export function timelineOf(input: TimelineInput): readonly ReportedStation[] {
  const { stations } = input.journal
  return stations.map((station, index) => {
    const next = stations[index + 1]?.at
    const until = next ?? later(station.at, input.finishedAt)
    return {
      at: timestamp(station.at),
      until: timestamp(until),
      stage: station.stage,
      step: station.step,
      text: stationText(station, input.steps),
      askedWeight: station.asked,
      observedShare: lastSeen(input.observed, station.at, next),
      because: station.because,
    }
  })
}

function stationText({ stage, step }: Station, steps: readonly Step[]): string {
  switch (stage) {
    case 'stepping': {
      const found = steps[step]
      return found === undefined ? `step ${step + 1}` : stepText(found)
    }
    case 'promoting':
      return 'all traffic to the new revision'
    case 'promoted':
      return 'promoted'
    case 'aborted':
      return 'rolled back'
  }
}

/** The newest observation of the time: traffic follows a new weight only after a while. */
function lastSeen(
  observed: readonly ObservedShare[],
  from: Instant,
  next: Instant | undefined,
): Share | undefined {
  return observed
    .filter(({ at }) => at >= from && (next === undefined || at < next))
    .toSorted((a, b) => a.at - b.at)
    .at(-1)?.share
}

function later(a: Instant, b: Instant): Instant {
  return a > b ? a : b
}
