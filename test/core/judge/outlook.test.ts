import { expect, test } from 'vitest'
import { mildestNoticed, timeToNotice, timeToPass } from '../../../src/core/judge/outlook.ts'
import { parseJudgeSettings, standardDefaults } from '../../../src/core/manifest/judge-settings.ts'
import { inSeconds, minutes, share, weight } from '../../../src/core/units.ts'

function prospect(requestsPerSecond: number, percent = 5, failing = 0.001) {
  const settings = parseJudgeSettings({}, standardDefaults, '')
  if (!settings.ok) throw new Error('the defaults are valid')
  return {
    settings: settings.value,
    requestsPerSecond,
    weight: weight(percent),
    failing: share(failing),
  }
}

test('more traffic finds a worse canary sooner', () => {
  const times = [10, 100, 1000].map((rps) => timeToNotice(prospect(rps), share(0.03)))
  expect(times.every((time) => time !== undefined)).toBe(true)
  expect(times.toSorted((a, b) => Number(b) - Number(a))).toEqual(times)
})

test('a canary that fails like the stable side is never found worse', () => {
  expect(timeToNotice(prospect(500), share(0.001))).toBeUndefined()
})

test('a pass takes the soak at least', () => {
  const time = timeToPass(prospect(500))
  expect(time && inSeconds(time)).toBeGreaterThanOrEqual(inSeconds(standardDefaults.soak))
})

test('a request a minute proves nothing within an hour', () => {
  expect(timeToPass(prospect(1 / 60))).toBeUndefined()
  expect(mildestNoticed(prospect(1 / 60, 1), minutes(5))).toBeUndefined()
})

test('what is mildest is what is found in that time, and not less', () => {
  const time = minutes(5)
  const mildest = mildestNoticed(prospect(100), time)
  expect(mildest).toBeDefined()
  expect(timeToNotice(prospect(100), mildest ?? share(0))).toBeLessThanOrEqual(time)
  expect(mildestNoticed(prospect(100, 5, 0.1), time)).toBeGreaterThan(0.1)
})
