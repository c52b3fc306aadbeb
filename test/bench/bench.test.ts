import { expect, test } from 'vitest'
import { answersTo, callsIn, trafficOf, withoutEvents } from './audit.ts'
import { costFrom } from './cost.ts'
import { quantile } from './row.ts'

type Line = {
  readonly user: string
  readonly verb: string
  readonly of: string
  readonly name?: string
  readonly at: string
  readonly code?: number
}

const all = { from: 0, to: Infinity }

function log(...lines: readonly Line[]): string {
  return lines
    .map(({ user, verb, of, name = 'r1', at, code = 200 }) => {
      const [resource, subresource] = of.split('/')
      return JSON.stringify({
        verb,
        user: { username: user },
        objectRef: { resource, name, subresource },
        responseStatus: { code },
        stageTimestamp: `2026-01-01T00:00:${at}Z`,
      })
    })
    .join('\n')
}

test('calls are counted by kind, of one user and in a span, refused ones included', () => {
  const calls = callsIn(
    log(
      { user: 'ours', verb: 'patch', of: 'rollouts/status', at: '01' },
      { user: 'ours', verb: 'patch', of: 'rollouts/status', at: '02', code: 409 },
      { user: 'ours', verb: 'create', of: 'events', at: '02.5' },
      { user: 'ours', verb: 'list', of: 'services', at: '03' },
      { user: 'ours', verb: 'patch', of: 'services', at: '59' },
      { user: 'admin', verb: 'create', of: 'rollouts', at: '01' },
    ),
  )
  const from = Date.parse('2026-01-01T00:00:01Z')
  const traffic = trafficOf(calls, 'ours', { from, to: from + 30_000 })
  expect(traffic).toEqual({
    writes: { 'patch rollouts/status': 2, 'create events': 1 },
    reads: { 'list services': 1 },
    refused: 1,
  })
  expect(withoutEvents(traffic.writes)).toEqual({ 'patch rollouts/status': 2 })
})

test('a line that is not whole, and one about no resource, count for nothing', () => {
  expect(
    callsIn('{"verb":"get"\n{"verb":"get","stageTimestamp":"2026-01-01T00:00:01Z"}\n'),
  ).toEqual([])
})

test('from the patch of a Rollout to the first weight that the controller writes after it', () => {
  const calls = callsIn(
    log(
      { user: 'ours', verb: 'patch', of: 'virtualservices', at: '00.500000' },
      { user: 'admin', verb: 'patch', of: 'rollouts', at: '01.000100' },
      { user: 'ours', verb: 'patch', of: 'virtualservices', at: '01.100000', code: 409 },
      { user: 'ours', verb: 'patch', of: 'virtualservices', at: '01.250300' },
      { user: 'ours', verb: 'patch', of: 'virtualservices', at: '02' },
      { user: 'admin', verb: 'patch', of: 'rollouts', name: 'r2', at: '03' },
    ),
  )
  const took = answersTo(calls, { person: 'admin', controller: 'ours', patched: 'rollouts' }, all)
  expect(took.map((ms) => Number(ms.toFixed(3)))).toEqual([250.2])
})

test('the cost of a process whose name has brackets in it', () => {
  const stat = '7 (a (b) c) S 1 7 7 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 11 0 9 9 9'
  const status = 'Name:\ta\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n'
  expect(costFrom(stat, status)).toEqual({ cpuSeconds: 3, residentMiB: 100, peakMiB: 200 })
  expect(() => costFrom(stat, 'Name:\ta\n')).toThrow('has no VmRSS')
})

test('a quantile is one of the values, and of none there is none', () => {
  expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3)
  expect(quantile([1, 2, 3], 0.99)).toBe(3)
  expect(quantile([], 0.5)).toBeUndefined()
})
