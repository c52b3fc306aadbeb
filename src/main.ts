#!/usr/bin/env node
/** Starts what the command line asks for. Each program is loaded only when it is meant. */
import { runCli } from './app/cli/cli.ts'
import { processIo } from './main/io.ts'

process.exitCode = await runCli(
  process.argv.slice(2),
  {
    demo: async (options, io) => (await import('./main/demo.ts')).runDemo(options, io),
    controller: async (options, io) =>
      (await import('./main/controller.ts')).runController(options, io),
    sandbox: async (options, io) => (await import('./main/sandbox.ts')).runSandbox(options, io),
    report: async (options, io) => (await import('./main/report.ts')).runReport(options, io),
    judge: async (options, io) => (await import('./main/judge.ts')).runJudge(options, io),
    lint: async (options, io) => (await import('./main/lint.ts')).runLint(options, io),
    preflight: async (options, io) =>
      (await import('./main/preflight.ts')).runPreflight(options, io),
    score: async (options, io) => (await import('./main/score.ts')).runScore(options, io),
  },
  processIo,
)
