import { expect, test } from 'vitest'
import { milliseconds, minus, minutes, plus, seconds } from '../../src/core/units.ts'
import { createSteppedClock, turns, untilQuiet } from '../../src/sandbox/clock.ts'
import { noon } from './builders.ts'

const at = (count: number) => plus(noon, seconds(count))

test('wakes come by time, then in the order they were asked for, at their own moment', async () => {
  const clock = createSteppedClock(noon)
  const seen: string[] = []
  const note = (name: string) => () => seen.push(`${name} ${(clock.now() - noon) / 1000}`)
  clock.wakeAt(at(2), note('later'))
  clock.wakeAt(at(1), note('a'))
  clock.wakeAt(at(1), note('b'))
  clock.wakeAt(minus(noon, seconds(5)), note('past'))
  clock.wakeAt(at(9), note('beyond'))
  await clock.advance(seconds(5))
  expect(seen).toEqual(['past 0', 'a 1', 'b 1', 'later 2'])
  expect(clock.now()).toBe(at(5))
})

test('a stopped wake does not come, and stopping twice is harmless', async () => {
  const clock = createSteppedClock(noon)
  let woken = 0
  const stop = clock.wakeAt(at(1), () => {
    woken += 1
  })
  stop()
  stop()
  await clock.advance(minutes(1))
  expect(woken).toBe(0)
})

test('whoever was woken acts before the next moment comes', async () => {
  const clock = createSteppedClock(noon)
  const seen: number[] = []
  const sleeper = async () => {
    await turns(20)()
    seen.push((clock.now() - noon) / 1000)
    if (seen.length < 3) clock.wakeAt(plus(clock.now(), seconds(1)), () => void sleeper())
  }
  clock.wakeAt(at(1), () => void sleeper())
  await clock.advance(seconds(10))
  expect(seen).toEqual([1, 2, 3])
})

test('run stops at the wake that made it true, or at the limit', async () => {
  const clock = createSteppedClock(noon)
  let rung = 0
  const ring = () => {
    rung += 1
    clock.wakeAt(plus(clock.now(), seconds(10)), ring)
  }
  ring()
  expect(await clock.run(() => rung === 4, minutes(5))).toBe(true)
  expect(clock.now()).toBe(at(30))
  expect(await clock.run(() => rung === 100, minutes(1))).toBe(false)
  expect(clock.now()).toBe(at(90))
})

test('advances that overlap happen one after the other', async () => {
  const clock = createSteppedClock(noon)
  await Promise.all([clock.advance(milliseconds(250)), clock.advance(milliseconds(750))])
  expect(clock.now()).toBe(at(1))
})

test('quiet is when nobody has called for a while, however long the work was', async () => {
  let [activity, done] = [0, false]
  const work = async () => {
    for (let call = 0; call < 40; call++) {
      activity += 1
      await turns(30)()
    }
    done = true
  }
  void work()
  await untilQuiet(() => activity)()
  expect(done).toBe(true)
})

test('time goes on although somebody never rests', async () => {
  let activity = 0
  const work = async () => {
    while (activity < 1_000_000) {
      activity += 1
      await Promise.resolve()
    }
  }
  void work()
  await untilQuiet(() => activity)()
  expect(activity).toBeLessThan(30_000)
  activity = 1_000_000
})
