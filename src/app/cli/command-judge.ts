import { type Command, InvalidArgumentError, Option } from 'commander'
import type { JsonObject } from '../../core/json.ts'
import { standardDefaults } from '../../core/manifest/judge-settings.ts'
import { readPoints, readRate } from '../../core/manifest/values.ts'
import { type Duration, durationText, parseDuration, parseTimestamp } from '../../core/units.ts'
import type { Context } from './context.ts'
import type { JudgeOptions, Moment, PrometheusSource, SeriesSource } from './judge-options.ts'
import { readDuration, readLength, readUrl } from './options.ts'
import { CommandError } from './programs.ts'

type Given = Where & How & Settings

type Where = {
  readonly blocks?: string
  readonly series?: string
  readonly prometheus?: string
  readonly canary?: string
  readonly stable?: string
  readonly rollout?: string
  readonly namespace?: string
  readonly kubeconfig?: string
  readonly from?: Moment
  readonly to?: Moment
  readonly follow?: boolean
}

type How = {
  readonly json?: boolean
  readonly report?: boolean
  readonly verdictsOnly?: boolean
  readonly untilWorse?: boolean
}

type Settings = {
  readonly interval: Duration
  readonly preset?: string
  readonly codes?: readonly string[]
  readonly latency: boolean
  readonly warmup?: string
  readonly soak?: string
  readonly deadline?: string
  readonly onDeadline?: string
  readonly falseRollbackRate?: string
  readonly falsePassRate?: string
  readonly passMargin?: string
}

export function addJudge(root: Command, { programs, io, done }: Context): void {
  const command = root
    .command('judge')
    .description('judge a canary against the stable side: any two sides in Prometheus, or blocks')
    .addHelpText('after', help)
  addSource(command)
  addTelling(command)
  addSettings(command)
  command.action(async (given: Given) => done(await programs.judge(optionsOf(given), io)))
}

const help = `
Exit codes: 0 no worse, 1 worse, 2 inconclusive, 3 could not judge.

Examples:
  haldane judge --blocks releases.jsonl --json --verdicts-only
  haldane judge --prometheus http://prometheus:9090 --rollout reviews -n shop
  haldane judge --prometheus http://prometheus:9090 --series gauges.json --follow
  haldane judge --prometheus http://prometheus:9090 --from -1h \\
    --canary '{pod=~"reviews-abc-.*"}' --stable '{pod=~"reviews-def-.*"}'`

function addSource(command: Command): void {
  command
    .option('--blocks <file>', 'judge releases given as JSON lines; - reads standard input')
    .option(
      '--series <file>',
      'judge any series: PromQL or values, in a JSON file; - reads standard input',
    )
    .option('--prometheus <url>', 'judge what this Prometheus has', readUrl)
    .option('--canary <selector>', 'label selector of the canary side', readSelector)
    .option('--stable <selector>', 'label selector of the stable side', readSelector)
    .option('--rollout <name>', 'or both sides of a Rollout, read from the cluster')
    .option('-n, --namespace <name>', 'of the Rollout; else that of the current context')
    .option('--kubeconfig <file>', 'how to reach the cluster; else as kubectl')
    .option('--from <time>', 'RFC 3339, or -1h; default: the release, or half an hour', readMoment)
    .option('--to <time>', 'RFC 3339, or -10m; default: now', readMoment)
    .option('--follow', 'go on until it is decided')
}

function addTelling(command: Command): void {
  command
    .option('--json', 'one JSON object a line')
    .option('--report', 'a page in Markdown')
    .option('--verdicts-only', 'only the verdict of each release')
    .option('--until-worse', 'only whether and when it was found worse')
}

function addSettings(command: Command): void {
  const { block, warmup, soak } = standardDefaults
  const rate = fitting(readRate, 'a percentage such as 1%, or a share such as 0.01; below 50%')
  const points = fitting(readPoints, 'percentage points from 0 to 100, such as 0.5')
  const time = fitting(parseDuration, 'a length of time, such as 90s or 2m')
  command
    .addOption(
      new Option('--interval <time>', 'length of a block')
        .argParser(readLength)
        .default(block, durationText(block)),
    )
    .addOption(new Option('--preset <name>', 'margins').choices(['default', 'strict', 'lenient']))
    .option('--codes <list>', 'codes that are failures; default 5xx', (text) => text.split(','))
    .option('--no-latency', 'judge failures only')
    .option(
      '--warmup <time>',
      `start of a pod not judged; default ${durationText(warmup)}, with --blocks 0s`,
      time,
    )
    .option(
      '--soak <time>',
      `time before which nothing passes; default ${durationText(soak)}`,
      time,
    )
    .option('--deadline <time>', 'when a decision is forced', time)
    .addOption(
      new Option('--on-deadline <what>', 'what is then decided').choices([
        'inconclusive',
        'pass',
        'fail',
      ]),
    )
    .option('--false-rollback-rate <rate>', 'of a good canary; default 1%', rate)
    .option('--false-pass-rate <rate>', 'of a canary beyond the pass margin; default 5%', rate)
    .option('--pass-margin <points>', 'percentage points; default 0.5', points)
}

