import { expect, onTestFinished, test } from 'vitest'
import { createMetrics } from '../../../src/adapters/prometheus/metrics.ts'
import { seconds } from '../../../src/core/units.ts'
import { PortError } from '../../../src/ports.ts'
import { answerJson, startLoopback } from '../loopback.ts'
import { matrix, type Options, readFrom, window } from './store.ts'

test('asks in a form, for long queries, with times in seconds and a time limit', async () => {
  const { server } = await readFrom((response) => answerJson(response, 200, matrix([])))
  const [request] = server.requests
  expect(request).toMatchObject({ method: 'POST', path: '/api/v1/query_range' })
  expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
    query: 'sum(up)',
    start: '0',
    end: '60',
    step: '1.5',
    timeout: '1s',
  })
})

test.for<{ readonly it: string; readonly options: Options; readonly sends: object }>([
  {
    it: 'a user name and password',
    options: { basicAuth: { username: 'u', password: '' } },
    sends: { authorization: 'Basic dTo=' },
  },
  { it: 'a token', options: { bearerToken: 't\n' }, sends: { authorization: 'Bearer t' } },
  {
    it: 'a tenant',
    options: { headers: { 'X-Scope-OrgID': 'a|b' } },
    sends: { 'x-scope-orgid': 'a|b' },
  },
])('sends $it', async ({ options, sends }) => {
  const { server } = await readFrom((response) => answerJson(response, 200, matrix([])), options)
  expect(server.requests[0]?.headers).toMatchObject(sends)
})

test('sends the credentials of the address, and keeps its path', async () => {
  const server = await startLoopback((_, response) => answerJson(response, 200, matrix([])))
  onTestFinished(() => server.stop())
  const address = `${server.address.replace('//', '//u:p%40ss@')}/prometheus/`
  await createMetrics({ address, timeout: seconds(1) }).range('up', window)
  expect(server.requests[0]).toMatchObject({
    path: '/prometheus/api/v1/query_range',
    headers: { authorization: 'Basic dTpwQHNz' },
  })
})

test.for<{ readonly options: Options & { readonly address: string }; readonly saying: string }>([
  {
    options: { address: 'prometheus:9090' },
    saying: 'Prometheus address: must begin with http:// or https:// and name a host',
  },
  {
    options: { address: '' },
    saying: 'Prometheus address: must begin with http:// or https:// and name a host',
  },
  {
    options: { address: 'http://p:9090?tenant=a' },
    saying: 'Prometheus address: must end with the path, without ? and #',
  },
  {
    options: { address: 'http://p:9090/api/v1/' },
    saying: 'Prometheus address: leave out /api/v1, it is added',
  },
  {
    options: { address: 'http://u:p@p:9090', bearerToken: 't' },
    saying: 'Prometheus address: give either a user name with password or a bearer token, not both',
  },
  {
    options: { address: 'http://p:9090', headers: { 'X-A': 'a\nb' } },
    saying: 'Prometheus address: one of its headers cannot be sent: X-A',
  },
])('refuses $options', ({ options, saying }) => {
  expect(() => createMetrics({ timeout: seconds(1), ...options })).toThrow(
    new PortError('invalid', saying),
  )
})
