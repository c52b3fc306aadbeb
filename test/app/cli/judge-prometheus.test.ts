import { expect, test } from 'vitest'
import { type Hearing, judgePrometheus } from '../../../src/app/cli/judge-prometheus.ts'
import { selectorWitness } from '../../../src/app/cli/judge-selectors.ts'
import { rolloutWitness } from '../../../src/app/cli/judge-witness.ts'
import { type Json, type JsonObject, parseJson } from '../../../src/core/json.ts'
import type { Reading, Series } from '../../../src/core/judge/reading.ts'
import type { JudgeSettings } from '../../../src/core/judge/settings.ts'
import { parseJudgeSettings, standardDefaults } from '../../../src/core/manifest/judge-settings.ts'
import { problemText } from '../../../src/core/result.ts'
import { type Instant, instant, minutes, plus, seconds } from '../../../src/core/units.ts'
import type { Clock, Metrics } from '../../../src/ports.ts'
import { type TestIo, testIo } from './recorded.ts'

const began = instant(Date.UTC(2026, 2, 1, 12))
const block = seconds(15)
const sides = { kind: 'selectors', canary: '{pod=~"new-.*"}', stable: '{pod=~"old-.*"}' } as const
const telling = { json: true, verdictsOnly: true, untilWorse: false }

/** Counters that grow by so many failures in so many requests a block; from the block `since` on. */
type Pod = {
  readonly name: string
  readonly requests: number
  readonly failures: number
  readonly since?: number
}

const old: Pod = { name: 'old-1', requests: 6750, failures: 7 }
const good: Pod = { name: 'new-1', requests: 750, failures: 1, since: 0 }
const bad: Pod = { name: 'new-1', requests: 750, failures: 23, since: 0 }

/** Answers for the pods whose names begin as the selector says. */
function store(pods: readonly Pod[], until: Instant = plus(began, minutes(600))): Metrics {
  return {
    range: async (query, { from, to, step }) => {
      const series = query.includes('istio_requests_total')
        ? pods.filter(({ name }) => query.includes(name.slice(0, 4)))
        : []
      return {
        kind: 'series',
        series: series.flatMap((pod) => seriesOf(pod, { from, to: Math.min(to, until), step })),
      }
    },
  }
}

