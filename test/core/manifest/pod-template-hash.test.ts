import { expect, test } from 'vitest'
import cases from '../../../fixtures/pod-template-hash/cases.json' with { type: 'json' }
import { podTemplateHash, stepHash } from '../../../src/core/manifest/pod-template-hash.ts'

type TemplateCase = {
  readonly it: string
  readonly template: unknown
  readonly collisionCount?: number
  readonly hash: string
}
type StepsCase = { readonly it: string; readonly steps: unknown; readonly hash: string }

const templates: readonly TemplateCase[] = cases.templates
const steps: readonly StepsCase[] = cases.steps

test.for(templates)('pod template: $it', ({ template, collisionCount, hash }) => {
  expect(podTemplateHash(template, collisionCount)).toBe(hash)
})

test.for(steps)('steps: $it', ({ steps: given, hash }) => {
  expect(stepHash(given)).toBe(hash)
})

test('a template that was not given is read like an empty one', () => {
  expect(podTemplateHash(undefined)).toBe(podTemplateHash({}))
})

test('steps that were not given are read like null', () => {
  expect(stepHash(undefined)).toBe('5ffbfbbd64')
})
