import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Verdict } from '../../../src/core/judge/verdict.ts'
import { makeReport, type ReportInput, reportJson } from '../../../src/core/report/make-report.ts'
import { markdownOf } from '../../../src/core/report/markdown.ts'
import { seconds } from '../../../src/core/units.ts'
import { at, counts, findings, promotedInput, rolledBackInput, side, worse } from './build.ts'

const golden = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'reports')

const noData: Verdict = {
  kind: 'no-data',
  because: { code: 'NoSuchMetric' },
  findings: {
    ...findings,
    against: [],
    inFavour: [],
    canary: side(counts(0, 0)),
    stable: side(counts(0, 0)),
    ratio: undefined,
    excess: undefined,
    latency: { kind: 'not-compared', because: 'NoBuckets' },
    blocks: { judged: 0, leftOut: {}, time: seconds(0), from: undefined, to: undefined },
    source: { kind: 'unseen', because: { code: 'NoAnswer', why: 'connection refused' } },
    trouble: { because: { code: 'NoSuchMetric' }, since: at(30) },
    stillNeeded: undefined,
  },
}

const cases: readonly { readonly it: string; readonly input: ReportInput }[] = [
  { it: 'promoted', input: promotedInput },
  { it: 'rolled-back', input: rolledBackInput },
  { it: 'promoted-without-data', input: judgedAs(noData) },
  { it: 'not-judged', input: { ...promotedInput, judged: undefined, observed: [], links: {} } },
]

test.for(cases)('a report as JSON: $it', async ({ it, input }) => {
  await expect(reportJson(makeReport(input))).toMatchFileSnapshot(join(golden, `${it}.json`))
})

test.for(cases)('a report as Markdown: $it', async ({ it, input }) => {
  await expect(markdownOf(makeReport(input))).toMatchFileSnapshot(join(golden, `${it}.md`))
})

test('survives JSON without a loss', () => {
  const report = makeReport(rolledBackInput)
  expect(JSON.parse(reportJson(report))).toEqual(report)
})

test('observed shares belong to the station in which they were seen, the newest counts', () => {
  const { timeline } = makeReport(promotedInput)
  expect(timeline.map(({ observedShare }) => observedShare)).toEqual([
    undefined,
    0.203,
    undefined,
    0.502,
    undefined,
    undefined,
  ])
})

test('without shares from the way, the newest of the verdict stands where it was seen', () => {
  const { timeline } = makeReport({ ...rolledBackInput, observed: undefined })
  expect(timeline.map(({ observedShare }) => observedShare)).toEqual([undefined, 0.197, undefined])
})

test('a station lasts until the next one, the last one until the end', () => {
  const { timeline } = makeReport({ ...rolledBackInput, finishedAt: at(120) })
  expect(timeline.map(({ until }) => until)).toEqual([
    '2026-03-01T12:00:06Z',
    '2026-03-01T12:01:36Z',
    '2026-03-01T12:02:00Z',
  ])
})

test('a promotion against the verdict says so', () => {
  expect(markdownOf(makeReport(judgedAs(worse)))).toContain(
    'It was promoted although the canary was proved worse',
  )
})

test('what others wrote breaks no table', () => {
  const images = [{ container: 'a|b', image: 'x`y\nz' }]
  const input = { ...promotedInput, canary: { hash: 'h', images }, stable: { hash: 's', images } }
  expect(markdownOf(makeReport(input))).toContain(
    String.raw`| image of ${'`a\\|b`'} | ${"`x'y z`"} | ${"`x'y z`"} |`,
  )
})

test('the share of a release that nobody watched is not invented', () => {
  const { timeline } = makeReport({ ...promotedInput, judged: undefined, observed: undefined })
  expect(timeline.every(({ observedShare }) => observedShare === undefined)).toBe(true)
})

function judgedAs(verdict: Verdict): ReportInput {
  const { judged } = promotedInput
  return { ...promotedInput, judged: judged && { ...judged, verdict } }
}
