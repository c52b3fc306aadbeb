import { expect, test } from 'vitest'
import { isUndelivered, outcomeOf } from '../../../src/core/judge/failures.ts'
import { settings } from './build.ts'

const rule = { ...settings.failures, codes: ['5xx', '429'] }

test.for([
  { it: 'serves 200', code: '200', is: 'served' },
  { it: 'serves 404 unless asked otherwise', code: '404', is: 'served' },
  { it: 'fails 503', code: '503', is: 'failed' },
  { it: 'fails a code that is named', code: '429', is: 'failed' },
  { it: 'does not take 5 for 5xx', code: '5', is: 'served' },
  { it: 'fails a request without an answer', code: '0', is: 'failed' },
  { it: 'leaves out a client that hung up', code: '0', flags: 'DC', is: 'excluded' },
  { it: 'leaves out an injected fault', code: '503', flags: 'FI', is: 'excluded' },
  { it: 'leaves out an injected delay', code: '200', flags: 'DI', is: 'excluded' },
  { it: 'leaves out a rate limit', code: '429', flags: 'RL', is: 'excluded' },
  { it: 'leaves out what has no code', code: '', is: 'excluded' },
  { it: 'fails a broken connection behind code 200', code: '200', flags: 'UR', is: 'failed' },
  { it: 'fails a missing route behind code 404', code: '404', flags: 'NR', is: 'failed' },
  { it: 'splits a list of flags', code: '503', flags: 'UF,URX', is: 'failed' },
  { it: 'lets a hung-up client prevail in a list', code: '503', flags: 'UC,DC', is: 'excluded' },
  { it: 'compares flags whole', code: '200', flags: 'XDC', is: 'served' },
  { it: 'fails gRPC status 14 behind code 200', code: '200', grpc: '14', is: 'failed' },
  { it: 'serves gRPC status 0', code: '200', grpc: '0', is: 'served' },
  { it: 'serves gRPC client errors', code: '200', grpc: '5', is: 'served' },
  { it: 'leaves out a cancelled call', code: '200', grpc: '1', is: 'excluded' },
  { it: 'believes the gRPC status before the code', code: '503', grpc: '0', is: 'served' },
])('$it', ({ code, grpc = '', flags = '-', is }) => {
  expect(outcomeOf({ code, grpc, flags }, rule).kind).toBe(is)
})

test.for([
  { flags: 'UH', undelivered: true },
  { flags: 'UF,URX', undelivered: true },
  { flags: 'URX', undelivered: false },
  { flags: 'UC', undelivered: false },
  { flags: '-', undelivered: false },
])('$flags reached no pod: $undelivered', ({ flags, undelivered }) => {
  expect(isUndelivered(flags)).toBe(undelivered)
})
