import { expect, test } from 'vitest'
import { createFace } from '../../../src/app/cli/demo-face.ts'
import { type Ending, endedAsExpected } from '../../../src/app/cli/demo-release.ts'
import { bad, badReport, good, goodReport, rolledBack, testIo, underWay } from './recorded.ts'

const files = { json: 'out/report.json', markdown: 'out/report.md' }
const badEnding: Ending = { release: bad, kind: 'over', report: badReport, files }
const goodEnding: Ending = { release: good, kind: 'over', report: goodReport, files }
const neverEnded: Ending = { release: good, kind: 'unfinished', because: 'no decision in 20m' }

test('without a terminal: one line an event, evidence at most every half minute', () => {
  const io = testIo()
  const face = createFace(io, { json: false, color: false })
  face.begin(bad)
  for (const news of rolledBack) face.tell(news)
  face.end(badEnding)
  expect(io.written()).toMatchInlineSnapshot(`
    "bad    0:00  Rollout updated to revision 3
    bad    0:00  Created ReplicaSet checkout-7d4b9c6f58 (revision 3)
    bad    0:00  waiting for pods: 0 of 1 are available
    bad    0:04  Traffic weight updated from 0 to 20
    bad    0:06  Rollout step 1/4 completed (setWeight: 20)
    bad    0:06  Rollout is paused (CanaryPauseStep)
    bad    0:15  no data: the canary side has had no requests
    bad    0:45  too little evidence yet, neither for worse nor for no worse
    bad    1:15  canary failed 9 of 300, stable failed 3 of 3,000; fails more: 4.2 of 5.3, fails no more: -2.1 of 3.0 nats
    bad    1:30  worse: canary fails 3.1 % of 420 requests, stable 0.096 % of 4,180: 32 times the rate (at least 7.4 times); evidence 6.4 of 5.3 nats after 1m30s
    bad    1:31  Rollout aborted update to revision 3: Background analysis phase error/failed: canary fails 3.1 % of 420 requests
    bad    1:31  Traffic weight updated from 20 to 0

    "
  `)
})

test('as JSON: one object a line, the outcome last', () => {
  const io = testIo()
  const face = createFace(io, { json: true, color: false })
  face.begin(bad)
  for (const news of rolledBack) face.tell(news)
  face.end(badEnding)
  face.finish([badEnding])
  const lines = io.written().trimEnd().split('\n')
  expect(lines.map((line) => Object.keys(JSON.parse(line)))).toHaveLength(lines.length)
  expect(lines[0]).toMatchInlineSnapshot(
    `"{"kind":"note","release":"bad","at":"2026-03-01T12:00:00Z","code":"RolloutUpdated","message":"Rollout updated to revision 3"}"`,
  )
  expect(lines.at(-1)).toMatchInlineSnapshot(
    `"{"kind":"outcome","release":"bad","expected":"rolled-back","outcome":"rolled-back","because":"Background analysis phase error/failed: the canary is worse","report":"out/report.json","markdown":"out/report.md"}"`,
  )
})

test('as JSON: a release that never ended', () => {
  const io = testIo()
  const face = createFace(io, { json: true, color: false })
  face.begin(good)
  face.end(neverEnded)
  expect(JSON.parse(io.written())).toEqual({
    kind: 'outcome',
    release: 'good',
    expected: 'promoted',
    outcome: 'unfinished',
    because: 'no decision in 20m',
  })
})

test('at the end: what was found and where the reports are', () => {
  const io = testIo()
  createFace(io, { json: false, color: false }).finish([goodEnding, badEnding, neverEnded])
  expect(io.written()).toMatchInlineSnapshot(`
    "good release: promoted, as expected
      verdict  canary fails 0.091 % of 1,100 requests, stable 0.091 % of 11,020: proved less than 0.5 points worse
      canary   1,240 requests, 1 failed, 0.081 %
      stable   12,408 requests, 12 failed, 0.097 %
      report   out/report.md
               out/report.json

    bad release: rolled back, as expected
      verdict  canary fails 3.1 % of 420 requests, stable 0.096 % of 4,180: 32 times the rate (at least 7.4 times); evidence 6.4 of 5.3 nats after 1m30s
      canary   420 requests, 13 failed, 3.1 %
      stable   4,180 requests, 4 failed, 0.096 %
      report   out/report.md
               out/report.json

    good release: unfinished, expected was promoted
      no decision in 20m

    "
  `)
})

test('on a terminal: draws in place, and gives the cursor back', () => {
  const io = testIo({ terminal: () => ({ columns: 80, rows: 30 }) })
  const face = createFace(io, { json: false, color: true })
  face.begin(bad)
  for (const news of underWay) face.tell(news)
  face.end(badEnding)
  face.finish([badEnding])
  expect(io.written().startsWith('\u001b[?25l')).toBe(true)
  expect(io.written().split('\u001b[?25h')).toHaveLength(2)
  expect(io.written()).toContain('out/report.md')
})

test.for([
  { it: 'a dumb terminal', env: { TERM: 'dumb' }, size: { columns: 80, rows: 30 } },
  { it: 'a very narrow terminal', env: {}, size: { columns: 30, rows: 30 } },
  { it: 'a very low terminal', env: {}, size: { columns: 80, rows: 10 } },
])('$it gets lines', ({ env, size }) => {
  const io = testIo({ env, terminal: () => size })
  const face = createFace(io, { json: false, color: false })
  face.begin(bad)
  for (const news of underWay) face.tell(news)
  expect(io.written()).not.toContain('\u001b')
  expect(io.written()).toContain('Rollout updated to revision 3')
})

test('news before the first release and after the last are nobody’s', () => {
  const io = testIo({ terminal: () => ({ columns: 80, rows: 30 }) })
  const face = createFace(io, { json: false, color: false })
  for (const news of underWay) face.tell(news)
  expect(io.written()).toBe('')
})

test.for([
  [goodEnding, true],
  [badEnding, true],
  [neverEnded, false],
  [{ ...goodEnding, release: bad }, false],
] as const)('an ending is expected or not', ([ending, expected]) => {
  expect(endedAsExpected(ending)).toBe(expected)
})
