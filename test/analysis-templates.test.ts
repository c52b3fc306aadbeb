import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseAnalysisTemplate } from '../src/core/manifest/analysis.ts'

const folder = join(import.meta.dirname, '../analysis-templates')
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))

test('the judge is among them', () => {
  expect(files).toContain('judge.yaml')
})

test.for(files)('%s parses', (file) => {
  expect(parseAnalysisTemplate(parse(readFileSync(join(folder, file), 'utf8')))).toMatchObject({
    ok: true,
    value: { name: file.replace('.yaml', '') },
  })
})
