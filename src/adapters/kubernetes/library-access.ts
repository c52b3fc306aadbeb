/** Access by every means that the Kubernetes client knows: credential plugins, providers, proxies, merged files. */
import type { RequestOptions } from 'node:http'
import { createRequire } from 'node:module'
import type * as client from '@kubernetes/client-node'
import { PortError } from '../../ports.ts'
import type { Access, Where } from './access.ts'
import { oneLine } from './words.ts'

/** Throws PortError `invalid` with the remedy when there is no cluster to be found. */
export function libraryAccess(where: Where): Access {
  const config = loaded(where)
  if (where.context !== undefined) config.setCurrentContext(where.context)
  const cluster = config.getCurrentCluster()
  if (cluster === null) throw noCluster(config, where)
  if (cluster.server.startsWith('http:') && !cluster.skipTLSVerify)
    throw invalid(
      `${new URL(cluster.server).host} is plain HTTP; set insecure-skip-tls-verify: true on the cluster if that is meant`,
    )
  return {
    server: cluster.server.replace(/\/+$/, ''),
    namespace: config.getContextObject(config.currentContext)?.namespace,
    credentials: async () => {
      const options: RequestOptions = {}
      await config.applyToHTTPSOptions(options)
      const { agent, headers, ...rest } = options
      const tls = cluster.proxyUrl === undefined || agent === undefined ? rest : { ...rest, agent }
      return { tls, headers: textsOf(headers) }
    },
  }
}

function loaded({ kubeconfig }: Where): client.KubeConfig {
  const config = newConfig()
  try {
    if (kubeconfig === undefined) config.loadFromDefault()
    else config.loadFromFile(kubeconfig)
  } catch (error) {
    throw invalid(error instanceof Error ? firstLine(error) : 'it cannot be read')
  }
  if (kubeconfig === undefined && config.getCurrentContext() === ofNobody)
    throw invalid('there is none; give --kubeconfig, set KUBECONFIG, or run in a pod')
  return config
}

function textsOf(headers: RequestOptions['headers']): Readonly<Record<string, string>> {
  const pairs = Object.entries(headers ?? {})
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]))
}

/** Only now: who needs none of it does not pay for it. */
function newConfig(): client.KubeConfig {
  const library: typeof client = createRequire(import.meta.url)('@kubernetes/client-node')
  return new library.KubeConfig()
}

/** The library falls back to a server on localhost that nobody asked for, under this name. */
const ofNobody = 'loaded-context'

/** A YAML error goes on with an excerpt, which may hold a token. */
function firstLine(error: Error): string {
  return oneLine(error.message.split('\n')[0] ?? '')
}

function noCluster(config: client.KubeConfig, { context }: Where): PortError {
  const names = config.contexts.map(({ name }) => name).join(', ')
  return context === undefined
    ? invalid('it names no current context; give --context or set current-context')
    : invalid(`it has no context ${context}; there are: ${names}`)
}

function invalid(message: string): PortError {
  return new PortError('invalid', `kubeconfig: ${message}`)
}
