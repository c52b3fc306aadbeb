import fc from 'fast-check'
import { expect, test } from 'vitest'
import { generatedName } from '../../../src/core/rollout/names.ts'

test('a short name is as Argo has it', () => {
  expect(generatedName('web', '-6b56c8cdb4-2')).toBe('web-6b56c8cdb4-2')
})

test('a name that is too long is cut, its end stays, and two of them stay two', () => {
  const long = 'a'.repeat(253)
  const name = generatedName(long, '-6b56c8cdb4-12-3')
  expect(name).toMatch(/^a+-[0-9a-z]+-6b56c8cdb4-12-3$/)
  expect(name).toHaveLength(245)
  expect(generatedName(`${'a'.repeat(252)}b`, '-6b56c8cdb4-12-3')).not.toBe(name)
})

test('whatever it is made of, a name is valid, with room for a number', () => {
  const stem = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/)
  const suffix = fc.stringMatching(/^-[a-z0-9]{1,10}-[0-9]{1,6}$/)
  fc.assert(
    fc.property(stem, suffix, (name, end) => {
      expect(generatedName(name, end).length).toBeLessThanOrEqual(245)
      expect(generatedName(name, end)).toMatch(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)
    }),
  )
})
