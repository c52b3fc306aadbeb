import { expect, onTestFinished, test, vi } from 'vitest'
import { every } from '../../../src/adapters/schedule/cron.ts'
import { PortError } from '../../../src/ports.ts'

test('runs at every quarter of an hour until it is stopped', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T10:07:00Z') })
  onTestFinished(() => void vi.useRealTimers())
  const times: string[] = []
  const stop = every('*/15 * * * *', () => times.push(new Date().toISOString().slice(11, 16)))
  await vi.advanceTimersByTimeAsync(45 * 60_000)
  stop()
  stop()
  await vi.advanceTimersByTimeAsync(45 * 60_000)
  expect(times).toEqual(['10:15', '10:30', '10:45'])
})

test('refuses what is no cron expression and says where', () => {
  expect(() => every('61 * * * *', () => undefined)).toThrow(PortError)
  expect(() => every('61 * * * *', () => undefined)).toThrow(
    /^cron expression '61 \* \* \* \*': minute/,
  )
})
