/** `haldane preflight`: the command's question, put to a real cluster and its metrics store. */
import { realClock } from '../adapters/clock/real.ts'
import { connect } from '../adapters/kubernetes/connect.ts'
import { currentNamespace } from '../adapters/kubernetes/namespace.ts'
import { createMetrics } from '../adapters/prometheus/metrics.ts'
import { preflight } from '../app/cli/preflight.ts'
import type { Io, PreflightOptions } from '../app/cli/programs.ts'
import { seconds } from '../core/units.ts'

const patience = seconds(30)

export async function runPreflight(options: PreflightOptions, io: Io): Promise<number> {
  const { kubeconfig, prometheus } = options
  const where = kubeconfig === undefined ? {} : { kubeconfig }
  const world = {
    cluster: connect(where),
    metrics:
      prometheus === undefined
        ? undefined
        : createMetrics({ address: prometheus, timeout: patience }),
    now: realClock.now(),
  }
  const namespace = options.namespace ?? currentNamespace(where)
  return preflight(world, { ...options, namespace }, io)
}
