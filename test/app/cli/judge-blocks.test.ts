import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeBlocks } from '../../../src/app/cli/judge-blocks.ts'
import type { Telling } from '../../../src/app/cli/judge-stream.ts'
import { type Json, listAt, objectAt, parseJson, textAt } from '../../../src/core/json.ts'
import type { GivenDefaults } from '../../../src/core/manifest/blocks.ts'
import { standardDefaults } from '../../../src/core/manifest/judge-settings.ts'
import { testIo } from './recorded.ts'

const fixtures = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'blocks')
const defaults: GivenDefaults = { body: {}, judge: standardDefaults }
const asJson: Telling = { json: true, verdictsOnly: false, untilWorse: false }
const verdicts: Telling = { ...asJson, verdictsOnly: true }

type Ran = { readonly code: number; readonly said: string; readonly complained: string }

/** Cut in small pieces, as a pipe may. */
async function judge(
  text: string,
  telling: Telling,
  rest: Partial<GivenDefaults> = {},
): Promise<Ran> {
  async function* pieces(): AsyncGenerator<string> {
    for (let from = 0; from < text.length; from += 1000) yield text.slice(from, from + 1000)
  }
  let said = ''
  const io = testIo()
  const code = await judgeBlocks(
    { text: pieces(), telling, defaults: { ...defaults, ...rest } },
    async (more) => {
      said += more
    },
    io,
  )
  return { code, said, complained: io.written() }
}

function fixture(name: string): string {
  return readFileSync(join(fixtures, name), 'utf8')
}

function linesOf(said: string): readonly Json[] {
  return said.trimEnd().split('\n').map(parseJson)
}

const release = '{"release": "r1", "seconds": 5}\n'
const healthy = block(100, 0)
const withoutCanary = '{"stable": {"requests": 2000, "failures": 2}}\n'

function young(k: number): string {
  return `{"canary": [{"pod": "c${k}", "requests": 100, "failures": 5}], "stable": {"requests": 2000, "failures": 2}}\n`
}

function block(requests: number, failures: number): string {
  return `{"canary": {"requests": ${requests}, "failures": ${failures}}, "stable": {"requests": 2000, "failures": 2}}\n`
}

test('three releases in one stream: what each came to, when, and why', async () => {
  const { code, said } = await judge(fixture('three-releases.jsonl'), verdicts)
  expect(linesOf(said)).toMatchObject([
    {
      kind: 'verdict',
      release: 'good',
      verdict: 'no worse',
      seconds: 120,
      because: expect.stringContaining('0.05 % of 20,000 requests, stable 0.075 % of 80,000'),
    },
    { kind: 'verdict', release: 'bad', verdict: 'worse', channel: 'failures' },
    { kind: 'verdict', release: 'too short', verdict: 'inconclusive', seconds: 15 },
  ])
  expect(code).toBe(1)
})

test('sides pod by pod, a side that comes late, a side that never comes', async () => {
  const { code, said } = await judge(fixture('sides.jsonl'), verdicts)
  expect(linesOf(said)).toMatchObject([
    { release: 'pod by pod', verdict: 'no worse' },
    { release: 'one side', verdict: 'inconclusive', seconds: 25 },
  ])
  expect(code).toBe(2)
})

test('a canary that fails no more but is slower', async () => {
  const { said } = await judge(fixture('slow.jsonl'), verdicts)
  expect(linesOf(said)).toMatchObject([{ verdict: 'worse', channel: 'latency' }])
})

test('after each block what is known, at the end the verdict', async () => {
  const { said } = await judge(release + healthy.repeat(3), asJson)
  const lines = linesOf(said)
  expect(lines).toMatchObject([
    { kind: 'block', release: 'r1', seconds: 5, verdict: 'inconclusive' },
    { kind: 'block', release: 'r1', seconds: 10 },
    { kind: 'block', release: 'r1', seconds: 15 },
    { kind: 'verdict', release: 'r1', seconds: 15, verdict: 'inconclusive' },
  ])
  expect(listAt(lines[0], 'channels').map((channel) => channel)).toMatchObject([
    { name: 'failures', direction: 'against' },
    { name: 'catastrophe', direction: 'against' },
    { name: 'failures', direction: 'inFavour' },
  ])
})

