/** One pod: the application behind its sidecar, and what the sidecar has counted. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { listAt, textAt } from '../../../src/core/json.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import { contentType, exposition } from '../../../src/sandbox/http/exposition.ts'
import { Counters, type LabelSet } from '../../../src/sandbox/mesh/counters.ts'
import { receivedLabels, unknownService } from '../../../src/sandbox/mesh/labels.ts'
import { bounds } from '../../../src/sandbox/mesh/latency.ts'
import { peerOf } from '../../../src/sandbox/mesh/peer.ts'
import { type Behaviour, delay, fails } from './behaviour.ts'

/** Every answer names the pod and the image it is from; what the gateway answers itself does not. */
export const podHeader = 'x-pod'
export const imageHeader = 'x-image'

export class PodServer {
  readonly pod: KubeObject
  readonly address: string
  readonly #behaviour: Behaviour
  readonly #counters = new Counters()
  readonly #known = new Map<string, LabelSet>()
  readonly #servers: readonly [app: Server, scrape: Server]
  readonly #headers: Readonly<Record<string, string>>

  constructor(pod: KubeObject, address: string, behaviour: Behaviour) {
    this.pod = pod
    this.address = address
    this.#behaviour = behaviour
    const image = textAt(listAt(pod.json, 'spec', 'containers')[0], 'image') ?? ''
    this.#headers = { [podHeader]: pod.metadata.name, [imageHeader]: image }
    this.#servers = [
      createServer(lasting, (request, response) => this.#answer(request, response)),
      createServer((_request, response) => this.#tell(response)),
    ]
  }

  /** Resolves when a request would be answered, or, of a pod that refuses, when it would be refused. */
  async listen(ports: { readonly app: number; readonly scrape: number }): Promise<void> {
    const [app, scrape] = this.#servers
    await listening(scrape, ports.scrape, this.address)
    if (!this.#behaviour.refuses) await listening(app, ports.app, this.address)
  }

  /** No new connection and no idle one from now on; what was begun is answered. */
  close(): void {
    for (const server of this.#servers) {
      server.close()
      server.closeIdleConnections()
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume()
    const begun = performance.now()
    setTimeout(() => {
      const code = fails(this.#behaviour) ? 500 : 200
      response.writeHead(code, this.#headers)
      response.end(`${this.pod.metadata.name}\n`)
      this.#count(code, Math.floor(performance.now() - begun))
    }, delay(this.#behaviour))
  }

  #count(code: number, took: number): void {
    const series = this.#series(String(code))
    this.#counters.requests(series, 1)
    const bucket = bounds.findIndex((bound) => took <= bound)
    const buckets = [...bounds, Number.POSITIVE_INFINITY].map((_, index, all) =>
      index === (bucket === -1 ? all.length - 1 : bucket) ? 1 : 0,
    )
    this.#counters.times(series, { buckets, sum: took })
  }

  #series(code: string): LabelSet {
    const known = this.#known.get(code)
    if (known !== undefined) return known
    const labels = receivedLabels(peerOf(this.pod), unknownService, { code, flags: '-' })
    this.#known.set(code, { key: code, labels })
    return { key: code, labels }
  }

  #tell(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': contentType })
    response.end(exposition(this.#counters.series()))
  }
}

/** A pod that ended a connection which rests would be the cause of failures that are not the controller's. */
const lasting = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 } as const

async function listening(server: Server, port: number, address: string): Promise<void> {
  server.listen(port, address)
  await once(server, 'listening')
}
