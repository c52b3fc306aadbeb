import { pino, destination as toFile } from 'pino'
import type { Log } from '../../ports.ts'

export type LogLevel = 'info' | 'warn' | 'error' | 'silent'

/** Takes whole lines, each ended by a line feed. */
export type LogDestination = { write(line: string): void }

const standardError = 2

/** One line of JSON an event; to standard error, because standard output belongs to the answer of a command. */
export function createLog(level: LogLevel, destination?: LogDestination): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'message',
    },
    destination ?? toFile(standardError),
  )
  return {
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
  }
}