function seriesOf(
  { name, requests, failures, since = -1000 }: Pod,
  { from, to, step }: { readonly from: number; readonly to: number; readonly step: number },
): readonly Series[] {
  const counts = [
    ['200', requests - failures],
    ['503', failures],
  ] as const
  return counts
    .map(([code, amount]) => {
      const samples: { at: Instant; value: number }[] = []
      for (let at = from; at <= to; at += step) {
        const age = (at - began) / block - since
        if (age >= 0) samples.push({ at: instant(at), value: amount * Math.floor(age) })
      }
      return { labels: { pod: name, response_code: code, response_flags: '-' }, samples }
    })
    .filter(({ samples }) => samples.length > 0)
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

type Ran = { readonly code: number; readonly lines: readonly Json[]; readonly io: TestIo }

async function judge(metrics: Metrics, rest: Partial<Hearing> = {}, after = 20): Promise<Ran> {
  const settings = settingsOf({ warmup: '0s' })
  const io = testIo()
  const clock = clockAt(plus(began, minutes(after)))
  const hearing: Hearing = {
    witness: selectorWitness(sides, began, settings, metrics),
    settings,
    to: undefined,
    follow: false,
    report: false,
    telling,
    ...rest,
  }
  const code = await judgePrometheus(hearing, clock, io)
  const text = io.written()
  return { code, lines: text.startsWith('{') ? text.trimEnd().split('\n').map(parseJson) : [], io }
}

test('a past time is heard block by block: when it would have been decided', async () => {
  const { code, lines } = await judge(store([old, bad]))
  expect(lines).toMatchObject([
    { kind: 'verdict', release: sides.canary, verdict: 'worse', channel: 'failures' },
  ])
  expect(code).toBe(1)
})

test('the time of the decision is on the line', async () => {
  const { lines } = await judge(store([old, good]))
  expect(lines).toMatchObject([{ verdict: 'no worse', seconds: 120, at: '2026-03-01T12:02:00Z' }])
})

test('a line a block, with its time; a canary that comes late has nothing to say before', async () => {
  const late = { ...good, since: 4 }
  const { code, lines } = await judge(
    store([old, late]),
    { telling: { ...telling, verdictsOnly: false } },
    2,
  )
  expect(lines.at(0)).toMatchObject({ kind: 'block', at: '2026-03-01T12:00:15Z' })
  expect(lines.at(-2)).toMatchObject({ kind: 'block', at: '2026-03-01T12:01:45Z', seconds: 105 })
  expect(lines.at(-1)).toMatchObject({ kind: 'verdict', verdict: 'inconclusive' })
  expect(code).toBe(2)
})

test('asked about a part of the past, it stops there', async () => {
  const { lines } = await judge(store([old, good]), { to: plus(began, minutes(1)) })
  expect(lines).toMatchObject([{ verdict: 'inconclusive', seconds: 60 }])
})

test('data that ends before the time does: what was proved until then holds', async () => {
  const { code, lines } = await judge(store([old, good], plus(began, minutes(5))))
  expect(lines).toMatchObject([{ verdict: 'no worse', seconds: 120 }])
  expect(code).toBe(0)
})

test('a canary without requests is inconclusive', async () => {
  const idle = { ...good, requests: 0, failures: 0 }
  const { code, lines } = await judge(store([old, idle]))
  expect(lines).toMatchObject([{ verdict: 'inconclusive' }])
  expect(code).toBe(2)
})

test.for([
  [
    'selectors that match nothing',
    store([]),
    /^no istio_requests_total matches \{pod=~"new-\.\*"\} or \{pod=~"old-\.\*"\}; are the labels right/,
  ],
  [
    'a canary selector that matches nothing',
    store([old]),
    /^no istio_requests_total matches the canary side/,
  ],
  [
    'a store that does not answer',
    failing('http://p did not answer'),
    /^Prometheus does not answer \(http:\/\/p did not answer\)$/,
  ],
] as const)('could not judge: %s', async ([, metrics, message]) => {
  await expect(judge(metrics)).rejects.toThrow(message)
})

test('a time in which no block is over', async () => {
  await expect(judge(store([old, good]), {}, 0)).rejects.toThrow(/begin earlier, with --from/)
})

function failing(why: string): Metrics {
  const reading: Reading = { kind: 'failed', why }
  return { range: async () => reading }
}

test('--follow goes on until it is decided', async () => {
  const { code, lines } = await judge(store([old, good]), { follow: true }, 1)
  expect(lines).toMatchObject([{ verdict: 'no worse', seconds: 120 }])
  expect(code).toBe(0)
})

test('--follow with --until-worse does not stop at no worse', async () => {
  const hearing = {
    follow: true,
    telling: { ...telling, untilWorse: true },
    to: plus(began, minutes(9)),
  }
  const { lines } = await judge(store([old, good]), hearing, 1)
  expect(lines).toMatchObject([{ verdict: 'no worse' }])
})

test('--follow asks a store again that does not answer, and says so once', async () => {
  let asked = 0
  const healthy = store([old, good])
  const shaky: Metrics = {
    range: async (query, window) => {
      asked += 1
      return asked < 8 ? { kind: 'failed', why: 'busy' } : healthy.range(query, window)
    },
  }
  const { code, io } = await judge(shaky, { follow: true, telling: { ...telling, json: false } }, 1)
  expect(io.written()).toMatch(
    /^! haldane: Prometheus does not answer \(busy\)\n\{pod=~"new-\.\*"\} {2}no worse after 2m/,
  )
  expect(code).toBe(0)
})

test('an interrupt ends it with what is known', async () => {
  const io = testIo()
  const metrics = store([old, good])
  const now = plus(began, minutes(1))
  const clock: Clock = {
    now: () => now,
    wakeAt: () => {
      io.interrupt()
      return () => undefined
    },
  }
  const settings = settingsOf({ warmup: '0s' })
  const witness = selectorWitness(sides, began, settings, metrics)
  const hearing = { witness, settings, to: undefined, follow: true, report: false, telling }
  expect(await judgePrometheus(hearing, clock, io)).toBe(2)
  expect(parseJson(io.written())).toMatchObject({ verdict: 'inconclusive', seconds: 45 })
})

test('a canary that is slower, by its buckets', async () => {
  const both = store([old, good])
  const slow: Metrics = {
    range: async (query, window) => {
      if (!query.includes('_bucket')) return both.range(query, window)
      const pod = query.includes('new-') ? good : old
      const quick = query.includes('new-') ? 0.5 : 0.9
      const series = [
        { le: '100', part: quick },
        { le: '+Inf', part: 1 },
      ].flatMap(({ le, part }) =>
        seriesOf({ ...pod, requests: Math.round(pod.requests * part), failures: 0 }, window)
          .slice(0, 1)
          .map(({ samples }) => ({ labels: { pod: pod.name, le }, samples })),
      )
      return { kind: 'series', series }
    },
  }
  const { code, lines } = await judge(slow)
  expect(lines).toMatchObject([{ verdict: 'worse', channel: 'latency' }])
  expect(code).toBe(1)
})

test('buckets that cannot be read are no answer', async () => {
  const healthy = store([old, good])
  const halfway: Metrics = {
    range: async (query, window) =>
      query.includes('_bucket') ? { kind: 'failed', why: 'busy' } : healthy.range(query, window),
  }
  await expect(judge(halfway)).rejects.toThrow('Prometheus does not answer (busy)')
  const spared = await judge(halfway, { settings: settingsOf({ warmup: 0, latency: false }) })
  expect(spared.lines).toMatchObject([{ verdict: 'no worse' }])
})

test('a deadline ends it', async () => {
  const settings = settingsOf({ deadline: '1m', onDeadline: 'fail', warmup: 0 })
  const { code, lines } = await judge(store([old, good]), { follow: true, settings }, 0.5)
  expect(lines).toMatchObject([{ verdict: 'worse', seconds: 60 }])
  expect(code).toBe(1)
})

test('a deadline before there was anything to judge: it says that it looked no further', async () => {
  const settings = settingsOf({ deadline: '1m', warmup: 0 })
  const late = [old, bad].map((pod) => ({ ...pod, since: 20 }))
  await expect(judge(store(late), { settings })).rejects.toThrow(
    /are the labels right, and the time\?; the deadline ended it 1m after 2026-03-01T12:00:00Z$/,
  )
})

test('for people: the table, and when it would have been decided', async () => {
  const { io } = await judge(store([old, bad]), {
    telling: { ...telling, json: false, verdictsOnly: false },
  })
  expect(io.written()).toMatch(
    /^\{pod=~"new-\.\*"\}: worse after \d+m?\d*s?\ncanary fails 3\.1 % of/,
  )
  expect(io.written()).toMatch(/It would have been decided at 2026-03-01T12:0\d:\d\dZ: worse\.\n$/)
})

test('as a page', async () => {
  const { io } = await judge(store([old, bad]), {
    report: true,
    telling: { ...telling, json: false },
  })
  const page = io.written()
  expect(page).toMatch(
    /^# worse: `\{pod=~"new-\.\*"\}`\n\n\*\*Verdict: worse\.\*\* canary fails 3\.1 %/,
  )
  for (const heading of [
    '## Requests',
    '## Evidence',
    '## What was left out',
    '## How it was judged',
  ])
    expect(page).toContain(heading)
  expect(page).toContain('(istio_requests_total{pod=~"new-.*",reporter="destination"})')
})

test('each request is counted once: the selector says who reports, or the service’s own proxies do', () => {
  expect(queryFor('{app="a",}')).toContain('{app="a",reporter="destination"}')
  expect(queryFor('{app="a",reporter="source"}')).toContain('{app="a",reporter="source"}')
  expect(queryFor('{}')).toContain('{reporter="destination"}')
})

test('a Rollout’s sides are told by their hashes', async () => {
  const trial = {
    namespace: 'shop',
    rollout: 'r',
    canaryHash: 'new',
    stableHash: 'old',
    canaryService: 'r-canary',
    stableService: 'r-stable',
    since: began,
  }
  const named = [old, bad].map((pod) => ({ ...pod, name: `r-${pod.name}` }))
  const metrics: Metrics = {
    range: async (query, window) => {
      const series = query.includes('pod=~') && !query.includes('_bucket') ? named : []
      return { kind: 'series', series: series.flatMap((pod) => seriesOf(pod, window)) }
    },
  }
  const witness = rolloutWitness(trial, settingsOf({}), metrics)
  const { lines } = await judge(metrics, { witness })
  expect(lines).toMatchObject([{ release: 'shop/r', verdict: 'worse' }])
})

function queryFor(canary: string): string {
  return (
    selectorWitness({ ...sides, canary }, began, settingsOf({}), store([])).queries[0]?.promql ?? ''
  )
}

function settingsOf(body: JsonObject): JudgeSettings {
  const settings = parseJudgeSettings(body, standardDefaults, '')
  if (!settings.ok) throw new Error(problemText(settings.problems))
  return settings.value
}
