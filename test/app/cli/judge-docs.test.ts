import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { judgeBlocks } from '../../../src/app/cli/judge-blocks.ts'
import { type JsonObject, objectAt, parseJson } from '../../../src/core/json.ts'
import { parseLine } from '../../../src/core/manifest/blocks.ts'
import { judgeFields, standardDefaults } from '../../../src/core/manifest/judge-settings.ts'
import { misfits } from '../../schema.ts'
import { testIo } from './recorded.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const defaults = { body: {}, judge: standardDefaults }
const input = schema('judge-blocks')
const output = schema('judge-output')
const page = readFileSync(join(root, 'docs', 'judge.md'), 'utf8')
const streams = readdirSync(join(root, 'fixtures', 'blocks')).filter((name) =>
  name.endsWith('.jsonl'),
)

function schema(name: string): JsonObject {
  return objectAt(
    parseJson(readFileSync(join(root, 'docs', 'schema', `${name}.schema.json`), 'utf8')),
  )
}

/** The lines of an example on the page. */
function example(name: string): readonly string[] {
  const found = new RegExp(`<!-- ${name} -->\n\`\`\`json\n([^\`]+)\`\`\``).exec(page)?.[1] ?? ''
  return found.trimEnd().split('\n')
}

async function judged(text: string): Promise<readonly string[]> {
  let said = ''
  const telling = { json: true, verdictsOnly: false, untilWorse: false }
  await judgeBlocks(
    { text: ReadableStream.from([text]), telling, defaults },
    async (more) => {
      said += more
    },
    testIo(),
  )
  return said.trimEnd().split('\n')
}

test.for(example('blocks'))('the page, input: %s', (line) => {
  expect(misfits(parseJson(line), input)).toEqual([])
  expect(parseLine(line, defaults).ok).toBe(true)
})

test('the page’s input is judged', async () => {
  const lines = await judged(example('blocks').join('\n'))
  expect(lines.map(parseJson).filter((line) => objectAt(line)['kind'] === 'verdict')).toMatchObject(
    [
      { release: 'r1', verdict: 'inconclusive', seconds: 20 },
      { release: 'r2', verdict: 'inconclusive', seconds: 15 },
    ],
  )
})

test.for(example('output'))('the page, output: %s', (line) => {
  expect(misfits(parseJson(line), output)).toEqual([])
})

test.for(streams)('%s and what is said of it fit the schemas', async (name) => {
  const text = readFileSync(join(root, 'fixtures', 'blocks', name), 'utf8')
  for (const line of text.trimEnd().split('\n')) expect(misfits(parseJson(line), input)).toEqual([])
  for (const line of await judged(text)) expect(misfits(parseJson(line), output)).toEqual([])
})

test('the schema has the settings that there are', () => {
  const { properties } = objectAt(input, '$defs', 'release')
  expect(Object.keys(objectAt(properties)).toSorted()).toEqual(
    ['release', 'seconds', 'history', ...Object.keys(judgeFields)].toSorted(),
  )
})

test.for([
  '{"release": ""}',
  '{"release": "r", "secnds": 5}',
  '{"release": "r", "seconds": 0}',
  '{"release": "r", "history": [{"requests": [1]}]}',
  '{"canary": {"requests": -1, "failures": 0}}',
  '{"canary": {"requests": 1}}',
  '{"canary": {"requests": 1, "failures": 0, "buckets": {"fast": 1}}}',
  '{"weight": 101}',
  '{}',
  '[]',
])('schema and program refuse %s', (line) => {
  expect(misfits(parseJson(line), input)).not.toEqual([])
  expect(parseLine(line, defaults).ok).toBe(false)
})
