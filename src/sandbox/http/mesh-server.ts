/** The mesh for a real Prometheus: what to scrape, and what each proxy has counted. On loopback only. */
import { createServer, type Server } from 'node:http'
import type { Mesh, Target } from '../mesh/mesh.ts'
import { contentType, exposition } from './exposition.ts'

export type MeshServer = {
  /** Such as `http://127.0.0.1:15999`; the target list is at `/sd`. */
  readonly url: string
  /** Also ends connections that are kept open. */
  readonly stop: () => Promise<void>
}

const host = '127.0.0.1'

type Page = { readonly type: string; readonly body: string }

/** Port 0 takes a free one. Rejects when the port is taken. */
export async function startMeshServer({
  mesh,
  port,
}: {
  readonly mesh: Pick<Mesh, 'targets'>
  readonly port: number
}): Promise<MeshServer> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', `http://${host}`).pathname
    const page = pageAt(path, mesh.targets(), portOf(server))
    response.writeHead(page === undefined ? 404 : 200, {
      'content-type': page?.type ?? 'text/plain',
    })
    response.end(page?.body ?? 'neither /sd nor /metrics/<namespace>/<pod> of a Running pod\n')
  })
  await listening(server, port)
  return { url: `http://${host}:${portOf(server)}`, stop: () => closed(server) }
}

function pageAt(path: string, targets: readonly Target[], port: number): Page | undefined {
  if (path === '/sd') return { type: 'application/json', body: discovery(targets, port) }
  const target = targets.find((one) => metricsPath(one) === path)
  return target === undefined ? undefined : { type: contentType, body: exposition(target.series()) }
}

/** Prometheus' http_sd: all behind one address, told apart by path. `instance` is the proxy's own address. */
function discovery(targets: readonly Target[], port: number): string {
  const groups = targets.map((target) => ({
    targets: [`${host}:${port}`],
    labels: {
      __metrics_path__: metricsPath(target),
      namespace: target.namespace,
      pod: target.pod,
      instance: target.instance,
    },
  }))
  return JSON.stringify(groups)
}

function metricsPath({ namespace, pod }: Target): string {
  return `/metrics/${namespace}/${pod}`
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
