import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Json, listAt, objectAt, parseJson, textAt } from '../src/core/json.ts'
import { parseAnalysisTemplate } from '../src/core/manifest/analysis.ts'
import { rolloutSpec, Sandbox, type Version } from './stories/sandbox.ts'

const folder = join(import.meta.dirname, '../analysis-templates')
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
const readme = readFileSync(join(folder, 'README.md'), 'utf8')

/** Until it has surely decided, from the push on. */
const minutesOf: Readonly<Record<string, number>> = { judge: 10, series: 12, score: 36 }

test('every template is played below, and the page says when to use it', () => {
  expect(files.map(nameOf).toSorted()).toEqual(Object.keys(minutesOf).toSorted())
  for (const file of files) expect(readme).toContain(`\`${file}\``)
})

test.for(files)('%s parses', (file) => {
  expect(parseAnalysisTemplate(parse(text(file)))).toMatchObject({
    ok: true,
    value: { name: nameOf(file) },
  })
})

const good: Version = { image: 'web:2' }
const bad: Version = { image: 'web:2', failureRatio: '0.1', memory: '150' }

test.for(files)('%s: a good release passes, a bad one is rolled back', async (file) => {
  expect(await played(nameOf(file), good)).toBe('Healthy')
  expect(await played(nameOf(file), bad)).toMatch(
    /^Degraded RolloutAborted: .* Step-based analysis phase error\/failed/,
  )
})

async function played(name: string, version: Version): Promise<string> {
  const sandbox = await (await new Sandbox('1').start()).furnish()
  const template = objectAt(parseJson(JSON.stringify(parse(text(`${name}.yaml`)))))
  await sandbox.create('AnalysisTemplate', name, objectAt(template, 'spec'))
  const args = listAt(template, 'spec', 'args').map((arg) => argument(textAt(arg, 'name') ?? ''))
  await sandbox.create(
    'Rollout',
    'web',
    rolloutSpec([{ setWeight: 20 }, { analysis: { templates: [{ templateName: name }], args } }]),
  )
  await sandbox.after(6)
  await sandbox.push(version)
  await sandbox.after(minutesOf[name] ?? 0)
  return sandbox.said()
}

function argument(name: string): Json {
  if (name === 'rollout') return { name, value: 'web' }
  return { name, valueFrom: { podTemplateHashValue: name === 'canary' ? 'Latest' : 'Stable' } }
}

function text(file: string): string {
  return readFileSync(join(folder, file), 'utf8')
}

function nameOf(file: string): string {
  return file.replace('.yaml', '')
}
