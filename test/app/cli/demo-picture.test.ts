import { expect, test } from 'vitest'
import { clockText, picture } from '../../../src/app/cli/demo-picture.ts'
import { beginDemo, type DemoState, see } from '../../../src/app/cli/demo-state.ts'
import type { Verdict } from '../../../src/core/judge/verdict.ts'
import type { News } from '../../../src/core/report/news.ts'
import { nats, seconds, weight } from '../../../src/core/units.ts'
import { at, channel, worse } from '../../core/report/build.ts'
import { bad, evidence, good, note, pass, promoted, rolledBack, underWay } from './recorded.ts'

const inOneBurst: Verdict = {
  kind: 'undecided',
  because: { code: 'TooLittleEvidence' },
  findings: {
    ...worse.findings,
    against: [
      channel('failures', 6.4, 5.3, {
        guard: { logE: nats(0.4), threshold: nats(3), window: seconds(30) },
      }),
    ],
  },
}

const plain = { columns: 80, color: false }

test('before any news', () => {
  expect(picture(beginDemo(good), plain)).toMatchInlineSnapshot(`
    " Haldane  a good release  shop/checkout                                    0:00

     waiting for the controller

     asked           ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  not seen yet
     route           ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  not seen yet
     observed        ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  not seen yet

                     pods  requests    failed     ratio
     canary             –         –         –         –
     stable             –         –         –         –
     how many times as often the canary fails: not known yet

     no evidence yet
    "
  `)
})

test('a canary under suspicion', () => {
  expect(picture(after(underWay), plain)).toMatchInlineSnapshot(`
    " Haldane  a bad release  shop/checkout, revision 3                         1:15
     Paused: CanaryPauseStep
     ●── 20 % ──◉── pause 2m ──○── 50 % ──○── pause 2m ──○── promoted

     asked           ████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  20 %
     route           ████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  20 %
     observed        ████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  19.7 %

                     pods  requests    failed     ratio
     canary             1       300         9       3 %   +80 in warm-up
     stable             4     3,000         3     0.1 %
     the stable side has not failed

     evidence that the canary
     fails more      ████████████████████████████████░░░░░░░░  4.2 of 5.3 nats
     fails outright  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  -1.2 of 8.0 nats
     fails no more   ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  -2.1 of 3.0 nats

      0:00  waiting for pods: 0 of 1 are available
      0:04  Traffic weight updated from 0 to 20
      0:06  Rollout step 1/4 completed (setWeight: 20)
      0:06  Rollout is paused (CanaryPauseStep)
      0:15  no data: the canary side has had no requests
      0:45  too little evidence yet, neither for worse nor for no worse"
  `)
})

test('rolled back', () => {
  expect(picture(after(rolledBack), plain)).toMatchInlineSnapshot(`
    " Haldane  a bad release  shop/checkout, revision 3                         1:36
     rolled back: canary fails 3.1 % of 420 requests, stable 0.096 % of 4,180: 32
      times the rate (at least 7.4 times); evidence 6.4 of 5.3 nats after 1m30s
     ●── 20 % ──✕── pause 2m ──○── 50 % ──○── pause 2m ──○── promoted

     asked           ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  0 %
     route           ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  0 %
     observed        ████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  19.7 %

                     pods  requests    failed     ratio
     canary             1       420        13     3.1 %   +80 in warm-up
     stable             4     4,180         4   0.096 %
     the canary fails 32 times as often (at least 7.4 times)

     evidence that the canary
     fails more      ████████████████████████████████████████  6.4 of 5.3 nats
     fails outright  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  -1.2 of 8.0 nats
     fails no more   ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  -4.4 of 3.0 nats

      0:15  no data: the canary side has had no requests
      0:45  too little evidence yet, neither for worse nor for no worse
      1:30  worse: canary fails 3.1 % of 420 requests, stable 0.096 % of 4,180: 32 …
      1:31  Rollout aborted update to revision 3: Background analysis phase error/f…
      1:31  Traffic weight updated from 20 to 0"
  `)
})

test('promoted', () => {
  expect(picture(after(promoted, beginDemo(good)), plain)).toMatchInlineSnapshot(`
    " Haldane  a good release  shop/checkout, revision 3                        5:00
     promoted: canary fails 0.091 % of 1,100 requests, stable 0.091 % of 11,020:
      proved less than 0.5 points worse
     ●── 20 % ──●── pause 2m ──●── 50 % ──●── pause 2m ──●── promoted

     asked           ████████████████████████████████████████  100 %
     route           ████████████████████████████████████████  100 %
     observed        ████████████████████░░░░░░░░░░░░░░░░░░░░  50.2 %

                     pods  requests    failed     ratio
     canary             1     1,240         1   0.081 %   +60 in warm-up
     stable             4    12,408        12   0.097 %
     the canary fails 0.83 times as often (at least 0.02, at most 4.6 times)

     evidence that the canary
     fails more      ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  -0.8 of 5.3 nats
     fails outright  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  -2.1 of 8.0 nats
     fails no more   ████████████████████████████████████████  3.2 of 3.0 nats

      0:00  Rollout updated to revision 3
      4:30  no worse: canary fails 0.091 % of 1,100 requests, stable 0.091 % of 11,…
      5:00  Rollout completed update to revision 3 (7d4b9c6f58)"
  `)
})

