import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../src/core/json.ts'
import { type Child, Children, freePorts, type Program, toolPath, until } from './children.ts'

export type PrometheusOptions = {
  /** A free one when left out. */
  readonly port?: number
  /** In Prometheus' notation, such as `1s`. Targets are looked up as often. */
  readonly scrapeInterval: string
  /** Classic buckets are kept as native histograms with the same bounds, and only so. */
  readonly keepsNativeHistograms?: boolean
  /** Answers with the targets, as `application/json`: `[{ "targets": ["host:port"], "labels": { … } }]`. */
  readonly httpSdUrl: string
  /** What is scraped besides, in Prometheus' own words. */
  readonly jobs?: readonly JsonObject[]
  /** Holds the configuration, the log and the series; stays when Prometheus stops. */
  readonly dataDir: string
}

/** A real Prometheus on loopback, which can stop and come back with what it knew. */
export type Prometheus = {
  /** `http://127.0.0.1:port`, the same after every start. */
  readonly url: string
  /** Ready when it resolves. Does nothing while it runs. */
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Ready when it resolves: it answers queries. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const [free = 0] = await freePorts(1)
  const port = options.port ?? free
  mkdirSync(options.dataDir, { recursive: true })
  writeFileSync(configPath(options), configuration(options))
  const children = new Children(options.dataDir)
  const url = `http://127.0.0.1:${port}`
  let child: Child | undefined
  const start = async (): Promise<void> => {
    if (child?.isRunning() === true) return
    child = await children.start(program(options, port))
    await until('Prometheus', () => isReady(url), { seconds: 30, child })
  }
  const stop = (): Promise<void> => children.stop()
  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }
  return { url, start, stop }
}

/**
 * Labels that a target has from its lookup, such as namespace and pod, come onto its series. Where a
 * page has one of these itself, the page is right (honor_labels).
 */
function configuration({
  scrapeInterval,
  httpSdUrl,
  keepsNativeHistograms = false,
  jobs = [],
}: PrometheusOptions): string {
  const pods: JsonObject = {
    job_name: 'pods',
    honor_labels: true,
    convert_classic_histograms_to_nhcb: keepsNativeHistograms,
    http_sd_configs: [{ url: httpSdUrl, refresh_interval: scrapeInterval }],
  }
  const times = { scrape_interval: scrapeInterval, scrape_timeout: scrapeInterval }
  return JSON.stringify({ global: times, scrape_configs: [pods, ...jobs] }, undefined, 2)
}

function configPath({ dataDir }: PrometheusOptions): string {
  return join(dataDir, 'prometheus.json')
}

function program(options: PrometheusOptions, port: number): Program {
  const args = [
    `--config.file=${configPath(options)}`,
    `--storage.tsdb.path=${join(options.dataDir, 'series')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
    // A hidden flag: new pods are scraped after about a second, not after five.
    '--scrape.discovery-reload-interval=1s',
  ]
  return { name: 'prometheus', path: toolPath('prometheus'), args }
}

async function isReady(url: string): Promise<true | undefined> {
  const answer = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(5000) })
  if (!answer.ok) throw new Error(`/-/ready answers ${answer.status}`)
  return true
}
