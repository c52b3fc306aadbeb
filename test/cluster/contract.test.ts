import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { realClock } from '../../src/adapters/clock/real.ts'
import { connect } from '../../src/adapters/kubernetes/connect.ts'
import { createMetrics } from '../../src/adapters/prometheus/metrics.ts'
import { seconds } from '../../src/core/units.ts'
import { clusterContract } from '../contract/cluster.ts'
import { type Counter, metricsContract } from '../contract/metrics.ts'
import { startControlPlane } from './control-plane.ts'
import { startPrometheus } from './prometheus.ts'

const root = join(import.meta.dirname, '..', '..')

clusterContract('the real API server', async () => {
  const plane = await startControlPlane()
  for (const crds of ['deploy/crds', 'fixtures/istio/crds.yaml'])
    await plane.kubectl('apply', '--server-side', '-f', join(root, crds))
  await plane.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s')
  return { cluster: connect({ kubeconfig: plane.kubeconfig }), stop: plane.stop }
})

metricsContract('the real Prometheus', async () => {
  const pods = new Map<string, readonly Counter[]>()
  const pages = await startPages(pods)
  const dataDir = mkdtempSync(join(tmpdir(), 'haldane-prometheus-'))
  const prometheus = await startPrometheus({
    scrapeInterval: '1s',
    httpSdUrl: `${pages.url}/sd`,
    dataDir,
  })
  return {
    metrics: createMetrics({ address: prometheus.url, timeout: seconds(10) }),
    pods,
    scrapeInterval: seconds(1),
    now: () => realClock.now(),
    pass: () => sleep(1000),
    stop: async () => {
      await prometheus.stop()
      pages.server.close()
      pages.server.closeAllConnections()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
})

type Pages = { readonly server: Server; readonly url: string }

/** Answers `/sd` with the targets, and `/POD` with what that pod counts. */
async function startPages(pods: ReadonlyMap<string, readonly Counter[]>): Promise<Pages> {
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const host = request.headers.host ?? ''
    if (path === '/sd') response.setHeader('content-type', 'application/json')
    else response.setHeader('content-type', 'text/plain; version=0.0.4')
    response.end(path === '/sd' ? targets(host, [...pods.keys()]) : page(pods.get(path.slice(1))))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const at = server.address()
  return { server, url: `http://127.0.0.1:${typeof at === 'object' ? at?.port : at}` }
}

function targets(host: string, pods: readonly string[]): string {
  return JSON.stringify(
    pods.map((pod) => ({
      targets: [host],
      labels: { pod, namespace: 'shop', __metrics_path__: `/${pod}` },
    })),
  )
}

function page(counters: readonly Counter[] = []): string {
  return counters
    .map(({ name, labels, value }) => {
      const pairs = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`)
      return `${name}{${pairs.join(',')}} ${value}\n`
    })
    .join('')
}
