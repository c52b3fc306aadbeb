import { expect, test } from 'vitest'
import { type GivenDefaults, type GivenLine, parseLine } from '../../../src/core/manifest/blocks.ts'
import { standardDefaults } from '../../../src/core/manifest/judge-settings.ts'
import { problemText } from '../../../src/core/result.ts'

const defaults: GivenDefaults = { body: {}, judge: standardDefaults }

function bucketsOf(...counts: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  return new Map(counts)
}

function read(text: string, rest: Partial<GivenDefaults> = {}): GivenLine {
  const found = parseLine(text, { ...defaults, ...rest })
  if (!found.ok) throw new Error(problemText(found.problems))
  return found.value
}

test('a release with nothing but a name has the settings of the template', () => {
  expect(read('{"release": "r1"}')).toMatchObject({
    kind: 'release',
    release: {
      name: 'r1',
      history: undefined,
      settings: { preset: 'default', block: 15_000, soak: 120_000, falseRollbackRate: 0.01 },
    },
  })
})

test('any setting of the judge may stand on a release', () => {
  const line =
    '{"release": "r1", "seconds": 5, "preset": "strict", "failures": {"codes": ["429"], "margin": {"ratio": 1.3, "points": 0.1}}, "falseRollbackRate": "0.5%", "falsePassRate": 0.02, "passMargin": {"points": 0.3}, "warmup": "0s", "soak": "1m", "deadline": "10m", "onDeadline": "pass"}'
  expect(read(line)).toMatchObject({
    release: {
      settings: {
        preset: 'strict',
        block: 5000,
        failures: { codes: ['429'], margin: { ratio: 1.3, points: 0.001 } },
        falseRollbackRate: 0.005,
        falsePassRate: 0.02,
        passMargin: { points: 0.003 },
        warmup: 0,
        soak: 60_000,
        deadline: 600_000,
        onDeadline: 'pass',
      },
    },
  })
})

test('what was asked for on the command line holds where a release is silent', () => {
  const body = { preset: 'lenient', soak: '10s' }
  expect(read('{"release": "r1", "soak": "20s"}', { body })).toMatchObject({
    release: { settings: { preset: 'lenient', soak: 20_000 } },
  })
})

test('a history is one list a pod', () => {
  const line =
    '{"release": "r1", "seconds": 5, "history": [{"pod": "a", "requests": [9, 8], "failures": [1, 0], "buckets": {"50": [3, 4]}}, {"requests": [5], "failures": [0]}]}'
  expect(read(line)).toMatchObject({
    release: {
      history: {
        seconds: 5,
        pods: [
          {
            pod: 'a',
            requests: [9, 8],
            failures: [1, 0],
            buckets: { '50': [3, 4], '+Inf': [8, 8] },
          },
          { requests: [5], failures: [0] },
        ],
      },
    },
  })
})

