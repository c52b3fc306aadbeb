import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { CommandError } from '../../../src/app/cli/programs.ts'
import { scoreSeries } from '../../../src/app/cli/score.ts'
import { at, type Json, listAt, objectAt, parseJson, textAt } from '../../../src/core/json.ts'
import { parseAnalysisTemplate, resolveMetric } from '../../../src/core/manifest/analysis.ts'
import { standardDefaults } from '../../../src/core/manifest/judge-settings.ts'
import { parseSeriesLine } from '../../../src/core/manifest/series.ts'
import { casesOf } from '../../core/score/vectors.ts'
import { testIo } from './recorded.ts'

type Scored = { readonly code: number; readonly said: string; readonly trouble: string }

async function score(text: string, json = false): Promise<Scored> {
  const io = testIo()
  let said = ''
  const write = async (more: string): Promise<void> => {
    said += more
  }
  const code = await scoreSeries({ text: pieces(text), json }, write, io)
  return { code, said, trouble: io.written() }
}

/** Cut where nobody expects it. */
async function* pieces(text: string): AsyncGenerator<string> {
  for (let from = 0; from < text.length; from += 97) yield text.slice(from, from + 97)
}

/* ---------------------------------------------------------------- the page */

const docs = join(import.meta.dirname, '..', '..', '..', 'docs')
const page = readFileSync(join(docs, 'score.md'), 'utf8')
const [first = '', second = ''] = fenced('jsonl')

test('the page shows the table of its first example', async () => {
  const { code, said } = await score(first)
  expect(fenced('text')).toEqual([said.trimEnd()])
  expect(code).toBe(2)
})

test('the page shows the line of its second example', async () => {
  const { code, said } = await score(second, true)
  expect(fenced('json').map(parseJson)).toEqual([parseJson(said)])
  expect(code).toBe(3)
})

function fenced(language: string): readonly string[] {
  const blocks = page.matchAll(/^```(\w*)\n([\s\S]*?)\n```$/gm)
  return [...blocks].flatMap(([, word, text = '']) => (word === language ? [text] : []))
}

test('the page shows an AnalysisTemplate that can be read', () => {
  const [template] = fenced('yaml').map((text): Json => parse(text))
  const parsed = parseAnalysisTemplate({
    kind: 'AnalysisTemplate',
    metadata: { name: 'page' },
    spec: { args: [{ name: 'canary' }, { name: 'stable' }], metrics: listAt(template, 'metrics') },
  })
  expect(parsed).toMatchObject({ ok: true })
  const args = ['canary', 'stable'].map((name) => ({ name, value: 'abc', from: undefined }))
  const metrics = parsed.ok ? parsed.value.metrics : []
  expect(metrics.map((metric) => resolveMetric(metric, args, standardDefaults))).toMatchObject([
    { ok: true, value: { kind: 'score' } },
  ])
})

/* ---------------------------------------------------------------- schemas */

function schema(name: string): z.ZodType {
  return z.fromJSONSchema(JSON.parse(readFileSync(join(docs, 'schema', name), 'utf8')))
}

const lineSchema = schema('score-series.schema.json')
const resultSchema = schema('score-result.schema.json')

const plain = { name: 'a', control: [1, 2, 3], experiment: [2, 3, 4] }

test.for([
  { it: 'nothing but what is required', line: { metrics: [plain] }, fits: true },
  {
    it: 'everything',
    line: {
      release: 'r1',
      metrics: [
        {
          ...plain,
          groups: ['g'],
          direction: 'increase',
          nanStrategy: 'replace',
          outliers: { strategy: 'remove', outlierFactor: 1.5 },
          critical: true,
          mustHaveData: true,
          muted: true,
          effectSize: {
            measure: 'cles',
            allowedIncrease: 0.6,
            allowedDecrease: 0.4,
            criticalIncrease: 0.8,
            criticalDecrease: 0.2,
          },
          control: [1, null, 'NaN', '+Inf', '-Inf', 'Infinity', '-Infinity'],
        },
      ],
      weights: { g: 100 },
      threshold: { pass: 90, marginal: 50 },
      tolerance: 0.1,
      confLevel: 0.95,
      roots: 'kayenta',
    },
    fits: true,
  },
  { it: 'no metrics', line: { metrics: [] }, fits: false },
  { it: 'no object', line: [plain], fits: false },
  { it: 'a metric without a name', line: { metrics: [{ ...plain, name: '' }] }, fits: false },
  { it: 'a side left out', line: { metrics: [{ name: 'a', control: [1] }] }, fits: false },
  { it: 'a word as a value', line: { metrics: [{ ...plain, control: ['x'] }] }, fits: false },
  { it: 'a typo', line: { metrics: [{ ...plain, direcion: 'increase' }] }, fits: false },
  {
    it: 'an unknown direction',
    line: { metrics: [{ ...plain, direction: 'up' }] },
    fits: false,
  },
  {
    it: 'a limit in quotes',
    line: { metrics: [{ ...plain, effectSize: { allowedIncrease: '2' } }] },
    fits: false,
  },
  {
    it: 'an outlier factor of 0',
    line: { metrics: [{ ...plain, outliers: { outlierFactor: 0 } }] },
    fits: false,
  },
  { it: 'a flag in quotes', line: { metrics: [{ ...plain, critical: 'true' }] }, fits: false },
  { it: 'a level of 1', line: { metrics: [plain], confLevel: 1 }, fits: false },
  { it: 'a weight above 100', line: { metrics: [plain], weights: { a: 101 } }, fits: false },
])('schema and program agree: $it', async ({ line, fits }) => {
  expect(lineSchema.safeParse(line).success).toBe(fits)
  expect(parseSeriesLine(JSON.stringify(line)).ok).toBe(fits)
})

