/** `haldane judge`: blocks from a file or standard input, or a real Prometheus, to the judge. */
import { realClock } from '../adapters/clock/real.ts'
import { connect } from '../adapters/kubernetes/connect.ts'
import { currentNamespace } from '../adapters/kubernetes/namespace.ts'
import { createMetrics } from '../adapters/prometheus/metrics.ts'
import { judgeBlocks } from '../app/cli/judge-blocks.ts'
import type { JudgeOptions, PrometheusSource, RolloutSides } from '../app/cli/judge-options.ts'
import { judgePrometheus } from '../app/cli/judge-prometheus.ts'
import { readTrial } from '../app/cli/judge-rollout.ts'
import { selectorWitness } from '../app/cli/judge-selectors.ts'
import { rolloutWitness, type Witness } from '../app/cli/judge-witness.ts'
import { CommandError, type Io } from '../app/cli/programs.ts'
import type { JudgeSettings } from '../core/judge/settings.ts'
import type { Trial } from '../core/judge/trial.ts'
import { parseJudgeSettings, standardDefaults } from '../core/manifest/judge-settings.ts'
import { problemText } from '../core/result.ts'
import { type Instant, minus, minutes, seconds } from '../core/units.ts'
import { runSeries } from './judge-series.ts'
import { momentAt } from './moment-at.ts'
import { textOf } from './text-of.ts'
import { writeOut } from './write-out.ts'

const patience = seconds(30)
/** Judged when two sides are named and no time. */
const usualTime = minutes(30)

export async function runJudge(options: JudgeOptions, io: Io): Promise<number> {
  const { source, telling, body, interval } = options
  const judge = { ...standardDefaults, block: interval }
  if (source.kind === 'blocks') {
    const text = textOf(source.file)
    return judgeBlocks({ text, telling, defaults: { body, judge } }, writeOut, io)
  }
  if (source.kind === 'series') return runSeries(options, source, io)
  const settings = parseJudgeSettings(body, judge, '')
  if (!settings.ok) throw new CommandError(problemText(settings.problems))
  return judgeStore(options, source, settings.value, io)
}

async function judgeStore(
  { telling }: JudgeOptions,
  source: PrometheusSource,
  settings: JudgeSettings,
  io: Io,
): Promise<number> {
  const now = realClock.now()
  const { follow, report } = source
  const witness = await witnessOf(source, settings, now)
  const to = momentAt(source.to, now)
  if ((to ?? now) <= witness.trial.since)
    throw new CommandError('the time ends before it begins; put --from before --to')
  return judgePrometheus({ witness, settings, to, follow, report, telling }, realClock, io)
}

async function witnessOf(
  { url, sides, from }: PrometheusSource,
  settings: JudgeSettings,
  now: Instant,
): Promise<Witness> {
  const metrics = createMetrics({ address: url, timeout: patience })
  const since = momentAt(from, now)
  return sides.kind === 'rollout'
    ? rolloutWitness(await trialOf(sides, since), settings, metrics)
    : selectorWitness(sides, since ?? minus(now, usualTime), settings, metrics)
}

async function trialOf(
  { name, namespace, kubeconfig }: RolloutSides,
  from: Instant | undefined,
): Promise<Trial> {
  const where = kubeconfig === undefined ? {} : { kubeconfig }
  const rollout = { namespace: namespace ?? currentNamespace(where), name }
  return readTrial(connect(where), rollout, from)
}
