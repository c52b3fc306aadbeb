import { schedule, validateDetailed } from 'node-cron'
import { PortError, type Stop } from '../../ports.ts'

/**
 * Calls `run` at every instant that a cron expression names, in UTC; with six fields the first is seconds. Throws PortError
 * `invalid` for what is no cron expression. What `run` throws is a bug: it is not caught.
 */
export function every(expression: string, run: () => void): Stop {
  const { errors } = validateDetailed(expression)
  if (errors.length > 0) {
    const problems = errors.map(({ field, message }) => `${field}: ${message}`).join('; ')
    throw new PortError('invalid', `cron expression '${expression}': ${problems}`)
  }
  // The library would log what is thrown, in words of its own, and go on. An immediate is out of its reach.
  const task = schedule(expression, () => void setImmediate(run), {
    timezone: 'Etc/UTC',
    suppressMissedWarning: true,
  })
  return () => void task.destroy()
}
