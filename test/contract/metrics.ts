/** What every Metrics promises. The sandbox's store and the real Prometheus both pass it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Reading, Series } from '../../src/core/judge/reading.ts'
import { type Duration, type Instant, milliseconds, minus, plus } from '../../src/core/units.ts'
import type { Metrics, Window } from '../../src/ports.ts'

export type Counter = {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  value: number
}

export type MetricsUnderTest = {
  readonly metrics: Metrics
  /** What is scraped, by pod, each in the namespace `shop`. The tests change it. */
  readonly pods: Map<string, readonly Counter[]>
  readonly scrapeInterval: Duration
  readonly now: () => Instant
  /** Lets one scrape interval go by. */
  readonly pass: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** A real store sleeps between scrapes. */
const aWhile = { timeout: 60_000 }

export function metricsContract(name: string, start: () => Promise<MetricsUnderTest>): void {
  describe(`${name} as Metrics`, aWhile, () => {
    let store: MetricsUnderTest
    beforeAll(async () => {
      store = await start()
      store.pods.set('a', [
        counter('fixed', { code: '200' }, 7),
        counter('fixed', { code: '5"\\' }, 1),
      ])
      store.pods.set('b-1', [counter('fixed', { code: '200' }, 0.5)])
      await passUntil(store, async () => (await seriesOf(store, 'fixed')).length === 3)
      for (let count = 0; count < 3; count += 1) await store.pass()
    })
    afterAll(() => store.stop())
    rangeContract(() => store)
    queryContract(() => store)
    timeContract(() => store)
  })
}

function rangeContract(store: () => MetricsUnderTest): void {
  test('a series has its labels, those of the scraped pod, and the value at each asked instant', async () => {
    const { scrapeInterval: step, now } = store()
    const window = { from: minus(now(), milliseconds(step * 2)), to: now(), step }
    const [found, ...others] = await seriesOf(store(), 'fixed{code="200",pod="a"}', window)
    expect(others).toEqual([])
    expect(found?.labels).toMatchObject({
      __name__: 'fixed',
      code: '200',
      pod: 'a',
      namespace: 'shop',
    })
    expect(found?.samples).toEqual(momentsOf(window).map((at) => ({ at, value: 7 })))
  })

  test('between scrapes the last value counts', async () => {
    const { scrapeInterval, now } = store()
    const step = milliseconds(scrapeInterval / 4)
    const window = { from: minus(now(), milliseconds(scrapeInterval * 2)), to: now(), step }
    const [found] = await seriesOf(store(), 'fixed{pod="b-1"}', window)
    expect(found?.samples).toEqual(momentsOf(window).map((at) => ({ at, value: 0.5 })))
  })

  test('a window of one instant has one sample', async () => {
    const at = store().now()
    const [found] = await seriesOf(store(), 'fixed{pod="b-1"}', {
      from: at,
      to: at,
      step: store().scrapeInterval,
    })
    expect(found?.samples).toEqual([{ at, value: 0.5 }])
  })
}

