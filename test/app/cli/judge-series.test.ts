import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { judgeSeries, type SeriesHearing } from '../../../src/app/cli/judge-series.ts'
import {
  givenEnd,
  givenSource,
  givenStart,
  storeSource,
} from '../../../src/app/cli/series-sources.ts'
import { type Json, objectAt, parseJson } from '../../../src/core/json.ts'
import type { Reading } from '../../../src/core/judge/reading.ts'
import { standardDefaults } from '../../../src/core/manifest/judge-settings.ts'
import { parseSeriesFile } from '../../../src/core/manifest/series-file.ts'
import { type Instant, instant, minutes, plus } from '../../../src/core/units.ts'
import type { Clock, Metrics } from '../../../src/ports.ts'
import { misfits } from '../../schema.ts'
import { testIo } from './recorded.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const page = readFileSync(join(root, 'docs', 'judge.md'), 'utf8')
const output = schema('judge-output')
const input = schema('judge-series')
const began = instant(Date.UTC(2026, 2, 1, 12))

function schema(name: string): ReturnType<typeof objectAt> {
  const path = join(root, 'docs', 'schema', `${name}.schema.json`)
  return objectAt(parseJson(readFileSync(path, 'utf8')))
}

/** Time goes on only when somebody waits. */
function clockAt(start: Instant): Clock {
  let now = start
  return {
    now: () => now,
    wakeAt: (at, wake) => {
      if (at > now) now = at
      queueMicrotask(wake)
      return () => undefined
    },
  }
}

type Ran = { readonly code: number; readonly text: string; readonly lines: readonly Json[] }

async function run(hearing: SeriesHearing, clock: Clock): Promise<Ran> {
  const io = testIo()
  const code = await judgeSeries(hearing, clock, io)
  const text = io.written()
  return {
    code,
    text,
    lines: text.startsWith('{') ? text.trimEnd().split('\n').map(parseJson) : [],
  }
}

async function judgeValues(series: object, json = true, rest: object = {}): Promise<Ran> {
  const text = JSON.stringify({ release: 'r1', interval: '15s', series: [series], ...rest })
  expect(misfits(parseJson(text), input)).toEqual([])
  const file = parseSeriesFile(text, {}, standardDefaults)
  if (!file.ok || file.value.kind !== 'given') throw new Error('values are given')
  const { settings } = file.value
  const hearing = {
    name: 'r1',
    settings,
    source: givenSource(settings),
    since: givenStart,
    to: givenEnd(settings),
    follow: false,
    json,
    isTimed: false,
  }
  return run(hearing, clockAt(began))
}

const usual = { name: 'memory', direction: 'increase', block: '15s' }

function around(level: number, count = 20): readonly number[] {
  return Array.from({ length: count }, (_, k) => level + Math.sin(k * 1.7))
}

test('values of one’s own: worse, with lines that fit their schema', async () => {
  const { code, lines } = await judgeValues({ ...usual, canary: around(130), stable: around(100) })
  expect(lines).toMatchObject([
    { kind: 'series', release: 'r1', series: 'memory', test: 'sign', blocks: 20, blockSeconds: 15 },
    { kind: 'verdict', release: 'r1', verdict: 'worse', seconds: 165 },
  ])
  expect(lines.flatMap((line) => misfits(line, output))).toEqual([])
  expect(code).toBe(1)
})

test('no worse is 0, neither is 2', async () => {
  expect((await judgeValues({ ...usual, canary: around(100), stable: around(100) })).code).toBe(0)
  expect(
    (await judgeValues({ ...usual, canary: around(100, 3), stable: around(100, 3) })).code,
  ).toBe(2)
})

test('the history says how long blocks are', async () => {
  const slow = Array.from({ length: 200 }, (_, k) => 100 + 10 * Math.sin(k / 6))
  const { lines } = await judgeValues({
    name: 'a',
    direction: 'increase',
    canary: slow,
    stable: slow,
    history: [slow],
  })
  expect(lines[0]).toMatchObject({ blockFrom: 'history', blockSeconds: 150 })
})

test('without any value of one side it could not judge', async () => {
  await expect(judgeValues({ ...usual, canary: [null, null], stable: [1, 2] })).rejects.toThrow(
    /^memory has no values of the canary side/,
  )
})

test('a deadline ends it', async () => {
  const even = { ...usual, canary: around(100), stable: around(100) }
  const { code, lines } = await judgeValues(even, true, { deadline: '1m', onDeadline: 'fail' })
  expect(lines[1]).toMatchObject({ verdict: 'worse', seconds: 60 })
  expect(code).toBe(1)
})

test('for people, a table', async () => {
  const { text } = await judgeValues({ ...usual, canary: around(130), stable: around(100) }, false)
  expect(text).toMatchInlineSnapshot(`
    "r1: worse after 2m45s
    memory lies higher on the canary: canary 130, stable 100; evidence 4.9 of 4.6 nats after 2m45s

      series  canary  stable        worse     no worse
      memory     130     100  10.5 of 4.6  -3.8 of 3.0  ████████████████████

    memory: by sign, 20 blocks of 15s (as asked for)

    "
  `)
})

const queries = { ...usual, canary: 'mem{side="c"}', stable: 'mem{side="s"}' }

async function judgeStore(
  metrics: Metrics,
  rest: Partial<SeriesHearing>,
  after: number,
): Promise<Ran> {
  const file = parseSeriesFile(
    JSON.stringify({ series: [queries] }),
    { warmup: '0s' },
    standardDefaults,
  )
  if (!file.ok || file.value.kind !== 'asked') throw new Error('queries are given')
  const { settings } = file.value
  const clock = clockAt(plus(began, minutes(after)))
  const hearing = {
    name: 'q',
    settings,
    source: storeSource(settings, metrics),
    since: began,
    to: clock.now(),
    follow: false,
    json: true,
    isTimed: true,
    ...rest,
  }
  return run(hearing, clock)
}

/** A level for each side. */
function store(canary: number, stable: number): Metrics {
  return {
    range: async (query, { from, to, step }) => {
      const level = query.includes('"c"') ? canary : stable
      const samples = Array.from({ length: (to - from) / step + 1 }, (_, k) => {
        const at = instant(from + k * step)
        return { at, value: level + Math.sin(at / 7919) }
      })
      return { kind: 'series', series: [{ labels: {}, samples }] }
    },
  }
}

test('a past time in a store', async () => {
  const { code, lines } = await judgeStore(store(130, 100), {}, 30)
  expect(lines[1]).toMatchObject({ verdict: 'worse', at: '2026-03-01T12:02:45Z' })
  expect(code).toBe(1)
})

test('--follow goes on until it is decided', async () => {
  const { code, lines } = await judgeStore(store(100, 100), { follow: true, to: undefined }, 0)
  expect(lines[1]).toMatchObject({ verdict: 'no worse', seconds: 120 })
  expect(code).toBe(0)
})

test('a store that does not answer', async () => {
  const failed: Reading = { kind: 'failed', why: 'busy' }
  await expect(judgeStore({ range: async () => failed }, {}, 10)).rejects.toThrow(
    'Prometheus does not answer (busy)',
  )
})

test('the examples of the page can be read and fit the schema', () => {
  const examples = [...page.matchAll(/<!-- series -->\n```json\n([^`]+)```/g)].map(
    ([, text]) => text,
  )
  expect(examples.length).toBeGreaterThan(1)
  for (const text of examples) {
    expect(misfits(parseJson(text ?? ''), input)).toEqual([])
    expect(parseSeriesFile(text ?? '', {}, standardDefaults)).toMatchObject({ ok: true })
  }
})
