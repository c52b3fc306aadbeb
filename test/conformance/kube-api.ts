/** The API server over plain HTTPS: calls, and a picture of some kinds that watches keep. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  parseJson,
  textAt,
} from '../../src/core/json.ts'
import { type KindName, kinds } from './kinds.ts'

export type Answer = { readonly status: number; readonly json: Json }

export type Heard = (change: 'set' | 'gone', object: JsonObject) => void

export class KubeApi {
  readonly #server: string
  readonly #token: string
  readonly #agent: Agent
  readonly #ended = new AbortController()

  /** Of a kubeconfig in JSON, with a token and the certificate in a file. */
  constructor(kubeconfig: string) {
    const config = parseJson(readFileSync(kubeconfig, 'utf8'))
    const cluster = objectAt(config, 'clusters', 0, 'cluster')
    this.#server = textAt(cluster, 'server') ?? ''
    this.#token = textAt(config, 'users', 0, 'user', 'token') ?? ''
    const ca = readFileSync(textAt(cluster, 'certificate-authority') ?? '')
    this.#agent = new Agent({ keepAlive: true, ca, maxSockets: 64 })
  }

  /** A server that says `later` is asked again, for half a minute at most. */
  async call(
    method: string,
    path: string,
    body?: Json,
    type = 'application/json',
  ): Promise<Answer> {
    for (let tries = 0; ; tries += 1) {
      const answer = await this.#once(method, path, body, type)
      if (answer.status !== 429 || tries >= 60) return answer
      await sleep(500)
    }
  }

  /** Everything of a kind, now and from now on, until closed. Resolves once the first picture is complete. */
  async follow(kind: KindName, on: Heard): Promise<void> {
    const path = `${kinds[kind].prefix}/${kinds[kind].plural}`
    const list = await this.call('GET', path)
    if (list.status !== 200)
      throw new Error(`${path} answers ${list.status}: ${JSON.stringify(list.json)}`)
    for (const item of listAt(list.json, 'items')) on('set', objectAt(item))
    void this.#watch(path, textAt(list.json, 'metadata', 'resourceVersion') ?? '', on)
  }

  close(): void {
    this.#ended.abort()
    this.#agent.destroy()
  }

  /** Goes on where the last connection ended. The API server keeps five minutes of history, more than any gap here. */
  async #watch(path: string, from: string, on: Heard): Promise<void> {
    const known = { version: from }
    while (!this.#ended.signal.aborted) {
      try {
        await this.#hear(path, known, on)
      } catch (error) {
        if (this.#ended.signal.aborted) return
        process.stderr.write(`the watch of ${path} was lost: ${String(error)}\n`)
        await sleep(200)
      }
    }
  }

  /** Until the connection ends. */
  async #hear(path: string, known: { version: string }, on: Heard): Promise<void> {
    const query = `watch=1&allowWatchBookmarks=true&resourceVersion=${known.version}`
    const answer = await this.#ask('GET', `${path}?${query}`, undefined, 'application/json')
    for await (const line of createInterface({ input: answer })) {
      const told = parseJson(line)
      const object = objectAt(told, 'object')
      const type = textAt(told, 'type')
      if (type === 'ERROR') throw new Error(line)
      known.version = textAt(object, 'metadata', 'resourceVersion') ?? known.version
      if (type === 'DELETED') on('gone', object)
      else if (type !== 'BOOKMARK') on('set', object)
    }
  }

  async #once(method: string, path: string, body: Json | undefined, type: string): Promise<Answer> {
    const answer = await this.#ask(method, path, body, type)
    const chunks: Buffer[] = []
    for await (const chunk of answer) chunks.push(Buffer.from(chunk))
    return {
      status: answer.statusCode ?? 0,
      json: parseJson(Buffer.concat(chunks).toString('utf8')),
    }
  }

  async #ask(
    method: string,
    path: string,
    body: Json | undefined,
    type: string,
  ): Promise<IncomingMessage> {
    const asked = request(`${this.#server}${path}`, {
      method,
      agent: this.#agent,
      signal: this.#ended.signal,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': type },
    })
    asked.end(body === undefined ? undefined : JSON.stringify(body))
    const [answer] = await once(asked, 'response')
    return answer
  }
}
