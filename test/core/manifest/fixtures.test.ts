import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { type Json, textAt } from '../../../src/core/json.ts'
import { parseAnalysisRun, parseAnalysisTemplate } from '../../../src/core/manifest/analysis.ts'
import { parseRollout } from '../../../src/core/manifest/rollout.ts'
import { type Problem, problemText, type Result } from '../../../src/core/result.ts'

const folder = join(import.meta.dirname, '../../../fixtures/manifests')

test.for(filesIn('valid'))('%s is valid', (file) => {
  const [manifest] = documents(`valid/${file}`)
  expect(problemsOf(manifest).map((each) => problemText([each]))).toEqual([])
})

test.for(filesIn('invalid'))('%s has the problems that stand beside it', (file) => {
  const [expected, manifest] = documents(`invalid/${file}`)
  expect(problemsOf(manifest).map((each) => problemText([each]))).toEqual(expected)
})

function problemsOf(manifest: Json | undefined): readonly Problem[] {
  const result = parserOf(textAt(manifest, 'kind'))(manifest)
  return result.ok ? [] : result.problems
}

function parserOf(kind = ''): (object: Json | undefined) => Result<unknown> {
  switch (kind) {
    case 'Rollout':
      return parseRollout
    case 'AnalysisRun':
      return parseAnalysisRun
    case 'AnalysisTemplate':
    case 'ClusterAnalysisTemplate':
      return parseAnalysisTemplate
    default:
      throw new Error(`no parser for ${kind}`)
  }
}

function filesIn(name: string): readonly string[] {
  return readdirSync(join(folder, name)).toSorted()
}

function documents(file: string): readonly Json[] {
  return parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(
    (each): Json => each.toJS(),
  )
}