test.for([
  {
    it: 'both sides as one object each',
    line: '{"weight": 5, "canary": {"requests": 25, "failures": 1, "pods": 1}, "stable": {"requests": 475, "failures": 0}}',
    canary: [{ requests: 25, failures: 1, pods: 1 }],
    stable: [{ requests: 475, failures: 0 }],
  },
  {
    it: 'a side pod by pod',
    line: '{"canary": [{"pod": "c1", "requests": 2, "failures": 0}, {"pod": "c2", "requests": 3, "failures": 1}], "stable": []}',
    canary: [
      { pod: 'c1', requests: 2, failures: 0 },
      { pod: 'c2', requests: 3, failures: 1 },
    ],
    stable: [],
  },
  {
    it: 'a side that is missing',
    line: '{"canary": null, "stable": {"requests": 475, "failures": 0}}',
    canary: [],
    stable: [{ requests: 475, failures: 0 }],
  },
  { it: 'nobody there', line: '{"weight": 5, "seconds": 30}', canary: [], stable: [] },
  {
    it: 'buckets, fractions of milliseconds among them, whatever their order',
    line: '{"canary": {"requests": 9, "failures": 1, "buckets": {"+Inf": 8, "100": 7, "0.5": 1, "50": 3}}}',
    canary: [
      { requests: 9, failures: 1, buckets: bucketsOf([0.5, 1], [50, 3], [100, 7], [Infinity, 8]) },
    ],
    stable: [],
  },
  {
    it: "Istio's own buckets, whose first bound is no whole number",
    line: '{"canary": {"requests": 9, "failures": 1, "buckets": {"0.5": 1, "50": 3, "+Inf": 8}}}',
    canary: [{ requests: 9, failures: 1, buckets: bucketsOf([0.5, 1], [50, 3], [Infinity, 8]) }],
    stable: [],
  },
  {
    it: 'buckets without +Inf, which is then what did not fail',
    line: '{"canary": {"requests": 9, "failures": 1, "buckets": {"50": 3}}}',
    canary: [{ requests: 9, failures: 1, buckets: bucketsOf([50, 3], [Infinity, 8]) }],
    stable: [],
  },
  {
    it: 'a million million requests',
    line: '{"canary": {"requests": 1e12, "failures": 0}}',
    canary: [{ requests: 1e12, failures: 0 }],
    stable: [],
  },
])('a block: $it', ({ line, canary, stable }) => {
  expect(read(line)).toMatchObject({ kind: 'block', block: { canary, stable } })
})

test('a block may say how long it is', () => {
  expect(read('{"seconds": 30, "canary": []}')).toMatchObject({ block: { seconds: 30 } })
  expect(read('{"canary": []}')).toMatchObject({ block: { seconds: undefined } })
})