test('a narrow terminal', () => {
  expect(picture(after(underWay), { columns: 44, color: false })).toMatchInlineSnapshot(`
    " Haldane  a bad release                1:15
     Paused: CanaryPauseStep
     ● 20 % ─ ◉ pause 2m ─ ○ 50 % ─
     ○ pause 2m ─ ○ promoted

     asked           ██░░░░░░  20 %
     route           ██░░░░░░  20 %
     observed        ██░░░░░░  19.7 %

                     pods  requests    failed  …
     canary             1       300         9  …
     stable             4     3,000         3  …
     the stable side has not failed

     evidence that the canary
     fails more      ██████░░  4.2 of 5.3 nats
     fails outright  ░░░░░░░░  -1.2 of 8.0 nats
     fails no more   ░░░░░░░░  -2.1 of 3.0 nats

      0:04  Traffic weight updated from 0 to 20
      0:06  Rollout step 1/4 completed (setWeig…
      0:06  Rollout is paused (CanaryPauseStep)
      0:15  no data: the canary side has had no…
      0:45  too little evidence yet, neither fo…"
  `)
})

test('strong evidence from one burst is said to be that', () => {
  const state = after([...underWay, evidence(80, inOneBurst)])
  expect(picture(state, { ...plain, columns: 100 })).toContain('6.4 of 5.3 nats, in one burst')
})

test('steps that need more than a line', () => {
  const steps = [10, 20, 40, 60, 80].flatMap((percent) => [
    `setWeight: ${percent}`,
    'pause: 1h30m',
    'analysis',
  ])
  const state = see(beginDemo(bad), pass(0, { steps, step: 7, asked: weight(40) }))
  expect(picture(state, plain).split('\n').slice(2, 5)).toMatchInlineSnapshot(`
    [
      " ● 10 % ─ ● pause 1h30m ─ ● analysis ─ ● 20 % ─ ● pause 1h30m ─ ● analysis ─",
      " ● 40 % ─ ◉ pause 1h30m ─ ○ analysis ─ ○ 60 % ─ ○ pause 1h30m ─ ○ analysis ─",
      " ○ 80 % ─ ○ pause 1h30m ─ ○ analysis ─ ○ promoted",
    ]
  `)
})

test.for([
  { columns: 80, rows: undefined },
  { columns: 80, rows: 24 },
  { columns: 80, rows: 18 },
  { columns: 44, rows: 16 },
  { columns: 200, rows: 60 },
])('fits into $columns x $rows', ({ columns, rows }) => {
  const lines = picture(after(rolledBack), { columns, rows, color: false }).split('\n')
  expect(lines.length).toBeLessThanOrEqual(Math.min(24, (rows ?? 25) - 1))
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
})

test('colour changes nothing but the colour', () => {
  const painted = picture(after(rolledBack), { ...plain, color: true })
  // oxlint-disable-next-line no-control-regex -- the escape character is what is looked for
  const bare = painted.replaceAll(/\u001b\[\d*m/g, '')
  expect(trimmed(bare)).toBe(picture(after(rolledBack), plain))
  expect(painted).toContain('\u001b[31m')
})

test('the time goes on without news', () => {
  expect(picture(after(underWay), { ...plain, now: at(80) }).split('\n')[0]).toMatch(/1:20$/)
})

test('a long title leaves the name out before it gives up the time', () => {
  const release = { ...bad, title: 'reviews 1.2, which fails 3 % of its requests, as you see' }
  const [line] = picture(after(underWay, beginDemo(release)), plain).split('\n')
  expect(line).toBe(
    ' Haldane  reviews 1.2, which fails 3 % of its requests, as you see         1:15',
  )
})

test('a new revision begins anew, whatever was before', () => {
  const state = after([
    ...rolledBack,
    note(200, { type: 'Normal', reason: 'RolloutUpdated', message: 'to 4' }),
  ])
  expect(state).toMatchObject({ verdict: undefined, report: undefined, since: at(200) })
  expect(state.events.map(({ text }) => text)).toEqual(['to 4'])
})

test('news of other rollouts change nothing', () => {
  const state = after(underWay)
  const other = { ...pass(99), rollout: { namespace: 'shop', name: 'other' } }
  expect(see(state, other)).toBe(state)
})

test.for([
  [0, '0:00'],
  [42, '0:42'],
  [725, '12:05'],
  [3600, '1:00:00'],
] as const)('%d seconds are %s', ([length, text]) => expect(clockText(seconds(length))).toBe(text))

function after(news: readonly News[], from: DemoState = beginDemo(bad)): DemoState {
  return news.reduce(see, from)
}

function trimmed(text: string): string {
  return text.replaceAll(/ +$/gm, '')
}
