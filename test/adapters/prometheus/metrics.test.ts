import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createMetrics } from '../../../src/adapters/prometheus/metrics.ts'
import { objectAt, parseJson } from '../../../src/core/json.ts'
import { milliseconds, seconds } from '../../../src/core/units.ts'
import {
  answerDripping,
  answerEndlessly,
  answerJson,
  answerPartly,
  answerText,
  startLoopback,
} from '../loopback.ts'
import { matrix, type Options, readFrom, window } from './store.ts'

const recording = join(import.meta.dirname, '../../../fixtures/prometheus/native-histograms.json')

/** The reading with the address written as HOST. */
async function saidBy(
  answer: (response: ServerResponse) => void,
  options?: Options,
): Promise<unknown> {
  const { reading, server } = await readFrom(answer, options)
  if (reading.kind === 'series') return reading
  return { kind: reading.kind, why: reading.why.replaceAll(server.address, 'HOST') }
}

test('reads samples with their labels, to the millisecond', async () => {
  const result = [
    {
      metric: { __name__: 'up', pod: 'a' },
      values: [
        [1435781430.781, '1'],
        [1435781431.281, '-2.5e-7'],
      ],
    },
    { metric: {}, values: [[1435781430, '12345678901']] },
  ]
  const { reading } = await readFrom((response) => answerJson(response, 200, matrix(result)))
  expect(reading).toEqual({
    kind: 'series',
    series: [
      {
        labels: { __name__: 'up', pod: 'a' },
        samples: [
          { at: 1435781430781, value: 1 },
          { at: 1435781431281, value: -2.5e-7 },
        ],
      },
      { labels: {}, samples: [{ at: 1435781430000, value: 12345678901 }] },
    ],
  })
})

test('leaves out what is not a finite number, and series that have nothing else', async () => {
  const result = [
    {
      metric: { pod: 'a' },
      values: [
        [1, 'NaN'],
        [2, '+Inf'],
        [3, '-Inf'],
        [4, '0'],
      ],
    },
    { metric: { pod: 'b' }, values: [[1, 'NaN']] },
  ]
  expect(await saidBy((response) => answerJson(response, 200, matrix(result)))).toEqual({
    kind: 'series',
    series: [{ labels: { pod: 'a' }, samples: [{ at: 4000, value: 0 }] }],
  })
})

test('native histograms are read bucket by bucket, of powers and of bounds', async () => {
  const recorded = parseJson(readFileSync(recording, 'utf8'))
  const powers = await readFrom((response) =>
    answerJson(response, 200, objectAt(recorded, 'exponential')),
  )
  expect(powers.reading).toEqual({
    kind: 'series',
    series: [
      {
        labels: { pod: 'self-1' },
        samples: [],
        histograms: [
          {
            at: 1795598052000,
            count: 1,
            buckets: [{ above: 0.018581361171917516, upTo: 0.020263118041422026, count: 1 }],
          },
          {
            at: 1795598053000,
            count: 2,
            buckets: [
              { above: 0.015625, upTo: 0.01703918332289465, count: 1 },
              { above: 0.018581361171917516, upTo: 0.020263118041422026, count: 1 },
            ],
          },
        ],
      },
    ],
  })
  const custom = await readFrom((response) =>
    answerJson(response, 200, objectAt(recorded, 'custom')),
  )
  expect(custom.reading).toMatchObject({
    series: [
      { labels: { pod: 'b', le: '+Inf' }, samples: [{ value: 134 }, { value: 154 }] },
      { labels: { pod: 'a' }, histograms: [{ count: 134 }, { count: 154 }] },
    ],
  })
})

test('a histogram that is not a number is absent; the ends of buckets may be infinite', async () => {
  const histogram = {
    count: '3',
    sum: '7',
    buckets: [
      [0, '-Inf', '5', '1'],
      [0, '5', '+Inf', '2'],
    ],
  }
  const result = [
    {
      metric: { pod: 'a' },
      histograms: [
        [1, { count: 'NaN', sum: 'NaN' }],
        [2, histogram],
      ],
    },
    { metric: { pod: 'b' }, histograms: [[1, { count: 'NaN', sum: 'NaN' }]] },
  ]
  expect(await saidBy((response) => answerJson(response, 200, matrix(result)))).toEqual({
    kind: 'series',
    series: [
      {
        labels: { pod: 'a' },
        samples: [],
        histograms: [
          {
            at: 2000,
            count: 3,
            buckets: [
              { above: -Infinity, upTo: 5, count: 1 },
              { above: 5, upTo: Infinity, count: 2 },
            ],
          },
        ],
      },
    ],
  })
})

test('no series is an answer', async () => {
  expect(await saidBy((response) => answerJson(response, 200, matrix([])))).toEqual({
    kind: 'series',
    series: [],
  })
})

test.for([
  {
    it: 'a warning',
    body: matrix([], { warnings: ['store gateway\nis away', 'b'] }),
    why: 'HOST warns: store gateway is away; b',
  },
  {
    it: 'a partial answer',
    body: matrix([], { isPartial: true }),
    why: 'HOST warns: the answer is partial',
  },
])('with $it the reading is incomplete', async ({ body, why }) => {
  expect(await saidBy((response) => answerJson(response, 200, body))).toEqual({
    kind: 'incomplete',
    why,
  })
})

