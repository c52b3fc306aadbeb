import { expect, test } from 'vitest'
import { Callers } from '../../../src/core/judge/callers.ts'
import type { Series } from '../../../src/core/judge/reading.ts'
import { counter, settings, steady, trial, windowOf } from './build.ts'

test('the share follows the weight, and failures that reached no pod are counted by Service', () => {
  const callers = new Callers(trial, settings.failures)
  const series = [
    asked('reviews-stable', '-', [...steady(95, 10), ...steady(50, 10, 905)]),
    asked('reviews-canary', '-', [...steady(5, 10), ...steady(40, 10, 85)]),
    asked('reviews-canary', 'UF,URX', steady(10, 20)),
  ]
  callers.hear(series, windowOf(0, 9))
  callers.hear(series, windowOf(0, 9))
  expect(callers.canaryShare()).toBeCloseTo(15 / 110, 10)
  callers.hear(series, windowOf(10, 19))
  expect(callers.canaryShare()).toBe(0.5)
  expect(callers.undelivered).toEqual({ canary: 190, stable: 0 })
})

test('without traffic there is no share', () => {
  expect(new Callers(trial, settings.failures).canaryShare()).toBeUndefined()
})

function asked(service: string, flags: string, values: readonly number[]): Series {
  const labels = {
    pod: 'gateway-1',
    destination_service_name: service,
    response_code: flags === '-' ? '200' : '503',
    response_flags: flags,
  }
  return { ...counter('gateway-1', '200', values), labels }
}