/** Keeps the text: the settings are read once, in one place. */
function fitting(read: (text: string) => unknown, what: string): (text: string) => string {
  return (text) => {
    if (read(text) === undefined) throw new InvalidArgumentError(`It must be ${what}.`)
    return text
  }
}

function readSelector(text: string): string {
  if (/^\{[\s\S]*\}$/.test(text.trim())) return text.trim()
  throw new InvalidArgumentError(`It must be a label selector, such as '{pod=~"reviews-abc-.*"}'.`)
}

function readMoment(text: string): Moment {
  if (text.startsWith('-')) return { kind: 'ago', by: readDuration(text.slice(1)) }
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? parseTimestamp(text) : undefined
  if (at === undefined)
    throw new InvalidArgumentError('It must be a time, such as 2026-03-01T12:00:00Z or -1h.')
  return { kind: 'at', at }
}

/* ---------------------------------------------------------------- what is meant */

function optionsOf(given: Given): JudgeOptions {
  const { json = false, verdictsOnly = false, untilWorse = false, interval } = given
  return {
    source: sourceOf(given),
    telling: { json, verdictsOnly, untilWorse },
    body: bodyOf(given),
    interval,
  }
}

function sourceOf(given: Given): JudgeOptions['source'] {
  const { blocks, series, prometheus } = given
  if (series !== undefined) return seriesSource(series, given)
  if (blocks !== undefined && prometheus !== undefined)
    throw new CommandError('give either --blocks or --prometheus, not both')
  if (prometheus !== undefined) return prometheusSource(prometheus, given)
  if (blocks === undefined)
    throw new CommandError(
      'nothing to judge; give --blocks FILE, --series FILE, or --prometheus URL',
    )
  const idle = prometheusOnly.find((name) => given[name] !== undefined)
  if (idle !== undefined)
    throw new CommandError(`--${idle} has no place beside --blocks; remove it`)
  return { kind: 'blocks', file: blocks }
}

/** What is about requests has no place beside it. */
function seriesSource(file: string, given: Given): SeriesSource {
  const { blocks, prometheus, from, to, follow = false } = given
  if (blocks !== undefined) throw new CommandError('give either --series or --blocks, not both')
  const idle = requestsOnly.find((name) => given[name] !== undefined)
  if (idle !== undefined)
    throw new CommandError(`--${idle} has no place beside --series; remove it`)
  return { kind: 'series', file, url: prometheus, from, to, follow }
}

const requestsOnly = ['canary', 'stable', 'rollout', 'namespace', 'kubeconfig', 'report'] as const

const prometheusOnly = [
  'canary',
  'stable',
  'rollout',
  'namespace',
  'kubeconfig',
  'from',
  'to',
  'follow',
  'report',
] as const

function prometheusSource(url: string, given: Given): PrometheusSource {
  const { from, to, follow = false, report = false, json = false } = given
  if (report && json) throw new CommandError('give either --report or --json, not both')
  return { kind: 'prometheus', url, sides: sidesOf(given), from, to, follow, report }
}

function sidesOf({
  canary,
  stable,
  rollout,
  namespace,
  kubeconfig,
}: Given): PrometheusSource['sides'] {
  const selects = canary !== undefined || stable !== undefined
  if (rollout !== undefined && selects)
    throw new CommandError('give either --rollout or --canary and --stable, not both')
  if (rollout !== undefined) return { kind: 'rollout', name: rollout, namespace, kubeconfig }
  if (canary === undefined || stable === undefined)
    throw new CommandError('two sides are needed; give --canary and --stable, or --rollout')
  return { kind: 'selectors', canary, stable }
}

function bodyOf(given: Settings): JsonObject {
  const { preset, warmup, soak, deadline, onDeadline, falseRollbackRate, falsePassRate } = given
  return {
    preset,
    warmup,
    soak,
    deadline,
    onDeadline,
    falseRollbackRate,
    falsePassRate,
    ...(given.latency ? {} : { latency: false }),
    ...(given.codes === undefined ? {} : { failures: { codes: given.codes } }),
    ...(given.passMargin === undefined ? {} : { passMargin: { points: given.passMargin } }),
  }
}
