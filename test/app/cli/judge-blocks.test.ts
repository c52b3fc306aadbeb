import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { judgeBlocks } from '../../../src/app/cli/judge-blocks.ts'
import type { Telling } from '../../../src/app/cli/judge-stream.ts'
import { type Json, listAt, parseJson } from '../../../src/core/json.ts'
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
