import { describe, expect, test } from 'vitest'
import { assess, type Found, type RunKind, unreadable } from '../../../src/core/analysis/assess.ts'
import type { AnalysisRun, Phase } from '../../../src/core/analysis/metric.ts'
import { scoreResult } from '../../../src/core/analysis/score-run.ts'
import type { JudgeSettings } from '../../../src/core/judge/settings.ts'
import type { Verdict } from '../../../src/core/judge/verdict.ts'
import { minutes } from '../../../src/core/units.ts'
import { at, findings, noWorse, settings, worse } from '../report/build.ts'

const undecided: Verdict = { kind: 'undecided', because: { code: 'TooLittleEvidence' }, findings }
const noData: Verdict = {
  kind: 'no-data',
  because: { code: 'NoAnswer', why: 'refused' },
  findings,
}

describe('one metric', () => {
  type Row = {
    readonly it: string
    readonly verdict: Verdict
    readonly step: Phase
    readonly background: Phase
    readonly terminate?: boolean
    readonly late?: JudgeSettings['onDeadline']
  }
  const rows: readonly Row[] = [
    { it: 'worse fails', verdict: worse, step: 'Failed', background: 'Failed' },
    {
      it: 'a proof of no worse passes a step; the background judges on',
      verdict: noWorse,
      step: 'Successful',
      background: 'Running',
    },
    { it: 'undecided goes on', verdict: undecided, step: 'Running', background: 'Running' },
    { it: 'no data goes on', verdict: noData, step: 'Running', background: 'Running' },
    {
      it: 'ended from outside: worse fails',
      verdict: worse,
      terminate: true,
      step: 'Failed',
      background: 'Failed',
    },
    {
      it: 'ended from outside: a proof passes',
      verdict: noWorse,
      terminate: true,
      step: 'Successful',
      background: 'Successful',
    },
    {
      it: 'ended from outside: a step without a proof has passed nothing',
      verdict: undecided,
      terminate: true,
      step: 'Inconclusive',
      background: 'Successful',
    },
    {
      it: 'ended from outside: silence is no pass',
      verdict: noData,
      terminate: true,
      step: 'Inconclusive',
      background: 'Inconclusive',
    },
    ...late('inconclusive', 'Inconclusive'),
    ...late('pass', 'Successful'),
    ...late('fail', 'Failed'),
  ]

  test.for(rows)('$it', ({ verdict, step, background, terminate, late: onDeadline }) => {
    const options = { verdict, terminate, onDeadline }
    expect({ step: phaseOf('Step', options), background: phaseOf('Background', options) }).toEqual({
      step,
      background,
    })
  })

  function late(onDeadline: JudgeSettings['onDeadline'], undecidedIs: Phase): readonly Row[] {
    const it = `past the deadline, onDeadline ${onDeadline}:`
    return [
      {
        it: `${it} worse fails`,
        verdict: worse,
        late: onDeadline,
        step: 'Failed',
        background: 'Failed',
      },
      {
        it: `${it} a proof is a proof`,
        verdict: noWorse,
        late: onDeadline,
        step: 'Successful',
        background: 'Running',
      },
      {
        it: `${it} undecided is ${undecidedIs}`,
        verdict: undecided,
        late: onDeadline,
        step: undecidedIs,
        background: undecidedIs,
      },
      {
        it: `${it} silence is no pass and no failure`,
        verdict: noData,
        late: onDeadline,
        step: 'Inconclusive',
        background: 'Inconclusive',
      },
    ]
  }
})

test('the deadline counts from the start of the run, and not a moment earlier', () => {
  const judge = { ...settings, deadline: minutes(5), onDeadline: 'fail' as const }
  const begun = run({ startedAt: at(0) })
  const phaseAt = (second: number): Phase | undefined =>
    assess(begun, [found('a', undecided, judge)], { kind: 'Step', now: at(second) }).phase
  expect([phaseAt(299), phaseAt(300)]).toEqual(['Running', 'Failed'])
})

describe('several metrics', () => {
  test.for([
    { it: 'all must pass', verdicts: [noWorse, undecided], is: 'Running' },
    { it: 'all have passed', verdicts: [noWorse, noWorse], is: 'Successful' },
    {
      it: 'one that is worse does not wait for the others',
      verdicts: [undecided, worse],
      is: 'Failed',
    },
    { it: 'worse outweighs a proof', verdicts: [noWorse, worse], is: 'Failed' },
    { it: 'silence holds a pass up', verdicts: [noWorse, noData], is: 'Running' },
  ])('$it', ({ verdicts, is }) => {
    const metrics = verdicts.map((verdict, index) => found(`m${index}`, verdict))
    expect(assess(run(), metrics, { kind: 'Step', now: at(60) }).phase).toBe(is)
  })

  test('one that is inconclusive ends the run, one that failed outweighs it', () => {
    const late = { ...settings, deadline: minutes(1) }
    const both = [found('a', noData, late), found('b', undecided, { ...late, onDeadline: 'fail' })]
    const asked = { kind: 'Step', now: at(600) } as const
    const begun = run({ startedAt: at(0) })
    expect(assess(begun, [found('a', noData, late), found('b', undecided)], asked).phase).toBe(
      'Inconclusive',
    )
    expect(assess(begun, both, asked).phase).toBe('Failed')
  })
})

