import type { Command } from 'commander'
import type { Context } from './context.ts'

type Given = { readonly series: string; readonly json?: boolean }

export function addScore(root: Command, { programs, io, done }: Context): void {
  root
    .command('score')
    .description("score a canary by Kayenta's rules: two sets of series, compared metric by metric")
    .requiredOption('--series <file>', 'one JSON object a line; - reads standard input')
    .option('--json', 'one JSON object a line; else a table for each')
    .addHelpText('after', help)
    .action(async ({ series, json = false }: Given) =>
      done(await programs.score({ series, json }, io)),
    )
}

const help = `
Exit codes: 0 pass, 1 fail, 2 marginal, 3 could not judge; for several lines the worst of them.

Example:
  echo '{"metrics": [{"name": "latency", "control": [10, 11, 12, 10, 11], "experiment": [20, 21, 22, 20, 21]}]}' \\
    | haldane score --series -`