test('worse overrides a no worse that came before', async () => {
  const text = release + healthy.repeat(60) + block(100, 60).repeat(20)
  const { code, said } = await judge(text, asJson)
  const words = new Set(
    linesOf(said).map((line) => JSON.stringify(line).match(/"verdict":"([^"]*)"[,}]/)?.[1]),
  )
  expect([...words]).toEqual(['inconclusive', 'no worse', 'worse'])
  expect(linesOf(said).at(-1)).toMatchObject({ kind: 'verdict', verdict: 'worse' })
  expect(code).toBe(1)
})

test('--until-worse says when, and reads no more of that release', async () => {
  const text = `${release}${block(100, 60).repeat(20)}not even JSON\n${release}${healthy}`
  const { code, said } = await judge(text, { ...asJson, untilWorse: true })
  expect(linesOf(said)).toMatchObject([
    { kind: 'verdict', verdict: 'worse', channel: 'catastrophe' },
    { kind: 'verdict', verdict: 'inconclusive', seconds: 5 },
  ])
  expect(code).toBe(1)
})

test.for([
  { onDeadline: 'inconclusive', verdict: 'inconclusive', exits: 2 },
  { onDeadline: 'pass', verdict: 'no worse', exits: 0 },
  { onDeadline: 'fail', verdict: 'worse', exits: 1 },
])('a deadline ends the release: $onDeadline', async ({ onDeadline, verdict, exits }) => {
  const text = `{"release": "r1", "seconds": 5, "deadline": "10s", "onDeadline": "${onDeadline}"}\n${healthy.repeat(3)}`
  const { code, said } = await judge(text, verdicts)
  expect(linesOf(said)).toMatchObject([{ verdict, seconds: 10 }])
  expect(code).toBe(exits)
})

test('no data is never a pass and never a failure, whatever the deadline says', async () => {
  const silent = '{"canary": [], "stable": {"requests": 9, "failures": 0}}\n'
  const text = `{"release": "r1", "seconds": 5, "deadline": "10s", "onDeadline": "pass"}\n${silent.repeat(3)}`
  expect((await judge(text, verdicts)).code).toBe(2)
})

test('the exit code is that of the worst release', async () => {
  const good = release + healthy.repeat(60)
  const short = release + healthy
  const bad = release + block(100, 90).repeat(9)
  expect((await judge(good, verdicts)).code).toBe(0)
  expect((await judge(good + short + good, verdicts)).code).toBe(2)
  expect((await judge(short + bad + good, verdicts)).code).toBe(1)
  expect((await judge(`${bad}nonsense\n`, verdicts)).code).toBe(3)
})

test('a bad line ends it, by its number; nothing is lost of what was judged before', async () => {
  const text = `${release}${healthy.repeat(60)}\n${release}${block(100, 90).repeat(9)}{"canary": {"requests": 1, "failures": 2}}\n${release}`
  const { code, said, complained } = await judge(text, verdicts)
  expect(linesOf(said)).toMatchObject([{ verdict: 'no worse' }, { verdict: 'worse' }])
  expect(complained).toBe(
    '! haldane: line 73: canary.failures: must be at most requests (1), is 2 (all before this line has been judged, nothing after it)\n',
  )
  expect(code).toBe(3)
})

test.for([
  ['a block before any release', healthy, /line 1: a block before any release; begin with/],
  ['nothing', '', /there was nothing to judge/],
  ['only blank lines', '\n  \n\r\n', /there was nothing to judge/],
] as const)('%s', async ([, text, complaint]) => {
  const { code, said, complained } = await judge(text, verdicts)
  expect(complained).toMatch(complaint)
  expect({ code, said }).toEqual({ code: 3, said: '' })
})

