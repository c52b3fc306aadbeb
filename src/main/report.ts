/** `haldane report`: the command's question, put to a real cluster. */
import { connect } from '../adapters/kubernetes/connect.ts'
import { currentNamespace } from '../adapters/kubernetes/namespace.ts'
import type { Io, ReportOptions } from '../app/cli/programs.ts'
import { showReport } from '../app/cli/report.ts'

export async function runReport(options: ReportOptions, io: Io): Promise<number> {
  const { rollout, revision, json, kubeconfig } = options
  const where = kubeconfig === undefined ? {} : { kubeconfig }
  const namespace = options.namespace ?? currentNamespace(where)
  return showReport(connect(where), { namespace, rollout, revision, json }, io)
}
