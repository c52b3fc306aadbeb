import { expect, onTestFinished, test, vi } from 'vitest'
import { realClock } from '../../../src/adapters/clock/real.ts'
import { minutes, plus } from '../../../src/core/units.ts'

function stoppedAt(time: string): void {
  vi.useFakeTimers({ now: Date.parse(time) })
  onTestFinished(() => void vi.useRealTimers())
}

test('wakes once, at the time', () => {
  stoppedAt('2026-01-01T10:00:00Z')
  const wake = vi.fn<() => void>()
  realClock.wakeAt(plus(realClock.now(), minutes(10)), wake)
  vi.advanceTimersByTime(600_000 - 1)
  expect(wake).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  vi.advanceTimersByTime(600_000)
  expect(wake).toHaveBeenCalledOnce()
})

test('wakes after forty days, which is more than a timer can hold', () => {
  stoppedAt('2026-01-01T10:00:00Z')
  const wake = vi.fn<() => void>()
  const days = 40 * 24 * 60
  realClock.wakeAt(plus(realClock.now(), minutes(days)), wake)
  vi.advanceTimersByTime((days - 1) * 60_000)
  expect(wake).not.toHaveBeenCalled()
  vi.advanceTimersByTime(60_000)
  expect(wake).toHaveBeenCalledOnce()
})

test('wakes as soon as it can when the time has passed', () => {
  stoppedAt('2026-01-01T10:00:00Z')
  const wake = vi.fn<() => void>()
  const now = realClock.now()
  vi.setSystemTime(Date.parse('2026-01-01T11:00:00Z'))
  realClock.wakeAt(now, wake)
  expect(wake).not.toHaveBeenCalled()
  vi.advanceTimersByTime(0)
  expect(wake).toHaveBeenCalledOnce()
})

test('does not wake before the time when the clock is set back', () => {
  stoppedAt('2026-01-01T10:00:00Z')
  const wake = vi.fn<() => void>()
  realClock.wakeAt(plus(realClock.now(), minutes(10)), wake)
  vi.setSystemTime(Date.parse('2026-01-01T09:00:00Z'))
  vi.advanceTimersByTime(69 * 60_000)
  expect(wake).not.toHaveBeenCalled()
  vi.advanceTimersByTime(60_000)
  expect(wake).toHaveBeenCalledOnce()
})

test('wakes within a minute when the clock is set forward', () => {
  stoppedAt('2026-01-01T10:00:00Z')
  const wake = vi.fn<() => void>()
  realClock.wakeAt(plus(realClock.now(), minutes(600)), wake)
  vi.setSystemTime(Date.parse('2026-01-02T10:00:00Z'))
  vi.advanceTimersByTime(60_000)
  expect(wake).toHaveBeenCalledOnce()
})

test('does not wake after it was stopped, twice even', () => {
  stoppedAt('2026-01-01T10:00:00Z')
  const wake = vi.fn<() => void>()
  const stop = realClock.wakeAt(plus(realClock.now(), minutes(10)), wake)
  vi.advanceTimersByTime(90_000)
  stop()
  stop()
  vi.advanceTimersByTime(3_600_000)
  expect(wake).not.toHaveBeenCalled()
})