test('lines may end as Windows ends them, and the last one not at all', async () => {
  const text = (release + healthy.repeat(2)).replaceAll('\n', '\r\n').trimEnd()
  expect(linesOf((await judge(text, verdicts)).said)).toMatchObject([{ seconds: 10 }])
})

test('options of the command line hold where a release is silent', async () => {
  const text = `{"release": "r1"}\n${healthy.repeat(10)}`
  const told = await judge(text, verdicts, { body: { soak: '1s', passMargin: { points: 5 } } })
  expect(linesOf(told.said)).toMatchObject([{ verdict: 'no worse', seconds: 120 }])
})

test('for people, a row a release', async () => {
  const { said } = await judge(fixture('three-releases.jsonl'), { ...verdicts, json: false })
  const rows = said.trimEnd().split('\n')
  expect(rows[0]).toMatch(/^good  no worse after 2m  canary fails 0\.05 % of 20,000 requests/)
  expect(rows[1]).toMatch(/^bad  worse after \d+s  canary fails 3 % of /)
  expect(rows[2]).toMatch(/^too short  inconclusive after 15s  too little evidence/)
})

test('for people, a table a release', async () => {
  const { said } = await judge(fixture('three-releases.jsonl'), { ...asJson, json: false })
  expect(said.match(/^(good|bad|too short): .*$/gm)).toHaveLength(3)
  expect(said).toContain('that the canary')
})

test.for([
  { it: 'no block', blocks: '' },
  { it: 'one block, in which the canary fails altogether', blocks: block(1e9, 1e9) },
  { it: 'one block, in which the canary never fails', blocks: block(1e9, 0) },
  { it: 'a canary that is never there', blocks: withoutCanary.repeat(50) },
  {
    it: 'a stable side that is never there',
    blocks: '{"canary": {"requests": 9, "failures": 9}}\n'.repeat(50),
  },
  { it: 'lists without a pod', blocks: '{"canary": [], "stable": []}\n'.repeat(50) },
  {
    it: 'a canary of ever new pods, none of which is older than its warm-up',
    header: '{"release": "r1", "warmup": "10s", "seconds": 5}\n',
    blocks: Array.from({ length: 50 }, (_, k) => young(k)).join(''),
  },
  {
    it: 'sides that take turns, and never long enough apart to be dropped',
    blocks: `${withoutCanary}${block(100, 0).replace('"stable"', '"weight": 5, "stable"')}`.repeat(
      4,
    ),
  },
])('$it is neither a pass nor a rollback', async ({ header = release, blocks }) => {
  const { code, said } = await judge(header + blocks, verdicts)
  expect(linesOf(said)).toMatchObject([{ verdict: 'inconclusive' }])
  expect(code).toBe(2)
})

test.for([
  { it: 'two sides that are null', blocks: '{"canary": null, "stable": null}' },
  { it: 'NaN', blocks: '{"canary": {"requests": NaN, "failures": 0}}' },
  { it: 'NaN as text', blocks: '{"canary": {"requests": "NaN", "failures": 0}}' },
  { it: 'fewer requests than none', blocks: '{"canary": {"requests": -5, "failures": 0}}' },
  {
    it: 'more requests than can be counted',
    blocks: '{"canary": {"requests": 1e300, "failures": 0}}',
  },
  {
    it: 'a time that runs back',
    blocks: '{"seconds": -5, "canary": {"requests": 5, "failures": 0}}',
  },
  {
    it: 'a block without a length',
    blocks: '{"seconds": 0, "canary": {"requests": 5, "failures": 0}}',
  },
  {
    it: 'buckets that fall',
    blocks: '{"canary": {"requests": 5, "failures": 0, "buckets": {"50": 5, "100": 4}}}',
  },
  { it: 'a side without failures', blocks: '{"canary": {"requests": 5}}' },
  {
    it: 'a pod that stands twice',
    blocks:
      '{"canary": [{"pod": "a", "requests": 1, "failures": 0}, {"pod": "a", "requests": 1, "failures": 0}]}',
  },
])('$it cannot be judged, and is neither a pass nor a rollback', async ({ blocks }) => {
  const { code, said, complained } = await judge(release + healthy.repeat(3) + blocks, verdicts)
  expect(linesOf(said)).toMatchObject([{ verdict: 'inconclusive' }])
  expect(complained).toMatch(/^! haldane: line 5: /)
  expect(code).toBe(3)
})

