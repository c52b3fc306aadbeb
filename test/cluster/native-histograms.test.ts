/** A real Prometheus that keeps Istio's buckets as native histograms, and nothing else of them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { realClock } from '../../src/adapters/clock/real.ts'
import { createMetrics } from '../../src/adapters/prometheus/metrics.ts'
import { BucketMaker } from '../../src/core/judge/buckets.ts'
import { looksOf } from '../../src/core/judge/looks.ts'
import { queriesOf } from '../../src/core/judge/queries.ts'
import type { Reading } from '../../src/core/judge/reading.ts'
import { instant, minus, seconds } from '../../src/core/units.ts'
import type { Metrics, Window } from '../../src/ports.ts'
import { settings, trial } from '../core/judge/build.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'
import { eventually } from './rig.ts'

const pods = ['reviews-s1-a', 'reviews-c1-a']
const began = Date.now()
const dataDir = mkdtempSync(join(tmpdir(), 'haldane-native-'))

let pages: { readonly server: Server; readonly url: string }
let prometheus: Prometheus
let metrics: Metrics

beforeAll(async () => {
  pages = await startPages()
  const options = { scrapeInterval: '1s', httpSdUrl: `${pages.url}/sd`, dataDir }
  prometheus = await startPrometheus({ ...options, keepsNativeHistograms: true })
  metrics = createMetrics({ address: prometheus.url, timeout: seconds(10) })
})

afterAll(async () => {
  await prometheus.stop()
  pages.server.close()
  pages.server.closeAllConnections()
  rmSync(dataDir, { recursive: true, force: true })
})

test('what the judge asks for is answered with native histograms, and makes blocks at the classic bounds', {
  timeout: 60_000,
}, async () => {
  const how = { ...settings, block: seconds(2) }
  const { buckets } = queriesOf(trial, how)
  const window = await eventually(
    'samples of ten seconds',
    40,
    async () => {
      const asked = lastSeconds(10)
      return isFull(await metrics.range(buckets, asked)) ? asked : undefined
    },
    async () => JSON.stringify(await metrics.range(buckets, lastSeconds(10))),
  )
  const reading = await metrics.range(buckets, window)
  if (reading.kind !== 'series') throw new Error(reading.why)
  expect(reading.series.map(({ labels }) => labels)).toEqual([
    { pod: 'reviews-c1-a' },
    { pod: 'reviews-s1-a' },
  ])
  expect(reading.series.every(({ samples }) => samples.length === 0)).toBe(true)
  const maker = new BucketMaker(trial, how)
  const blocks = looksOf(reading.series, window).flatMap((look) => maker.advance(look) ?? [])
  expect(blocks.length).toBeGreaterThan(2)
  for (const { canary, stable } of blocks) {
    for (const side of [canary, stable]) {
      expect(side.get(Infinity)).toBeGreaterThan(0)
      expect((side.get(50) ?? 0) * 2).toBe(side.get(Infinity))
      expect(side.get(100)).toBe(side.get(Infinity))
      expect(side.get(10)).toBe(0)
    }
  }
})

function lastSeconds(length: number): Window {
  const to = instant(Math.floor(realClock.now() / 1000) * 1000 - 2000)
  return { from: minus(to, seconds(length)), to, step: seconds(2) }
}

function isFull(reading: Reading): boolean {
  const series = reading.kind === 'series' ? reading.series : []
  return (
    series.length === pods.length &&
    series.every(({ histograms = [], samples }) => histograms.length + samples.length === 6)
  )
}

/** `/sd` names the pods; each counts a request up to 50 ms and one up to 100 ms, ten times a second. */
async function startPages(): Promise<typeof pages> {
  const server = createServer((request, response) => {
    const isLookup = request.url === '/sd'
    response.setHeader('content-type', isLookup ? 'application/json' : 'text/plain; version=0.0.4')
    response.end(isLookup ? targets(request.headers.host ?? '') : page())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const at = server.address()
  return { server, url: `http://127.0.0.1:${typeof at === 'object' ? at?.port : at}` }
}

function targets(host: string): string {
  return JSON.stringify(
    pods.map((pod) => ({
      targets: [host],
      labels: { pod, namespace: 'shop', __metrics_path__: `/${pod}` },
    })),
  )
}

function page(): string {
  const each = Math.floor((Date.now() - began) / 100)
  const name = 'istio_request_duration_milliseconds'
  const labels = 'reporter="destination",response_code="200"'
  const bounds = { 10: 0, 50: each, 100: 2 * each, 250: 2 * each, '+Inf': 2 * each }
  return [
    `# TYPE ${name} histogram`,
    ...Object.entries(bounds).map(([le, count]) => `${name}_bucket{${labels},le="${le}"} ${count}`),
    `${name}_sum{${labels}} ${each * 100}`,
    `${name}_count{${labels}} ${2 * each}`,
    '',
  ].join('\n')
}
