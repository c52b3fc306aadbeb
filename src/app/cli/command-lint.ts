import type { Command } from 'commander'
import type { Context } from './context.ts'

type Given = {
  readonly filename?: readonly string[]
  readonly namespace: string
  readonly strict?: boolean
  readonly json?: boolean
}

export function addLint(root: Command, { programs, io, done }: Context): void {
  root
    .command('lint')
    .description('say what is wrong with manifests, without a cluster')
    .argument('[files...]', 'YAML or JSON, folders of them, or - for standard input')
    .option('-f, --filename <file>', 'the same, as kubectl has it', gather)
    .option('-n, --namespace <name>', 'of objects that name none', 'default')
    .option('--strict', 'warnings fail, too')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', help)
    .action(async (files: readonly string[], given: Given) => {
      const { filename = [], namespace, strict = false, json = false } = given
      done(await programs.lint({ files: [...files, ...filename], namespace, strict, json }, io))
    })
}

function gather(file: string, files: readonly string[] = []): readonly string[] {
  return [...files, file]
}

const help = `
Exit codes: 0 nothing stands in the way, 1 something is wrong, 3 could not be read.

Examples:
  haldane lint rollout.yaml services.yaml
  helm template . | haldane lint -`
