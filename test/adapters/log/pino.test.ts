import { expect, test } from 'vitest'
import { createLog, type LogLevel } from '../../../src/adapters/log/pino.ts'
import type { Log } from '../../../src/ports.ts'

function logTo(lines: string[], level: LogLevel): Log {
  return createLog(level, { write: (line) => void lines.push(line) })
}

test('writes one line of JSON an event, without what is undefined', () => {
  const lines: string[] = []
  logTo(lines, 'info').warn('the canary is\nworse', {
    rollout: 'shop/reviews',
    weights: [20, 80],
    run: undefined,
  })
  expect(lines).toEqual([expect.stringMatching(/^\{[^\n]*\}\n$/)])
  expect(JSON.parse(lines.join(''))).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    rollout: 'shop/reviews',
    weights: [20, 80],
    message: 'the canary is\nworse',
  })
})

test('leaves out what is below the level', () => {
  const lines: string[] = []
  const log = logTo(lines, 'warn')
  log.info('a')
  log.warn('b')
  log.error('c')
  expect(lines.map((line) => /"message":"(.)"/.exec(line)?.[1])).toEqual(['b', 'c'])
})
