/** What `haldane judge` says for programs: one JSON object a line, described in docs/judge.md. */
import { sentence } from '../../core/judge/sentence.ts'
import type {
  Channel,
  ChannelName,
  Interval,
  LatencyFindings,
  Ratio,
  Verdict,
} from '../../core/judge/verdict.ts'
import { type Instant, inSeconds, type Share, timestamp } from '../../core/units.ts'

export type Word = 'worse' | 'no worse' | 'inconclusive'

/** What a release came to. */
export type Outcome = {
  readonly word: Word
  /** Since the release began: when it was decided; where nothing is decided, until when it was judged. */
  readonly seconds: number
  /** Which evidence decided that it is worse. */
  readonly channel: ChannelName | undefined
  readonly because: string
  /** By how much the canary's failure ratio exceeds the stable one's at most, proved; undefined when nothing bounds it. */
  readonly excess: Share | undefined
}

export function outcomeOf(verdict: Verdict, began: Instant, now: Instant): Outcome {
  const decided = verdict.kind === 'worse' || verdict.kind === 'no-worse'
  return {
    word: wordOf(verdict),
    seconds: ((decided ? verdict.decidedAt : now) - began) / 1000,
    channel: verdict.kind === 'worse' ? verdict.because.channel : undefined,
    because: sentence(verdict),
    excess: verdict.findings.excess,
  }
}

export function wordOf({ kind }: Verdict): Word {
  switch (kind) {
    case 'worse':
      return 'worse'
    case 'no-worse':
      return 'no worse'
    case 'undecided':
    case 'no-data':
      return 'inconclusive'
  }
}

/** `at` is left out where blocks have no place in real time. */
export type Place = { readonly release: string; readonly at?: Instant }

export function blockLine({ release, at }: Place, seconds: number, verdict: Verdict): string {
  const { against, inFavour, canary, stable, ratio, excess, latency } = verdict.findings
  return lineOf({
    kind: 'block',
    release,
    at: at && timestamp(at),
    seconds,
    channels: [
      ...against.map((channel) => channelOf(channel, 'against')),
      ...inFavour.map((channel) => channelOf(channel, 'inFavour')),
    ],
    intervals: {
      canary: intervalOf(canary.failureRatio),
      stable: intervalOf(stable.failureRatio),
      ratio: ratioOf(ratio),
      excess: excess === undefined ? undefined : { high: excess },
      latency: quantilesOf(latency),
    },
    verdict: wordOf(verdict),
  })
}

export function verdictLine({ release, at }: Place, outcome: Outcome): string {
  const { word, seconds, channel, because, excess } = outcome
  return lineOf({
    kind: 'verdict',
    release,
    at: at && timestamp(at),
    verdict: word,
    seconds,
    channel,
    because,
    excess: excess === undefined ? undefined : { high: excess },
  })
}

function channelOf({ name, logE, threshold, guard }: Channel, direction: string): object {
  return {
    name,
    direction,
    logE,
    threshold,
    guard: guard && {
      logE: guard.logE,
      threshold: guard.threshold,
      seconds: inSeconds(guard.window),
    },
  }
}

function intervalOf(interval: Interval | undefined): Interval | undefined {
  if (interval === undefined) return undefined
  const { estimate, low, high } = interval
  return { estimate, low, high }
}

function ratioOf(ratio: Ratio | undefined): Ratio | undefined {
  if (ratio === undefined) return undefined
  const { estimate, low, high } = ratio
  return { estimate, low, high }
}

/** In milliseconds; without a high end where nothing bounds it. */
function quantilesOf(latency: LatencyFindings): readonly object[] | undefined {
  if (latency.kind === 'not-compared') return undefined
  return latency.quantiles.map(({ quantile, canary, stable }) => ({
    quantile,
    canary: { low: canary.low, high: canary.high },
    stable: { low: stable.low, high: stable.high },
  }))
}

function lineOf(line: object): string {
  return `${JSON.stringify(line)}\n`
}