test('every line of output fits its schema', async () => {
  const text = [first, second, JSON.stringify({ metrics: [plain, { ...plain, control: ['NaN'] }] })]
  const { said } = await score(text.join('\n'), true)
  const lines = said.trimEnd().split('\n')
  expect(lines.length).toBe(3)
  expect(lines.map((line) => resultSchema.safeParse(JSON.parse(line)).error)).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

/* ---------------------------------------------------------------- Kayenta's judgements, end to end */

const misspelled = casesOf('judge').filter(({ title }) => title.includes('unknown direction'))
const judgements = casesOf('judge').filter(({ title }) => !title.includes('unknown direction'))

test.for(misspelled)('a problem for us: $title', async ({ input }) => {
  const { code, trouble } = await score(lineOf(input), true)
  expect(code).toBe(3)
  expect(trouble).toContain('direction: must be increase, decrease or either, is "up"')
})

test.for(judgements)('$title', async ({ input, expected }) => {
  const { code, said } = await score(lineOf(input), true)
  const found = parseJson(said)
  const labels = listAt(found, 'metrics').map((metric) => at(metric, 'classification'))
  expect(code).toBe('throws' in expected ? 3 : codeOf(found))
  expect(at(found, 'score')).toBe(expected['score'])
  expect(at(found, 'classification')).toBe(expected['classification'])
  expect(labels).toEqual(listAt(expected, 'results').map((each) => at(each, 'classification')))
})

const codes: Readonly<Record<string, number>> = { pass: 0, fail: 1, marginal: 2, 'not-judged': 3 }

function codeOf(found: Json): number | undefined {
  return codes[textAt(found, 'outcome') ?? '']
}

function lineOf(input: Json): string {
  const configs = listAt(input, 'config', 'metrics')
  const metrics = listAt(input, 'pairs').map((pair) => {
    const config = configs.find((each) => at(each, 'name') === at(pair, 'name'))
    return {
      name: at(pair, 'name'),
      groups: at(config, 'groups'),
      ...objectAt(config, 'analysisConfigurations', 'canary'),
      control: at(pair, 'control'),
      experiment: at(pair, 'experiment'),
    }
  })
  const weights = at(input, 'config', 'groupWeights')
  return JSON.stringify({ metrics, weights, threshold: at(input, 'thresholds') })
}

/* ---------------------------------------------------------------- lines and exit codes */

const passes = JSON.stringify({ metrics: [plain] })
const fails = JSON.stringify({
  metrics: [{ ...plain, control: [1, 2, 3, 4], experiment: [11, 12, 13, 14] }],
})
const unknown = JSON.stringify({ metrics: [{ ...plain, control: [] }] })

test.for([
  { it: 'one that passes', lines: [passes], code: 0 },
  { it: 'one that fails among others', lines: [passes, first, fails], code: 1 },
  { it: 'one that is marginal among others', lines: [passes, first], code: 2 },
  { it: 'one that could not be judged among others', lines: [fails, unknown, passes], code: 3 },
  { it: 'empty lines between', lines: ['', passes, '  ', ''], code: 0 },
])('$it: exit code $code', async ({ lines, code }) => {
  expect((await score(lines.join('\n'))).code).toBe(code)
})

test('a line that cannot be read is told of, and the next one is scored', async () => {
  const { code, said, trouble } = await score(`${passes}\n\n{"metrics": [}\n${fails}`)
  expect(code).toBe(3)
  expect(trouble).toMatch(/^! haldane: line 3: is not JSON \(.*\); give one object a line\n$/)
  expect(said).toMatch(/^line 1: 100 of 100, pass\n[\s\S]*\nline 4: 0 of 100, fail\n/)
})

test('all that is wrong with a line is told at once, with its place and what to do', async () => {
  const { trouble } = await score(
    '{"metrics": [{"name": "a", "direcion": "up", "control": [1, "x"]}], "weights": {"a": 70, "b": 50}, "treshold": {}}',
  )
  expect(trouble.replaceAll('; ', ';\n')).toMatchInlineSnapshot(`
    "! haldane: line 1: metrics[0].direcion: is not a field of a line;
    did you mean direction?;
    treshold: is not a field of a line;
    did you mean threshold?;
    weights: must add up to at most 100, add up to 120;
    metrics[0].control[1]: must be a number, null, or one of "NaN", "Infinity", "-Infinity", is "x";
    metrics[0].experiment: is required
    "
  `)
})

test('Python may write NaN without quotes', async () => {
  const { said } = await score(
    '{"metrics": [{"name": "NaN is \\"NaN", "control": [1, NaN, 2], "experiment": [-Infinity, 2, 1]}]}',
    true,
  )
  expect(at(parseJson(said), 'metrics', 0, 'name')).toBe('NaN is "NaN')
  expect(at(parseJson(said), 'metrics', 0, 'control', 'count')).toBe(2)
  expect(at(parseJson(said), 'metrics', 0, 'experiment', 'min')).toBe('-Infinity')
})

test.for(['', '\n\n', '  '])('nothing to score is said', async (text) => {
  await expect(score(text)).rejects.toThrow(CommandError)
})