test('of a restart within a sum of native histograms Prometheus warns, and yet nothing is missing', async () => {
  const body = matrix([], {
    warnings: ['PromQL warning: conflicting counter resets during histogram aggregation (1:1)'],
  })
  expect(await saidBy((response) => answerJson(response, 200, body))).toMatchObject({
    kind: 'series',
  })
})

test('hints about the query are not about completeness', async () => {
  const body = matrix([], {
    infos: ['metric might not be a counter'],
    warnings: [],
    isPartial: false,
  })
  expect(await saidBy((response) => answerJson(response, 200, body))).toMatchObject({
    kind: 'series',
  })
})

test.for([
  {
    it: 'a query that is refused',
    status: 400,
    body: '{"status":"error","errorType":"bad_data","error":"parse error: unexpected\\nend"}',
    why: 'HOST refused the query (HTTP 400): bad_data: parse error: unexpected end',
  },
  {
    it: 'a store that has no time',
    status: 503,
    body: '{"status":"error","errorType":"timeout","error":"query timed out"}',
    why: 'HOST refused the query (HTTP 503): timeout: query timed out',
  },
  {
    it: 'an error with a good status',
    status: 200,
    body: '{"status":"error","error":"no"}',
    why: 'HOST refused the query (HTTP 200): no',
  },
  {
    it: 'the page of a proxy',
    status: 502,
    body: '<html>',
    why: 'HOST answered HTTP 502 with text/html that is no whole JSON; is it Prometheus, or a proxy in between?',
  },
  {
    it: 'a page with a good status',
    status: 200,
    body: '<html>',
    why: 'HOST answered HTTP 200 with text/html that is no whole JSON; is it Prometheus, or a proxy in between?',
  },
  {
    it: 'a login page',
    status: 401,
    body: '<html>',
    why: 'HOST answered HTTP 401 with text/html that is no whole JSON; are the credentials right?',
  },
  {
    it: 'a path that is wrong',
    status: 404,
    body: '404 page not found',
    why: 'HOST answered HTTP 404 with text/html that is no whole JSON; is the path of the address right?',
  },
  {
    it: 'JSON that was cut',
    status: 200,
    body: '{"status":"success","data":{"resultType":"mat',
    why: 'HOST answered HTTP 200 with text/html that is no whole JSON; is it Prometheus, or a proxy in between?',
  },
  {
    it: 'an empty body',
    status: 200,
    body: '',
    why: 'HOST answered HTTP 200 with text/html that is no whole JSON; is it Prometheus, or a proxy in between?',
  },
  {
    it: 'an answer to another question',
    status: 200,
    body: '{"status":"success","data":{"resultType":"vector","result":[]}}',
    why: 'HOST answered with a vector, not with a range',
  },
  {
    it: 'a native histogram without a count',
    status: 200,
    body: '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"histograms":[[1,{"sum":"1"}]]}]}}',
    why: 'HOST answered with samples that cannot be read; is it Prometheus?',
  },
  {
    it: 'a native histogram with a bucket that ends before it begins',
    status: 200,
    body: '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"histograms":[[1,{"count":"1","buckets":[[0,"2","1","1"]]}]]}]}}',
    why: 'HOST answered with samples that cannot be read; is it Prometheus?',
  },
  {
    it: 'a series without samples of any kind',
    status: 200,
    body: '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{}}]}}',
    why: 'HOST answered with samples that cannot be read; is it Prometheus?',
  },
  {
    it: 'a value that is no number',
    status: 200,
    body: '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"12x"]]}]}}',
    why: 'HOST answered with samples that cannot be read; is it Prometheus?',
  },
])('$it is a failed reading', async ({ status, body, why }) => {
  expect(await saidBy((response) => answerText(response, status, body))).toEqual({
    kind: 'failed',
    why,
  })
})

function redirect(response: ServerResponse): void {
  response.writeHead(302, { location: 'http://127.0.0.1:1/', 'content-type': 'text/html' }).end()
}

test('does not follow a redirect with its credentials', async () => {
  expect(await saidBy(redirect)).toEqual({
    kind: 'failed',
    why: 'HOST answered HTTP 302 with text/html that is no whole JSON; it redirects: give the final address',
  })
})

test.for([
  { it: 'silent', answer: () => undefined },
  { it: 'dripping', answer: answerDripping },
])('a store that is $it is left after the time limit', async ({ answer }) => {
  expect(await saidBy(answer, { timeout: milliseconds(100) })).toEqual({
    kind: 'failed',
    why: 'HOST did not answer within 0.1 s; is the query too heavy or the store overloaded?',
  })
})

test('a connection that breaks off is a failed reading', async () => {
  expect(await saidBy(answerPartly)).toMatchObject({
    kind: 'failed',
    why: expect.stringMatching(/^HOST did not answer \(\S.*\); is the address right/),
  })
})

test('a store that is away is a failed reading that shows no credentials', async () => {
  const server = await startLoopback(() => undefined)
  await server.stop()
  const address = server.address.replace('//', '//user:geheim@')
  const metrics = createMetrics({ address, timeout: seconds(1) })
  expect(await metrics.range('up', window)).toEqual({
    kind: 'failed',
    why: `${server.address} did not answer (ECONNREFUSED); is the address right and the store up?`,
  })
})

test('an answer that does not end does not fill the memory', async () => {
  expect(await saidBy(answerEndlessly, { timeout: seconds(20) })).toEqual({
    kind: 'failed',
    why: 'HOST answered more than 32 MiB; select fewer series',
  })
})
