import { expect, test } from 'vitest'
import { BlockCase, type GivenBlock } from '../../../src/core/judge/block-case.ts'
import { seconds } from '../../../src/core/units.ts'
import { settings } from './build.ts'

const how = { ...settings, block: seconds(5) }

test('failures on the canary alone are worse; time is the sum of the blocks', () => {
  const open = new BlockCase(how)
  for (let k = 0; k < 30; k++) open.add(blockOf(6, 2))
  expect(open.verdict()).toMatchObject({ kind: 'worse', because: { channel: 'failures' } })
})

test('a canary as good as stable is proved no worse, not before the soak', () => {
  const open = new BlockCase(how)
  for (let k = 0; k < 12; k++) open.add(blockOf(0, 2))
  expect(open.verdict().kind).not.toBe('no-worse')
  for (let k = 0; k < 60; k++) open.add(blockOf(0, 2))
  expect(open.verdict().kind).toBe('no-worse')
})

test('a missing side holds the block open, and nothing is lost', () => {
  const whole = new BlockCase(how)
  whole.add({ ...blockOf(1, 4), seconds: 10 })
  const halved = new BlockCase(how)
  halved.add({ ...blockOf(1, 4), stable: [] })
  halved.add({ ...blockOf(1, 4), canary: [] })
  halved.add({ ...blockOf(0, 0), seconds: 0 })
  expect(halved.verdict().findings.canary.all.requests).toBe(250)
  expect(halved.verdict().findings.quality.gaps).toBe(2)
  expect(whole.verdict().findings.quality.gaps).toBe(0)
})

test('a canary that nobody asks anything is no data', () => {
  const open = new BlockCase(how)
  expect(open.verdict().kind).toBe('no-data')
  for (let k = 0; k < 4; k++) open.add({ ...blockOf(0, 2), canary: [{ requests: 0, failures: 0 }] })
  expect(open.verdict()).toMatchObject({ kind: 'no-data', because: { code: 'NoTraffic' } })
})

function blockOf(canary: number, stable: number): GivenBlock {
  return {
    seconds: 5,
    canary: [{ requests: 125, failures: canary }],
    stable: [{ requests: 2375, failures: stable }],
  }
}
