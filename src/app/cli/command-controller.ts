import { type Command, InvalidArgumentError, Option } from 'commander'
import { standardDefaults } from '../../core/manifest/judge-settings.ts'
import type { LinkSettings } from '../../core/report/links.ts'
import { type Duration, durationText } from '../../core/units.ts'
import type { Context } from './context.ts'
import { readDuration, readLength, readUrl } from './options.ts'
import { CommandError, type ControllerOptions, type Io, type LogLevel } from './programs.ts'

type Given = {
  readonly kubeconfig?: string
  readonly namespace?: string
  readonly prometheus?: string
  readonly grafana?: string
  readonly grafanaDatasource?: string
  readonly grafanaDashboard?: string
  readonly judgeInterval: Duration
  readonly judgeWarmup: Duration
  readonly judgeSoak: Duration
  readonly logLevel: LogLevel
}

export function addController(root: Command, { programs, io, done }: Context): void {
  const { block, warmup, soak } = standardDefaults
  root
    .command('controller')
    .description('run the controller')
    .option('--kubeconfig <file>', 'how to reach the cluster; else as kubectl, or as the pod')
    .option('-n, --namespace <name>', 'serve one namespace only')
    .option('--prometheus <url>', 'where the metrics are (env PROMETHEUS_URL)', readUrl)
    .option('--grafana <url>', 'where reports link to (env GRAFANA_URL)', readUrl)
    .option('--grafana-datasource <uid>', 'uid of the Prometheus data source in Grafana')
    .option('--grafana-dashboard <uid>', 'uid of the dashboard in Grafana')
    .addOption(time('--judge-interval <time>', 'length of one block of evidence', block))
    .addOption(time('--judge-warmup <time>', 'start of a pod that is not judged', warmup))
    .addOption(time('--judge-soak <time>', 'judged time before which nothing passes', soak))
    .addOption(
      new Option('--log-level <level>', 'how much to log')
        .choices(['info', 'warn', 'error'])
        .default('info'),
    )
    .action(async (given: Given) =>
      done(await programs.controller(controllerOptions(given, io), io)),
    )
}

function time(flags: string, description: string, preset: Duration): Option {
  const read = flags.startsWith('--judge-interval') ? readLength : readDuration
  return new Option(flags, description).argParser(read).default(preset, durationText(preset))
}

function controllerOptions(given: Given, { env }: Io): ControllerOptions {
  const prometheus = given.prometheus ?? addressIn(env, 'PROMETHEUS_URL')
  return {
    kubeconfig: given.kubeconfig,
    namespace: given.namespace,
    judge: {
      block: given.judgeInterval,
      warmup: given.judgeWarmup,
      soak: given.judgeSoak,
      prometheusAddress: prometheus,
    },
    links: { prometheus, grafana: grafanaSettings(given, env) },
    logLevel: given.logLevel,
  }
}

function grafanaSettings(given: Given, env: Io['env']): LinkSettings['grafana'] {
  const url = given.grafana ?? addressIn(env, 'GRAFANA_URL')
  if (url !== undefined)
    return { url, datasource: given.grafanaDatasource, dashboard: given.grafanaDashboard }
  if (given.grafanaDatasource !== undefined || given.grafanaDashboard !== undefined)
    throw new CommandError(
      '--grafana-datasource and --grafana-dashboard need to know where Grafana is; add --grafana URL or set GRAFANA_URL',
    )
  return undefined
}

/** An empty variable counts as none. */
function addressIn(env: Io['env'], name: string): string | undefined {
  const text = env[name] ?? ''
  if (text === '') return undefined
  try {
    return readUrl(text)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw new CommandError(`${name} is '${text}'. ${error.message}`, { cause: error })
  }
}