describe('what is over is over for all', () => {
  test.for<{ it: string; kind: RunKind; other: Verdict; is: Phase; says: RegExp | undefined }>([
    {
      it: 'a step without a proof has passed nothing',
      kind: 'Step',
      other: undecided,
      is: 'Inconclusive',
      says: /^too little evidence yet/,
    },
    {
      it: 'a background that found no harm did its work',
      kind: 'Background',
      other: undecided,
      is: 'Successful',
      says: /^too little evidence yet/,
    },
    { it: 'a proof stays', kind: 'Background', other: noWorse, is: 'Successful', says: /proved/ },
    { it: 'silence is no pass', kind: 'Step', other: noData, is: 'Inconclusive', says: /^no data/ },
  ])('$it', ({ kind, other, is, says }) => {
    const both = [found('bad', worse), found('other', other)]
    const status = assess(run(), both, { kind, now: at(60) })
    expect(status).toMatchObject({ phase: 'Failed', completedAt: at(60) })
    expect(status.metricResults).toMatchObject([
      { phase: 'Failed' },
      {
        phase: is,
        message: expect.stringMatching(says ?? ''),
        measurements: [{ phase: is, finishedAt: at(60), resumeAt: undefined }],
      },
    ])
  })

  test('a score whose window goes on ends without one', () => {
    const waiting = scoreResult(
      { kind: 'waiting', until: at(600) },
      { name: 'score', startedAt: at(0), now: at(60), terminate: false },
    )
    const status = assess(run(), [found('bad', worse)], {
      kind: 'Step',
      now: at(60),
      scored: [waiting],
    })
    expect(status.metricResults[1]).toMatchObject({
      phase: 'Inconclusive',
      message: 'no score: it was ended before its window had passed',
      measurements: [{ phase: 'Inconclusive', finishedAt: at(60), resumeAt: undefined }],
    })
  })
})

describe('what is written', () => {
  test('a verdict: phase, words with the metric in front, one finished measurement', () => {
    const status = assess(run({ startedAt: at(0) }), [found('requests', worse)], {
      kind: 'Background',
      now: at(90),
    })
    expect(status).toMatchObject({
      phase: 'Failed',
      startedAt: at(0),
      completedAt: at(90),
      metricResults: [
        {
          name: 'requests',
          phase: 'Failed',
          measurements: [
            { phase: 'Failed', startedAt: at(0), finishedAt: at(90), resumeAt: undefined },
          ],
        },
      ],
    })
    expect(status.message).toBe(
      'Metric "requests" assessed Failed due to canary fails 3.1 % of 420 requests, stable 0.096 % of 4,180: 32 times the rate (at least 7.4 times); evidence 6.4 of 5.3 nats after 1m30s',
    )
  })

  test('a run that goes on: one measurement that is resumed, with its sentence and what else is known', () => {
    const status = assess(run(), [found('requests', undecided)], { kind: 'Step', now: at(60) })
    expect(status).toMatchObject({ phase: 'Running', message: undefined, completedAt: undefined })
    expect(status.metricResults[0]?.measurements).toMatchObject([
      {
        phase: 'Running',
        startedAt: at(60),
        finishedAt: undefined,
        resumeAt: at(75),
        metadata: {
          query: 'sum()',
          verdict: 'too little evidence yet, neither for worse nor for no worse',
        },
      },
    ])
  })

  test('a pass needs no words on the run', () => {
    const status = assess(run(), [found('requests', noWorse)], { kind: 'Step', now: at(60) })
    expect(status.message).toBeUndefined()
  })

  test('while it goes on the message says what keeps it from judging, and nothing before the first look', () => {
    const notAsked: Verdict = { kind: 'no-data', because: { code: 'NotAskedYet' }, findings }
    expect(said(noData)).toBe('no data: Prometheus does not answer (refused)')
    expect(said(notAsked)).toBeUndefined()
  })

  test('a run that cannot be read ends as an error with the reason', () => {
    expect(unreadable(run(), 'metrics.a: is odd', at(60))).toMatchObject({
      phase: 'Error',
      message: 'metrics.a: is odd',
      startedAt: at(60),
      completedAt: at(60),
    })
  })
})

function phaseOf(
  kind: RunKind,
  options: {
    readonly verdict: Verdict
    readonly terminate: boolean | undefined
    readonly onDeadline: JudgeSettings['onDeadline'] | undefined
  },
): Phase | undefined {
  const { verdict, terminate = false, onDeadline } = options
  const judge =
    onDeadline === undefined ? settings : { ...settings, deadline: minutes(5), onDeadline }
  const begun = run({ startedAt: at(0), terminate })
  return assess(begun, [found('requests', verdict, judge)], { kind, now: at(600) }).phase
}

function said(verdict: Verdict): string | undefined {
  return assess(run(), [found('requests', verdict)], { kind: 'Step', now: at(60) }).message
}

function found(name: string, verdict: Verdict, judge: JudgeSettings = settings): Found {
  return { name, verdict, settings: judge, metadata: { query: 'sum()' }, nextLook: at(75) }
}

function run({
  startedAt,
  terminate = false,
}: {
  readonly startedAt?: AnalysisRun['status']['startedAt']
  readonly terminate?: boolean
} = {}): AnalysisRun {
  return {
    name: 'web-bbb-2',
    namespace: 'shop',
    uid: 'u',
    metrics: [],
    args: [],
    terminate,
    status: {
      phase: undefined,
      message: undefined,
      startedAt,
      completedAt: undefined,
      metricResults: [],
    },
  }
}
