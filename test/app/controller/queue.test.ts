import { expect, test, vi } from 'vitest'
import { type Work, WorkQueue } from '../../../src/app/controller/queue.ts'
import { type Instant, instant, milliseconds, plus } from '../../../src/core/units.ts'
import type { Clock, Stop } from '../../../src/ports.ts'

test('one pass a key at a time; what comes in meanwhile is done once more, however often it came', async () => {
  const { queue, passes, finish } = rig()
  queue.add('a')
  queue.add('a')
  queue.add('a')
  await finish('a')
  expect(passes).toEqual(['a', 'a'])
  await finish('a')
  expect(passes).toEqual(['a', 'a'])
})

test('keys do not wait for each other, up to the bound', async () => {
  const { queue, passes, finish } = rig(2)
  for (const key of ['a', 'b', 'c']) queue.add(key)
  expect(passes).toEqual(['a', 'b'])
  await finish('b')
  expect(passes).toEqual(['a', 'b', 'c'])
})

test('a key that waits for room is there once', async () => {
  const { queue, passes, finish } = rig(1)
  for (const key of ['a', 'b', 'b', 'c']) queue.add(key)
  await finish('a')
  await finish('b')
  await finish('c')
  expect(passes).toEqual(['a', 'b', 'c'])
})

test('a pass that failed is tried again, at twice the distance each time, but no farther than ten seconds', async () => {
  const { queue, clock, fail } = rig()
  queue.add('a')
  const waits: number[] = []
  for (let failure = 0; failure < 9; failure += 1) {
    const before = clock.now()
    await fail('a')
    clock.toNext()
    waits.push(clock.now() - before)
  }
  expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000])
})

test('a pass that succeeds forgets the failures before it', async () => {
  const { queue, clock, fail, finish } = rig()
  queue.add('a')
  await fail('a')
  clock.toNext()
  await fail('a')
  clock.toNext()
  await finish('a')
  queue.add('a')
  const before = clock.now()
  await fail('a')
  clock.toNext()
  expect(clock.now() - before).toBe(100)
})

test('what rests is not tried again by itself, only when something changes', async () => {
  const { queue, passes, clock, fail } = rig(10, 'rest')
  queue.add('a')
  await fail('a')
  expect(clock.waiting()).toBe(0)
  queue.add('a')
  expect(passes).toEqual(['a', 'a'])
})

test('what is told when a pass fails: the key, the error, how often', async () => {
  const { queue, clock, fail, failed } = rig()
  queue.add('a')
  await fail('a')
  clock.toNext()
  await fail('a')
  expect(failed.mock.calls.map(([key, error, tries]) => [key, String(error), tries])).toEqual([
    ['a', 'Error: no', 1],
    ['a', 'Error: no', 2],
  ])
})

test('a pass says when to look again', async () => {
  const { queue, passes, clock, finish } = rig()
  queue.add('a')
  await finish('a', plus(clock.now(), milliseconds(5000)))
  expect(passes).toEqual(['a'])
  clock.toNext()
  expect(passes).toEqual(['a', 'a'])
})

test('of two moments the earlier one stands', () => {
  const { queue, passes, clock } = rig()
  queue.addAt('a', instant(500))
  queue.addAt('a', instant(900))
  queue.addAt('a', instant(200))
  expect(clock.waiting()).toBe(1)
  clock.toNext()
  expect(clock.now()).toBe(200)
  expect(passes).toEqual(['a'])
})

test('after stop nothing begins and no timer is left, not even from a pass that was running', async () => {
  const { queue, passes, clock, finish } = rig()
  queue.add('a')
  queue.add('a')
  queue.addAt('b', instant(100))
  queue.stop()
  queue.add('c')
  queue.addAt('d', instant(100))
  await finish('a', instant(100))
  expect(passes).toEqual(['a'])
  expect(clock.waiting()).toBe(0)
})

test('a key that is forgotten loses its timer and its failures', async () => {
  const { queue, passes, clock, fail } = rig()
  queue.add('a')
  await fail('a')
  queue.forget('a')
  expect(clock.waiting()).toBe(0)
  expect(passes).toEqual(['a'])
})

type Ending = { readonly resolve: (at?: Instant) => void; readonly reject: (why: Error) => void }

/** A queue whose passes end when the test says so. */
test('a key takes a breath after its pass, and one that has rested is served at once', async () => {
  const { queue, clock, passes, finish } = rig(10, 'retry', milliseconds(100))
  queue.add('a')
  await finish('a')
  queue.add('a')
  queue.add('a')
  expect(passes).toEqual(['a'])
  clock.toNext()
  expect(clock.now()).toBe(100)
  expect(passes).toEqual(['a', 'a'])
  await finish('a')
  queue.add('b')
  expect(passes).toEqual(['a', 'a', 'b'])
})

function rig(atOnce = 10, after: 'retry' | 'rest' = 'retry', breath = milliseconds(0)) {
  const clock = new FakeClock()
  const passes: string[] = []
  const running = new Map<string, Ending>()
  const failed = vi.fn<Work['failed']>(() => after)
  const pass = (key: string): Promise<Instant | undefined> => {
    if (running.has(key)) throw new RangeError(`two passes of ${key} at a time`)
    passes.push(key)
    const { promise, resolve, reject } = Promise.withResolvers<Instant | undefined>()
    running.set(key, { resolve, reject })
    return promise
  }
  const end = async (key: string, how: (ending: Ending) => void): Promise<void> => {
    const ending = running.get(key)
    if (ending === undefined) throw new RangeError(`${key} is not running`)
    running.delete(key)
    how(ending)
    await new Promise((done) => setImmediate(done))
  }
  return {
    queue: new WorkQueue(clock, { pass, failed }, { atOnce, breath }),
    clock,
    passes,
    failed,
    finish: (key: string, at?: Instant) => end(key, ({ resolve }) => resolve(at)),
    fail: (key: string) => end(key, ({ reject }) => reject(new Error('no'))),
  }
}

/** Goes on only when it is told to. */
class FakeClock implements Clock {
  #now = instant(0)
  #timers: readonly { readonly at: Instant; readonly wake: () => void }[] = []

  now(): Instant {
    return this.#now
  }

  wakeAt(at: Instant, wake: () => void): Stop {
    const timer = { at, wake }
    this.#timers = [...this.#timers, timer]
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  waiting(): number {
    return this.#timers.length
  }

  toNext(): void {
    const [next] = this.#timers.toSorted((a, b) => a.at - b.at)
    if (next === undefined) throw new RangeError('nothing is waited for')
    this.#timers = this.#timers.filter((other) => other !== next)
    this.#now = next.at
    next.wake()
  }
}
