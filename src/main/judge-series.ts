/** `haldane judge --series`: a file of queries with a real Prometheus, or a file of values, to the judge of series. */
import { realClock } from '../adapters/clock/real.ts'
import { createMetrics } from '../adapters/prometheus/metrics.ts'
import type { JudgeOptions, SeriesSource } from '../app/cli/judge-options.ts'
import { judgeSeries, type SeriesHearing } from '../app/cli/judge-series.ts'
import { CommandError, type Io } from '../app/cli/programs.ts'
import { givenEnd, givenSource, givenStart, storeSource } from '../app/cli/series-sources.ts'
import type { SeriesSettings } from '../core/judge/series-settings.ts'
import { standardDefaults } from '../core/manifest/judge-settings.ts'
import { parseSeriesFile, type SeriesFile } from '../core/manifest/series-file.ts'
import { problemText } from '../core/result.ts'
import { minus, minutes, seconds } from '../core/units.ts'
import type { Metrics } from '../ports.ts'
import { momentAt } from './moment-at.ts'
import { textOf } from './text-of.ts'

const patience = seconds(30)
/** Judged when no time is named. */
const usualTime = minutes(30)

export async function runSeries(
  { telling, body, interval }: JudgeOptions,
  source: SeriesSource,
  io: Io,
): Promise<number> {
  const text = await wholeText(source.file)
  const file = parseSeriesFile(text, body, { ...standardDefaults, block: interval })
  if (!file.ok) throw new CommandError(`${source.file}: ${problemText(file.problems)}`)
  const hearing =
    file.value.kind === 'given' ? given(file.value, source) : asked(file.value, source)
  const name = file.value.release ?? source.file
  return judgeSeries({ ...hearing, name, json: telling.json }, realClock, io)
}

type Hearing = Omit<SeriesHearing, 'name' | 'json'>

function asked(
  { settings }: Extract<SeriesFile, { kind: 'asked' }>,
  source: SeriesSource,
): Hearing {
  const { from, to, follow } = source
  const now = realClock.now()
  const metrics = metricsOf(source, settings)
  const since = momentAt(from, now) ?? minus(now, usualTime)
  const end = momentAt(to, now)
  if ((end ?? now) <= since)
    throw new CommandError('the time ends before it begins; put --from before --to')
  return {
    settings,
    source: storeSource(settings, metrics),
    since,
    to: end ?? (follow ? undefined : now),
    follow,
    isTimed: true,
  }
}

function metricsOf(
  { url }: SeriesSource,
  { prometheus }: Pick<SeriesSettings, 'prometheus'>,
): Metrics {
  const address = url ?? prometheus?.address
  if (address === undefined)
    throw new CommandError('the series are queries; say whom to ask with --prometheus URL')
  return createMetrics({ address, timeout: patience })
}

function given(
  { settings }: Extract<SeriesFile, { kind: 'given' }>,
  source: SeriesSource,
): Hearing {
  const idle = (['url', 'from', 'to'] as const).find((name) => source[name] !== undefined)
  const named = source.follow ? 'follow' : idle === 'url' ? 'prometheus' : idle
  if (named !== undefined)
    throw new CommandError(`--${named} has no place beside series of values; remove it`)
  return {
    settings,
    source: givenSource(settings),
    since: givenStart,
    to: givenEnd(settings),
    follow: false,
    isTimed: false,
  }
}

async function wholeText(file: string): Promise<string> {
  const pieces: string[] = []
  for await (const piece of textOf(file)) pieces.push(piece)
  return pieces.join('')
}
