import { expect, test } from 'vitest'
import { outcomeOf } from '../../../src/app/cli/judge-lines.ts'
import { releaseTable, verdictRow } from '../../../src/app/cli/judge-table.ts'
import { at, noWorse, worse } from '../../core/report/build.ts'
import { noTraffic } from './recorded.ts'

test('a release that is worse', () => {
  const outcome = outcomeOf(worse, at(0), at(300))
  expect(releaseTable('r1', outcome, worse.findings)).toMatchInlineSnapshot(`
    "r1: worse after 1m30s
    canary fails 3.1 % of 420 requests, stable 0.096 % of 4,180: 32 times the rate (at least 7.4 times); evidence 6.4 of 5.3 nats after 1m30s

              requests  failures  failure ratio
      canary       420        13  3.1 % (1.9 % to 5.3 %)
      stable     4,180         4  0.096 % (0.057 % to 0.16 %)
    The canary fails 32 times as often (at least 7.4 times).

      that the canary  evidence  threshold
      fails more            6.4        5.3  ████████████████████
      fails outright       -1.2        8.0  ░░░░░░░░░░░░░░░░░░░░
      fails no more        -4.4        3.0  ░░░░░░░░░░░░░░░░░░░░

    judged: 4 blocks, together 1m
    left out: 1 block, because no canary pod had been seen yet
    left out: 2 blocks, because every canary pod was still warming up; only outright failure was watched for

    "
  `)
})

test('a release that is no worse', () => {
  expect(
    releaseTable('r1', outcomeOf(noWorse, at(0), at(300)), noWorse.findings),
  ).toMatchInlineSnapshot(`
    "r1: no worse after 4m30s
    canary fails 0.091 % of 1,100 requests, stable 0.091 % of 11,020: proved less than 0.5 points worse

              requests  failures  failure ratio
      canary     1,240         1  0.081 % (0.048 % to 0.14 %)
      stable    12,408        12  0.097 % (0.058 % to 0.16 %)
    The canary fails 0.83 times as often (0.02 to 4.6 times).
    Proved: it fails at most 0.3 points more than the stable side.

      latency        canary         stable
      p50       10 to 50 ms    25 to 50 ms
      p99      above 100 ms  100 to 250 ms

      that the canary  evidence  threshold
      fails more           -0.8        5.3  ░░░░░░░░░░░░░░░░░░░░
      fails outright       -2.1        8.0  ░░░░░░░░░░░░░░░░░░░░
      fails no more         3.2        3.0  ████████████████████

    judged: 18 blocks, together 4m30s
    left out: 1 block, because no canary pod had been seen yet
    left out: 2 blocks, because every canary pod was still warming up; only outright failure was watched for

    "
  `)
})

test('a release without traffic', () => {
  const outcome = outcomeOf(noTraffic, at(0), at(300))
  expect(releaseTable('r1', outcome, noTraffic.findings)).toMatchInlineSnapshot(`
    "r1: inconclusive after 5m
    no data: the canary side has had no requests

              requests  failures  failure ratio
      canary         0         0  not known
      stable       510         1  0.2 % (0.12 % to 0.33 %)
    How many times as often the canary fails is not known.
    Proved: it fails at most 0.3 points more than the stable side.

      latency        canary         stable
      p50       10 to 50 ms    25 to 50 ms
      p99      above 100 ms  100 to 250 ms

      that the canary  evidence  threshold
      fails more            0.0        5.3  ░░░░░░░░░░░░░░░░░░░░
      fails outright        0.0        8.0  ░░░░░░░░░░░░░░░░░░░░
      fails no more         0.0        3.0  ░░░░░░░░░░░░░░░░░░░░

    judged: 18 blocks, together 4m30s
    left out: 1 block, because no canary pod had been seen yet
    left out: 2 blocks, because every canary pod was still warming up; only outright failure was watched for

    "
  `)
  expect(verdictRow('r1', outcome)).toBe(
    'r1  inconclusive after 5m  no data: the canary side has had no requests\n',
  )
})
