/** HTTP to the API server: with the credentials of an Access, bounded in time and size, bodies opaque. */
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { type Json, parseJson } from '../../core/json.ts'
import { type Duration, inSeconds } from '../../core/units.ts'
import { PortError } from '../../ports.ts'
import type { Access } from './access.ts'
import { oneLine } from './words.ts'

export type Call = {
  /** For messages: `patch Rollout shop/reviews`. */
  readonly what: string
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: { readonly contentType: string; readonly json: Json }
}

/** `body` is null when the answer was no JSON. */
export type Answer = { readonly status: number; readonly body: Json }

export type Stream =
  | { readonly kind: 'open'; readonly lines: AsyncIterable<string> }
  | { readonly kind: 'refused'; readonly answer: Answer }

/** Both throw PortError `unavailable` when there is no whole answer in time. */
export type Transport = {
  exchange(call: Call, signal?: AbortSignal): Promise<Answer>
  /** An answer that goes on, line by line, until the server ends it or the signal does. */
  stream(call: Call, signal: AbortSignal): Promise<Stream>
}

/** Connections that rest longer are closed by us, before the server does it under a request. */
const idleFor = 30_000

/** Of one answer, and of one line of a stream. */
const mostBytes = 64 * 1024 * 1024

export function createTransport(access: Access, within: Duration): Transport {
  const send = sender(access)
  return {
    exchange: (call, signal) =>
      inTime(call, within, signal, async (limit) => answerOf(await send(call, limit))),
    stream: (call, signal) =>
      inTime(call, within, signal, async (limit) => streamOf(await send(call, limit), call)),
  }
}

type Send = (call: Call, signal: AbortSignal) => Promise<IncomingMessage>

/**
 * The agents keep connections; theirs is a pool for each set of TLS options, so a rotated certificate is used at once. TCP keep-alive,
 * which comes with it, is what notices a peer that vanished.
 */
function sender(access: Access): Send {
  const kept = { keepAlive: true, timeout: idleFor }
  const agents = { http: new HttpAgent(kept), https: new HttpsAgent(kept) }
  return async (call, signal) => {
    const url = urlOf(access, call)
    const secure = url.protocol === 'https:'
    const { tls, headers } = await abortable(signal, access.credentials())
    const options: RequestOptions = {
      agent: secure ? agents.https : agents.http,
      ...tls,
      method: call.method,
      headers: { ...headersOf(call), ...headers },
      signal,
    }
    return responseTo(call, () => (secure ? httpsRequest : httpRequest)(url, options))
  }
}

function urlOf({ server }: Access, call: Call): URL {
  const url = new URL(`${server}${call.path}`)
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value)
  return url
}

function headersOf(call: Call): Record<string, string> {
  const content = call.body === undefined ? {} : { 'content-type': call.body.contentType }
  return { accept: 'application/json', 'user-agent': 'haldane', ...content }
}

function responseTo(
  call: Call,
  begin: () => ReturnType<typeof httpRequest>,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const request = begin()
  request.on('response', resolve)
  request.on('error', reject)
  request.end(call.body === undefined ? undefined : JSON.stringify(call.body.json))
  return promise
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  const parts: string[] = []
  let size = 0
  for await (const part of textOf(response)) {
    size += part.length
    if (size > mostBytes) throw new Error(`the answer is larger than ${mostBytes} bytes`)
    parts.push(part)
  }
  return { status: response.statusCode ?? 0, body: parseJson(parts.join('')) }
}

async function streamOf(response: IncomingMessage, call: Call): Promise<Stream> {
  if (response.statusCode !== 200) return { kind: 'refused', answer: await answerOf(response) }
  return { kind: 'open', lines: linesOf(response, call) }
}

/** What stands after the last line feed is an event that broke off; it is left out. */
async function* linesOf(response: IncomingMessage, call: Call): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const part of textOf(response)) {
      const lines = `${rest}${part}`.split('\n')
      rest = lines.pop() ?? ''
      yield* lines
      if (rest.length > mostBytes) throw new Error(`a line is longer than ${mostBytes} bytes`)
    }
  } catch (error) {
    throw unreached(call, error)
  }
}

async function* textOf(response: IncomingMessage): AsyncGenerator<string> {
  response.setEncoding('utf8')
  for await (const part of response) yield String(part)
}

/** For work that takes no signal itself, such as a credential plugin. */
function abortable<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return Promise.race([work, promise])
}

/** The deadline is for the work alone: a stream that was opened in time may last. */
async function inTime<T>(
  call: Call,
  within: Duration,
  signal: AbortSignal | undefined,
  work: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController()
  const late = new Error(`no answer within ${inSeconds(within)} s`)
  const timer = setTimeout(() => deadline.abort(late), within)
  const limit = AbortSignal.any([deadline.signal, ...(signal === undefined ? [] : [signal])])
  try {
    return await work(limit)
  } catch (error) {
    throw unreached(call, deadline.signal.aborted ? late : error)
  } finally {
    clearTimeout(timer)
  }
}

function unreached(call: Call, error: unknown): PortError {
  if (error instanceof PortError) return error
  return new PortError('unavailable', `${call.what}: ${reasonOf(error)}`, { cause: error })
}

/** Errors of the network say most in their code; that of several addresses tried in vain has no message at all. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer from the API server'
  if ('code' in error && typeof error.code === 'string' && error.message === '')
    return `no answer from the API server (${error.code})`
  return oneLine(error.message.split('\n')[0] ?? '')
}
