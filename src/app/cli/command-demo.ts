import { type Command, Option } from 'commander'
import type { Context } from './context.ts'
import { readPositive, readWhole } from './options.ts'
import type { DemoOptions, Io } from './programs.ts'

type Given = {
  readonly only?: 'good' | 'bad'
  readonly seed: number
  readonly speed?: number
  readonly json?: boolean
  readonly color: boolean
}

export function addDemo(root: Command, { programs, io, done }: Context): void {
  root
    .command('demo')
    .description('play a good and a bad release before your eyes; needs no cluster')
    .addOption(new Option('--only <release>', 'play one of the two').choices(['good', 'bad']))
    .option('--seed <number>', 'chance of the traffic; the same seed plays the same', readWhole, 1)
    .option('--speed <factor>', 'virtual seconds in a real one', readPositive)
    .option('--json', 'one JSON object a line')
    .option('--no-color', 'no colours; the same as setting NO_COLOR')
    .action(async (given: Given) => done(await programs.demo(demoOptions(given, io), io)))
}

function demoOptions({ only, seed, speed, json = false, color }: Given, { env }: Io): DemoOptions {
  const isPlain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
  return { only, seed, speed, json, color: color && !isPlain }
}
