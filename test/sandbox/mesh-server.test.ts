import { afterEach, beforeEach, expect, test } from 'vitest'
import { seconds } from '../../src/core/units.ts'
import { exposition } from '../../src/sandbox/http/exposition.ts'
import { type MeshServer, startMeshServer } from '../../src/sandbox/http/mesh-server.ts'
import { createWorld, type World } from '../../src/sandbox/world.ts'
import { noon, replicaSet, service, virtualService } from './builders.ts'

let world: World
let server: MeshServer

beforeEach(async () => {
  world = createWorld({ seed: '7', start: noon })
  await world.cluster.create(replicaSet('reviews-s', { replicas: 1 }))
  await world.cluster.create(service('stable', 's'))
  await world.cluster.create(virtualService('reviews', 100, 0))
  await world.advance(seconds(10))
  server = await startMeshServer({ mesh: world.mesh, port: 0 })
})

afterEach(async () => {
  await server.stop()
})

test('lists the gateway and every Running pod for http_sd', async () => {
  const answer = await fetch(`${server.url}/sd`)
  expect(answer.headers.get('content-type')).toBe('application/json')
  const port = new URL(server.url).port
  expect(await answer.json()).toEqual([
    {
      targets: [`127.0.0.1:${port}`],
      labels: {
        __metrics_path__: '/metrics/istio-system/istio-ingressgateway-6c8b9d7f4c-x7k2p',
        namespace: 'istio-system',
        pod: 'istio-ingressgateway-6c8b9d7f4c-x7k2p',
        instance: '10.244.0.10:15020',
      },
    },
    {
      targets: [`127.0.0.1:${port}`],
      labels: {
        __metrics_path__: expect.stringMatching(/^\/metrics\/shop\/reviews-s-.{5}$/),
        namespace: 'shop',
        pod: expect.stringMatching(/^reviews-s-.{5}$/),
        instance: '10.244.1.2:15020',
      },
    },
  ])
})

test('shows what a proxy has counted, in text', async () => {
  const pod = world.mesh.targets()[1]?.pod
  const answer = await fetch(`${server.url}/metrics/shop/${pod}`)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const lines = (await answer.text()).split('\n')
  expect(lines[0]).toBe('# TYPE istio_requests_total counter')
  expect(lines[1]).toMatch(
    /^istio_requests_total\{reporter="destination",source_workload=".*"\} \d+$/,
  )
  expect(lines.filter((line) => line.startsWith('#'))).toEqual([
    '# TYPE istio_requests_total counter',
    '# TYPE istio_request_duration_milliseconds histogram',
  ])
  expect(lines.find((line) => line.includes('le="+Inf"'))).toMatch(
    /^istio_request_duration_milliseconds_bucket\{/,
  )
  expect(lines.at(-1)).toBe('')
})

test('knows nothing else', async () => {
  for (const path of ['/', '/metrics', '/metrics/shop/nobody', '/sd/']) {
    expect((await fetch(`${server.url}${path}`)).status).toBe(404)
  }
})

test('says so when the port is taken', async () => {
  const port = Number(new URL(server.url).port)
  await expect(startMeshServer({ mesh: world.mesh, port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
})

test('label values are escaped', () => {
  const labels = { a: 'back\\slash "quote" new\nline' }
  expect(exposition([{ name: 'istio_requests_total', labels, value: 1 }])).toBe(
    '# TYPE istio_requests_total counter\nistio_requests_total{a="back\\\\slash \\"quote\\" new\\nline"} 1\n',
  )
  expect(exposition([])).toBe('')
})
