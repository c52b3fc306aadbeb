import type { Command } from 'commander'
import type { Context } from './context.ts'
import { readWhole } from './options.ts'

type Given = {
  readonly namespace?: string
  readonly kubeconfig?: string
  readonly revision?: number
  readonly json?: boolean
}

export function addReport(root: Command, { programs, io, done }: Context): void {
  root
    .command('report')
    .description('print the report of the last release of a Rollout')
    .argument('<rollout>', 'its name')
    .option('-n, --namespace <name>', 'where it is; else that of the current context')
    .option('--kubeconfig <file>', 'how to reach the cluster; else as kubectl')
    .option('--revision <number>', 'of an earlier release', readWhole)
    .option('--json', 'as JSON; else as Markdown')
    .action(async (rollout: string, given: Given) => {
      const { namespace, kubeconfig, revision, json = false } = given
      done(await programs.report({ rollout, namespace, kubeconfig, revision, json }, io))
    })
}
