/** `haldane controller`: the controller on a real cluster and a real Prometheus. */
import { setFlagsFromString } from 'node:v8'
import { realClock } from '../adapters/clock/real.ts'
import { connect } from '../adapters/kubernetes/connect.ts'
import { createLog } from '../adapters/log/pino.ts'
import { createMetrics } from '../adapters/prometheus/metrics.ts'
import { every } from '../adapters/schedule/cron.ts'
import type { ControllerOptions, Io } from '../app/cli/programs.ts'
import { startController } from '../app/controller/controller.ts'
import type { MetricsAt } from '../app/controller/court.ts'
import { hashLabel } from '../core/rollout/keys.ts'
import { seconds } from '../core/units.ts'
import { type Metrics, PortError } from '../ports.ts'

/** Every quarter of an hour, as Argo does. */
const resync = '*/15 * * * *'

/** Resolves when the process is asked to end. */
export async function runController(options: ControllerOptions, io: Io): Promise<number> {
  // The heap may outgrow what lives in it by a third, not by several times: it is garbage that the API server's answers leave behind.
  setFlagsFromString('--optimize-for-size')
  const log = createLog(options.logLevel)
  const { kubeconfig, namespace } = options
  const ended = new Promise<void>((resolve) => io.onInterrupt(resolve))
  const controller = await startController({
    cluster: connect({
      log,
      labelOf: { ReplicaSet: hashLabel },
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(namespace === undefined ? {} : { namespace }),
    }),
    metricsAt: metricsByAddress(options.judge.prometheusAddress),
    clock: realClock,
    log,
    tell: () => undefined,
    defaults: options.judge,
    links: options.links,
  })
  log.info('the controller is at work', {
    namespace: namespace ?? 'all',
    prometheus: options.judge.prometheusAddress ?? 'none',
  })
  const stopSchedule = every(resync, controller.resync)
  await ended
  stopSchedule()
  controller.stop()
  log.info('the controller has ended; traffic stays where it is')
  return 0
}

/** One client an address. A metric that names none asks the controller's own store; one that cannot be reached is a failed reading. */
export function metricsByAddress(own: string | undefined): MetricsAt {
  const known = new Map<string, Metrics>()
  return (address) => {
    const wanted = address ?? own
    if (wanted === undefined) return silent(notConfigured)
    const metrics = known.get(wanted) ?? open(wanted)
    known.set(wanted, metrics)
    return metrics
  }
}

const notConfigured =
  'no Prometheus is configured; start the controller with --prometheus, or name prometheus.address in the metric'

function open(address: string): Metrics {
  try {
    return createMetrics({ address, timeout: seconds(30) })
  } catch (error) {
    if (!(error instanceof PortError)) throw error
    return silent(error.message)
  }
}

function silent(why: string): Metrics {
  return { range: async () => ({ kind: 'failed', why }) }
}