test('a release whose name comes again is another release: it begins with nothing', async () => {
  const both = [release, '{"release": "r2", "seconds": 5}\n'].flatMap((begin) => [
    begin,
    block(100, 20).repeat(4),
  ])
  const { said } = await judge(both.join('').repeat(4), verdicts)
  expect(linesOf(said).map((line) => textAt(line, 'release'))).toEqual([
    'r1',
    'r2',
    'r1',
    'r2',
    'r1',
    'r2',
    'r1',
    'r2',
  ])
  expect(said.match(/"verdict":"inconclusive"/g)).toHaveLength(8)
  expect((await judge(release + block(100, 20).repeat(16), verdicts)).code).toBe(1)
})

/** The weights are for readers, and asking changes nothing: evidence belongs to the release, not to the step. */
test('law: cutting a release into steps changes nothing', async () => {
  const counts = fc.record({
    canary: fc.record({
      requests: fc.nat({ max: 400 }),
      failing: fc.double({ min: 0, max: 0.1, noNaN: true }),
    }),
    stable: fc.record({
      requests: fc.nat({ max: 4000 }),
      failing: fc.double({ min: 0, max: 0.05, noNaN: true }),
    }),
    weight: fc.nat({ max: 100 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(counts, { minLength: 1, maxLength: 40 }), async (blocks) => {
      const lines = (stepped: boolean): string =>
        blocks
          .map(({ canary, stable, weight }) =>
            JSON.stringify({
              ...(stepped ? { weight } : {}),
              canary: side(canary),
              stable: side(stable),
            }),
          )
          .join('\n')
      const [whole, stepped, asked] = [
        await judge(release + lines(false), verdicts),
        await judge(release + lines(true), verdicts),
        await judge(release + lines(true), asJson),
      ]
      expect(stepped).toEqual(whole)
      expect({ ...objectAt(linesOf(asked.said).at(-1)), because: '' }).toEqual({
        ...objectAt(linesOf(whole.said).at(-1)),
        because: '',
        ...excessOf(asked.said),
      })
    }),
    { numRuns: 40 },
  )
})

/** A side of a block, so many of whose requests fail. */
function side({
  requests,
  failing,
}: {
  readonly requests: number
  readonly failing: number
}): object {
  const failures = Math.floor(requests * failing)
  const within = Math.floor(requests * (1 - failing) * 0.6)
  return { requests, failures, buckets: { 50: within, '+Inf': requests - failures } }
}

/** Only reckoned where every block is told. */
function excessOf(said: string): object {
  const { excess } = objectAt(linesOf(said).at(-1))
  return excess === undefined ? {} : { excess }
}

test('no request on both sides proves nothing; 10^12 of them are counted', async () => {
  const none =
    '{"canary": {"requests": 0, "failures": 0}, "stable": {"requests": 0, "failures": 0}}\n'
  const many =
    '{"canary": {"requests": 1e12, "failures": 0}, "stable": {"requests": 1e12, "failures": 0}}\n'
  expect((await judge(release + none.repeat(100), verdicts)).code).toBe(2)
  const { code, said } = await judge(release + many.repeat(100), asJson)
  expect(said).not.toContain('null')
  expect(code).toBe(0)
})
