/** The command line: what a person typed → the program that is meant, or one line that says what to type instead. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { parseJson, textAt } from '../../core/json.ts'
import { PortError } from '../../ports.ts'
import { addController } from './command-controller.ts'
import { addDemo } from './command-demo.ts'
import { addJudge } from './command-judge.ts'
import { addLint } from './command-lint.ts'
import { addPreflight } from './command-preflight.ts'
import { addReport } from './command-report.ts'
import { addSandbox } from './command-sandbox.ts'
import { addScore } from './command-score.ts'
import type { Context } from './context.ts'
import { couldNotLook } from './findings-page.ts'
import { couldNotJudge } from './judge-exit.ts'
import { CommandError, type Io, type Programs } from './programs.ts'

const failed = 1
const misused = 2

/**
 * `argv` without node and script. Never throws; resolves to the exit code: 0, 1 for a failure, 2 for a command that cannot be understood. A program
 * whose exit code is a verdict has one code for all that goes wrong, so that no script takes a typo for a verdict.
 */
export async function runCli(argv: readonly string[], programs: Programs, io: Io): Promise<number> {
  let exitCode = 0
  const done = (code: number): void => {
    exitCode = code
  }
  try {
    await commandsOf({ programs, io, done }).parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    const code = refused(error, io)
    return code === 0 ? code : (failures[argv[0] ?? ''] ?? code)
  }
}

const commands = [
  addDemo,
  addController,
  addSandbox,
  addLint,
  addPreflight,
  addReport,
  addJudge,
  addScore,
]

const failures: Readonly<Record<string, number>> = {
  judge: couldNotJudge,
  score: couldNotJudge,
  lint: couldNotLook,
  preflight: couldNotLook,
}

function commandsOf(context: Context): Command {
  const { io } = context
  const root = new Command('haldane')
    .description('Releases services on Kubernetes and Istio step by step and judges every step.')
    .version(ownVersion(), '-V, --version', 'print the version')
    .configureOutput({ writeOut: io.out, writeErr: () => {} })
    .configureHelp({ helpWidth: Math.min(100, io.terminal()?.columns ?? 100) })
    .exitOverride()
  for (const add of commands) add(root, context)
  return root
}

/* ---------------------------------------------------------------- failing */

function refused(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return misunderstood(error, io)
  if (error instanceof CommandError || error instanceof PortError) {
    io.err(`haldane: ${oneLine(error.message)}\n`)
    return failed
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  io.err(`haldane: this is a defect of Haldane, please report it: ${stack}\n`)
  return failed
}

/** Help and version come this way, too: they were asked for and are no failure. */
function misunderstood({ exitCode, message }: CommanderError, io: Io): number {
  if (exitCode === 0) return 0
  if (message === '(outputHelp)') {
    io.err('haldane: say which command; `haldane --help` lists them\n')
    return misused
  }
  io.err(
    `haldane: ${oneLine(message.replace(/^error: /, '')).replace(/\.$/, '')}; see \`haldane --help\`\n`,
  )
  return misused
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim()
}

/** The package's own file lies three folders up, in the sources as in what is shipped. */
function ownVersion(): string {
  const file = join(import.meta.dirname, '..', '..', '..', 'package.json')
  return textAt(parseJson(readFileSync(file, 'utf8')), 'version') ?? 'unknown'
}