function queryContract(store: () => MetricsUnderTest): void {
  const asked: readonly { readonly query: string; readonly answers: readonly unknown[] }[] = [
    {
      query: 'sum by (code) (fixed)',
      answers: [
        { labels: { code: '200' }, value: 7.5 },
        { labels: { code: '5"\\' }, value: 1 },
      ],
    },
    { query: 'sum by (absent) (fixed)', answers: [{ labels: {}, value: 8.5 }] },
    { query: 'sum(fixed)', answers: [{ labels: {}, value: 8.5 }] },
    {
      query: 'count by (pod) (fixed)',
      answers: [
        { labels: { pod: 'a' }, value: 2 },
        { labels: { pod: 'b-1' }, value: 1 },
      ],
    },
    { query: 'sum(fixed{pod=~"b-(1|2)"})', answers: [{ labels: {}, value: 0.5 }] },
    { query: 'sum(fixed{pod=~"b"})', answers: [] },
    { query: 'sum(fixed{code!="200"})', answers: [{ labels: {}, value: 1 }] },
    { query: 'sum(fixed{code="5\\"\\\\"})', answers: [{ labels: {}, value: 1 }] },
    { query: 'sum(fixed{absent=""})', answers: [{ labels: {}, value: 8.5 }] },
    {
      query: 'sum by (pod) (fixed{code="200"}) or on (pod) sum by (pod, code) (fixed)',
      answers: [
        { labels: { pod: 'a' }, value: 7 },
        { labels: { pod: 'b-1' }, value: 0.5 },
      ],
    },
    {
      query: 'nobody_counts_this or on (pod) sum by (pod) (fixed)',
      answers: [
        { labels: { pod: 'a' }, value: 8 },
        { labels: { pod: 'b-1' }, value: 0.5 },
      ],
    },
    {
      query: 'sum by (pod) (fixed{pod="a"}) or on (pod) sum by (code, pod) (fixed)',
      answers: [
        { labels: { code: '200', pod: 'b-1' }, value: 0.5 },
        { labels: { pod: 'a' }, value: 8 },
      ],
    },
    {
      query: 'sum by (pod) (fixed and on (namespace, pod) fixed{code!="200"})',
      answers: [{ labels: { pod: 'a' }, value: 8 }],
    },
    { query: 'nobody_counts_this', answers: [] },
    { query: 'sum(nobody_counts_this)', answers: [] },
  ]
  test.for(asked)('$query', async ({ query, answers }) => {
    const found = await seriesOf(store(), query)
    const last = found.map(({ labels, samples }) => ({ labels, value: samples.at(-1)?.value }))
    expect(last.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))).toEqual(
      answers,
    )
  })

  test.for(['sum by (', 'fixed{code=~"("}', '', 'nobody_knows(fixed)'])(
    'the query %s is a failed reading that says why',
    async (query) => {
      expect(await read(store(), query)).toEqual({
        kind: 'failed',
        why: expect.stringMatching(/\S/),
      })
    },
  )

  test('too many points are a failed reading', async () => {
    const { now } = store()
    const step = milliseconds(1000)
    const window = { from: minus(now(), milliseconds(12_000_000)), to: now(), step }
    expect(await read(store(), 'fixed', window)).toEqual({
      kind: 'failed',
      why: expect.stringMatching(/11[,.]?000/),
    })
  })
}

function timeContract(store: () => MetricsUnderTest): void {
  test('a series has no values before its birth, and then each that it took', async () => {
    const growing = counter('growing', {}, 1)
    const { pods, now, scrapeInterval } = store()
    const before = now()
    pods.set('young', [growing])
    await passUntil(store(), async () => (await seriesOf(store(), 'growing')).length === 1)
    growing.value = 5
    await passUntil(store(), async () => (await lastOf(store(), 'growing')) === 5)
    // The newest instant that is asked for may lie just before the sample.
    await store().pass()
    const step = milliseconds(scrapeInterval / 2)
    const window = { from: minus(before, milliseconds(scrapeInterval * 4)), to: now(), step }
    const [found] = await seriesOf(store(), 'growing', window)
    const samples = found?.samples ?? []
    expect(samples.every(({ at }) => at > before)).toBe(true)
    expect(samples.map(({ value }) => value).join('')).toMatch(/^1+5+$/)
  })

  test('a pod that went is absent, not at its last value', async () => {
    const { pods } = store()
    pods.set('leaving', [counter('leaving', {}, 3)])
    await passUntil(store(), async () => (await lastOf(store(), 'leaving')) === 3)
    pods.delete('leaving')
    await passUntil(store(), async () => (await seriesOf(store(), 'leaving')).length === 0)
    expect(await seriesOf(store(), 'sum(leaving)')).toEqual([])
  })
}

function counter(name: string, labels: Readonly<Record<string, string>>, value: number): Counter {
  return { name, labels, value }
}

function read(
  { metrics, now, scrapeInterval }: MetricsUnderTest,
  query: string,
  window: Window = { from: now(), to: now(), step: scrapeInterval },
): Promise<Reading> {
  return metrics.range(query, window)
}

async function seriesOf(
  store: MetricsUnderTest,
  query: string,
  window?: Window,
): Promise<readonly Series[]> {
  const reading = await read(store, query, window)
  if (reading.kind !== 'series') throw new Error(`${reading.kind}: ${reading.why}`)
  return reading.series
}

async function lastOf(store: MetricsUnderTest, query: string): Promise<number | undefined> {
  return (await seriesOf(store, query))[0]?.samples.at(-1)?.value
}

async function passUntil(store: MetricsUnderTest, holds: () => Promise<boolean>): Promise<void> {
  for (let count = 0; !(await holds()); count += 1) {
    if (count > 20) throw new Error('it did not come about within twenty scrapes')
    await store.pass()
  }
}

function momentsOf({ from, to, step }: Window): readonly Instant[] {
  const count = Math.floor((to - from) / step) + 1
  return Array.from({ length: count }, (_, index) => plus(from, milliseconds(index * step)))
}
