/** The process as the command line sees it. */
import type { Io } from '../app/cli/programs.ts'

export const processIo: Io = {
  out: (text) => {
    process.stdout.write(text)
  },
  err: (text) => {
    process.stderr.write(text)
  },
  env: process.env,
  terminal: () => {
    const { isTTY, columns, rows } = process.stdout
    return isTTY ? { columns, rows } : undefined
  },
  onInterrupt: (then) => {
    process.once('SIGINT', then)
    process.once('SIGTERM', then)
    return () => {
      process.off('SIGINT', then)
      process.off('SIGTERM', then)
    }
  },
}
