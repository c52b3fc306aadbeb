import { expect, test } from 'vitest'
import { BlockMaker } from '../../../src/core/judge/blocks.ts'
import { looksOf } from '../../../src/core/judge/looks.ts'
import type { Block } from '../../../src/core/judge/open-block.ts'
import type { Series } from '../../../src/core/judge/reading.ts'
import type { JudgeSettings } from '../../../src/core/judge/settings.ts'
import { type Instant, seconds } from '../../../src/core/units.ts'
import { counter, settings, start, steady, trial, windowOf } from './build.ts'

const stable = (...values: readonly (number | undefined)[]): Series =>
  counter('reviews-s1-a', '200', values)
const canary = (...values: readonly (number | undefined)[]): Series =>
  counter('reviews-c1-a', '200', values)

test.for<{ it: string; sees: readonly Series[]; gives: readonly string[] }>([
  {
    it: 'compares both sides over the same time',
    sees: [stable(100, 110, 130), canary(5, 6, 8)],
    gives: ['0-1: 1 against 10', '1-2: 2 against 20'],
  },
  {
    it: 'begins when the canary is there, and with its first request',
    sees: [stable(100, 110, 130, 135), canary(undefined, undefined, 3, 7)],
    gives: ['1-2: 3 against 20', '2-3: 4 against 5'],
  },
  {
    it: 'stays open while one side is missing',
    sees: [stable(100, 110, 130, 135), canary(5, 6, undefined, 9)],
    gives: ['0-1: 1 against 10', '1-3: 3 against 25'],
  },
  {
    it: 'is longer where nobody was scraped',
    sees: [stable(100, undefined, 130), canary(5, undefined, 9)],
    gives: ['0-2: 4 against 30'],
  },
  {
    it: 'is there with no requests, when pods are there',
    sees: [stable(100, 110), canary(5, 5)],
    gives: ['0-1: 0 against 10'],
  },
  {
    it: 'ignores the time before anything is there',
    sees: [stable(undefined, 110, 120), canary(undefined, 5, 6)],
    gives: ['1-2: 1 against 10'],
  },
  {
    it: 'takes what is there at first as the starting point, canary pods too',
    sees: [stable(100, 110), canary(70, 71)],
    gives: ['0-1: 1 against 10'],
  },
  {
    it: 'keeps the requests of a pod that vanished',
    sees: [
      stable(100, 110, 120),
      canary(5, 6, 7),
      counter('reviews-c1-b', '200', [1, 3, undefined]),
    ],
    gives: ['0-1: 3 against 10', '1-2: 1 against 10'],
  },
  {
    it: 'ignores pods of other revisions and workloads',
    sees: [
      stable(100, 110),
      canary(5, 6),
      counter('reviews-x9-a', '200', [0, 50]),
      counter('reviews-c1-a-b', '200', [0, 50]),
    ],
    gives: ['0-1: 1 against 10'],
  },
])('a block $it', ({ sees, gives }) => {
  expect(blocksOf(sees).map(text)).toEqual(gives)
})

test('a side that was missing for ten blocks is not compared with what the other did meanwhile', () => {
  const missing = Array.from({ length: 12 }, () => undefined)
  const blocks = blocksOf([stable(...steady(10, 16)), canary(5, 6, ...missing, 7, 9)])
  expect(blocks.map(text)).toEqual([
    '0-1: 1 against 10',
    '11-14: 1 against 30',
    '14-15: 2 against 10',
  ])
})

test('the first two minutes of each canary pod are counted, but not judged', () => {
  const old = counter('reviews-c1-a', '200', steady(10, 12))
  const young = counter('reviews-c1-b', '200', [3, 6, 9, 12, 15], 8)
  const blocks = blocksOf([stable(...steady(100, 13)), old, young], {
    ...settings,
    warmup: seconds(60),
  })
  expect(blocks.map(({ canary: { judged, all } }) => [judged.requests, all.requests])).toEqual([
    [0, 10],
    [0, 10],
    [0, 10],
    [0, 10],
    [10, 10],
    [10, 10],
    [10, 10],
    [10, 13],
    [10, 13],
    [10, 13],
    [10, 13],
    [0, 3],
  ])
})

test('excluded requests are not among the requests', () => {
  const gone: Series = {
    ...canary(0, 4),
    labels: { pod: 'reviews-c1-a', response_code: '0', response_flags: 'DC' },
  }
  const failed = counter('reviews-c1-a', '503', [undefined, 2])
  const [block] = blocksOf([stable(100, 110), canary(5, 6), gone, failed])
  expect(block?.canary.judged).toEqual({ requests: 3, failures: 2, excluded: 4 })
})

test('where callers report, the Service that was asked for tells the sides apart', () => {
  const blocks = blocksOf([asked('reviews-stable', 100, 110), asked('reviews-canary', 5, 6)], {
    ...settings,
    reporter: 'source',
  })
  expect(blocks.map(text)).toEqual(['0-1: 1 against 10'])
})

function blocksOf(series: readonly Series[], given: JudgeSettings = settings): readonly Block[] {
  const maker = new BlockMaker(trial, given)
  return looksOf(series, windowOf(0, 15))
    .map((look) => maker.advance(look))
    .filter((block) => block !== undefined)
}

function asked(service: string, ...values: readonly number[]): Series {
  const labels = { pod: 'gateway-1', destination_service_name: service, response_code: '200' }
  return { ...counter('gateway-1', '200', values), labels }
}

function text({ start: from, end: to, canary: { all }, stable: its }: Block): string {
  return `${numberOf(from)}-${numberOf(to)}: ${all.requests} against ${its.requests}`
}

function numberOf(at: Instant): number {
  return (at - start) / settings.block
}
