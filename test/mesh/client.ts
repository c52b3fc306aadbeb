/** Requests through the gateway from a process of its own. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Children } from '../cluster/children.ts'
import type { Told } from './client/tally.ts'

export type Requests = {
  readonly host: string
  readonly rate: number
  /** At most; `stop` ends them earlier. */
  readonly seconds: number
  readonly headers?: Readonly<Record<string, string>>
}

export type Client = {
  readonly isRunning: () => boolean
  /** Ends the requests, waits for the last answers and tells. */
  readonly stop: () => Promise<Told>
  /** Waits until its seconds are over. */
  readonly end: () => Promise<Told>
}

const main = join(import.meta.dirname, 'client', 'main.ts')

/** `folder` takes its output. */
export async function startClient(folder: string, requests: Requests): Promise<Client> {
  const { host, rate, seconds, headers = {} } = requests
  const children = new Children(mkdtempSync(join(folder, 'client-')))
  const given = Object.entries(headers).map(([name, value]) => `${name}=${value}`)
  const child = await children.start({
    name: 'client',
    path: process.execPath,
    args: [main, host, String(rate), String(seconds), ...given],
  })
  const told = (): Told => {
    const last = readFileSync(child.logPath, 'utf8').trimEnd().split('\n').at(-1) ?? ''
    if (!last.startsWith('{')) throw new Error(`the client told nothing; ${child.logTail()}`)
    return JSON.parse(last)
  }
  return {
    isRunning: () => child.isRunning(),
    stop: async () => {
      await children.stop()
      return told()
    },
    end: async () => {
      const patience = performance.now() + (seconds + 20) * 1000
      while (child.isRunning() && performance.now() < patience) await sleep(50)
      await children.stop()
      return told()
    },
  }
}
