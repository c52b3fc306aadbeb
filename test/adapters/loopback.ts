/** A small HTTP server on loopback that a test scripts. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export type Request = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Answering = (request: Request, response: ServerResponse) => void

export type Loopback = {
  readonly address: string
  readonly requests: readonly Request[]
  stop(): Promise<void>
}

export async function startLoopback(answer: Answering): Promise<Loopback> {
  const requests: Request[] = []
  const server = createServer((incoming, response) => {
    void received(incoming, response)
  })
  const received = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await requestOf(incoming)
    requests.push(request)
    answer(request, response)
  }
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const at = server.address()
  const port = typeof at === 'object' ? at?.port : undefined
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  let body = ''
  for await (const part of incoming) body += String(part)
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://loopback')
  return {
    method: incoming.method ?? '',
    path: pathname,
    query: searchParams,
    headers: incoming.headers,
    body,
  }
}

export function answerJson(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
}

export function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end(text)
}

/** An answer whose end is never sent. */
export function answerDripping(response: ServerResponse): void {
  response.writeHead(200)
  const drip = setInterval(() => response.write(' '), 10)
  response.on('close', () => clearInterval(drip))
}

/** As fast as it is taken, until the other side has enough. */
export function answerEndlessly(response: ServerResponse): void {
  const megabyte = ' '.repeat(1024 * 1024)
  const more = (): void => {
    if (!response.destroyed) response.write(megabyte, () => setImmediate(more))
  }
  response.writeHead(200)
  more()
}

/** Promises more than it sends. */
export function answerPartly(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 1000 }).write('{', () => response.destroy())
}