test.for([
  ['no JSON', '{"canary": ', /^is not JSON \(.*\); give one object a line$/],
  ['a list', '[]', 'must be a JSON object: a release or a block'],
  [
    'neither of both',
    '{}',
    'is neither a release nor a block; give it "release", or "canary" and "stable"',
  ],
  [
    'a typo in the only name',
    '{"relase": "r1"}',
    'relase: is not a field of a line; did you mean release?',
  ],
  [
    'NaN, as Python writes it',
    '{"canary": {"requests": NaN, "failures": 0}}',
    'requests: must be a number, is NaN; leave out what was not measured',
  ],
  [
    'Infinity in a list',
    '{"release": "r", "history": [{"requests": [1, 2], "failures": [0, -Infinity]}]}',
    'failures: must be a number, is -Infinity; leave out what was not measured',
  ],
  [
    'a count below zero',
    '{"canary": {"requests": -1, "failures": 2}}',
    'canary.requests: must be a count from 0 up, is -1',
  ],
  [
    'a count as text',
    '{"canary": {"requests": "9", "failures": 0}}',
    'canary.requests: must be a count from 0 up, is "9"',
  ],
  [
    'a count beyond all numbers',
    '{"canary": {"requests": 1e400, "failures": 0}}',
    'canary.requests: must be a count from 0 up, is null',
  ],
  ['no failures', '{"stable": {"requests": 9}}', 'stable.failures: is required'],
  [
    'more failures than requests',
    '{"stable": [{"requests": 9, "failures": 0}, {"requests": 9, "failures": 10}]}',
    'stable[1].failures: must be at most requests (9), is 10',
  ],
  [
    'buckets that fall below a part of a millisecond',
    '{"canary": {"requests": 9, "failures": 0, "buckets": {"0.5": 5, "100": 4, "+Inf": 9}}}',
    'canary.buckets["100"]: must be at least that of 0.5 (5), is 4; buckets are cumulative',
  ],
  [
    'buckets that fall',
    '{"canary": {"requests": 9, "failures": 0, "buckets": {"50": 5, "100": 4, "+Inf": 9}}}',
    'canary.buckets["100"]: must be at least that of 50 (5), is 4; buckets are cumulative',
  ],
  [
    'a bound that is none',
    '{"canary": {"requests": 9, "failures": 0, "buckets": {"fast": 5, "+Inf": 9}}}',
    'canary.buckets.fast: must be named by a bound in milliseconds, or "+Inf"',
  ],
  [
    'a bound twice',
    '{"canary": {"requests": 9, "failures": 0, "buckets": {"50": 5, "50.0": 5, "+Inf": 9}}}',
    'canary.buckets["50.0"]: is the same bound as 50; remove one of them',
  ],
  [
    'a typo in a side',
    '{"canary": {"requests": 9, "failures": 0, "bucket": {}}}',
    'canary.bucket: is not a field of a side; did you mean buckets?',
  ],
  [
    'a typo in a block',
    '{"canary": [], "weigth": 5}',
    'weigth: is not a field of a block; did you mean weight?',
  ],
  [
    'a side that is a number',
    '{"canary": 5}',
    'canary: must be an object with requests and failures, or a list of such objects',
  ],
  [
    'a pod twice',
    '{"canary": [{"pod": "a", "requests": 1, "failures": 0}, {"pod": "a", "requests": 1, "failures": 0}]}',
    'canary[1].pod: stands twice: "a"',
  ],
  [
    'half a pod',
    '{"canary": {"pods": 0.5, "requests": 1, "failures": 0}}',
    'canary.pods: must be a whole number, is 0.5',
  ],
  [
    'a weight of more than all',
    '{"weight": 101}',
    'weight: must be a percentage from 0 to 100, is 101',
  ],
  ['a block of no length', '{"seconds": 0, "canary": []}', 'seconds: must be more than 0'],
  ['a release without a name', '{"release": ""}', 'release: must be text that is not empty, is ""'],
  [
    'a release with a number for a name',
    '{"release": 7}',
    'release: must be text that is not empty, is 7',
  ],
  [
    'a typo in a release',
    '{"release": "r1", "secnds": 5}',
    'secnds: is not a field of a release; did you mean seconds?',
  ],
  [
    'a typo in a setting',
    '{"release": "r1", "failures": {"margn": {}}}',
    'failures.margn: is not a field of a judge; did you mean margin?',
  ],
  [
    'a setting that is wrong',
    '{"release": "r1", "preset": "loose"}',
    'preset: must be default, strict or lenient, is "loose"',
  ],
  [
    'a history of other lengths',
    '{"release": "r1", "history": [{"requests": [1, 2], "failures": [0]}]}',
    'history[0].failures: must be as long as requests (2), is 1',
  ],
  [
    'a history that fails more than it was asked',
    '{"release": "r1", "history": [{"requests": [1, 2], "failures": [0, 3]}]}',
    'history[0].failures[1]: must be at most requests (2), is 3',
  ],
  [
    'a hole in a history',
    '{"release": "r1", "history": [{"requests": [1, null], "failures": [0, 0]}]}',
    /^history\[0\]\.requests\[1\]: is required/,
  ],
  [
    'a history with buckets that fall',
    '{"release": "r1", "history": [{"requests": [5], "failures": [0], "buckets": {"50": [4], "100": [3]}}]}',
    'history[0].buckets["100"]: must be at least that of 50 (4), is 3; buckets are cumulative',
  ],
] as const)('refuses %s', ([, line, message]) => {
  const found = parseLine(line, defaults)
  expect(found.ok ? '' : problemText(found.problems)).toMatch(
    typeof message === 'string' ? new RegExp(`^${RegExp.escape(message)}$`) : message,
  )
})

test('all that is wrong with a line is told at once', () => {
  const found = parseLine(
    '{"canary": {"requests": -1}, "stable": {"failures": 1}, "x": 1}',
    defaults,
  )
  expect(found.ok ? [] : found.problems.map(({ path }) => path)).toEqual([
    'x',
    'canary.requests',
    'canary.failures',
    'stable.requests',
  ])
})
