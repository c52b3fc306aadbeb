import type { Command } from 'commander'
import { standardDefaults } from '../../core/manifest/judge-settings.ts'
import { type Duration, durationText } from '../../core/units.ts'
import type { Context } from './context.ts'
import { readLength, readUrl } from './options.ts'

type Given = {
  readonly namespace?: string
  readonly kubeconfig?: string
  readonly prometheus?: string
  readonly judgeInterval: Duration
  readonly strict?: boolean
  readonly json?: boolean
}

export function addPreflight(root: Command, { programs, io, done }: Context): void {
  const { block } = standardDefaults
  root
    .command('preflight')
    .description('say what would go wrong in the next release, before a weight is touched')
    .argument('[rollout]', 'its name; all of the namespace without one')
    .option('-n, --namespace <name>', 'where it is; else that of the current context')
    .option('--kubeconfig <file>', 'how to reach the cluster; else as kubectl')
    .option('--prometheus <url>', 'where its requests are counted', readUrl)
    .option('--judge-interval <time>', 'length of a block', readLength, block)
    .option('--strict', 'warnings fail, too')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', help)
    .action(async (rollout: string | undefined, given: Given) => {
      const {
        namespace,
        kubeconfig,
        prometheus,
        judgeInterval,
        strict = false,
        json = false,
      } = given
      const where = { rollout, namespace, kubeconfig, prometheus }
      done(await programs.preflight({ ...where, block: judgeInterval, strict, json }, io))
    })
}

const help = `
Exit codes: 0 nothing stands in the way, 1 something does, 3 could not look.

A block is ${durationText(standardDefaults.block)} unless --judge-interval says otherwise. Nothing is written anywhere.

Example:
  haldane preflight reviews -n shop --prometheus http://prometheus:9090`
