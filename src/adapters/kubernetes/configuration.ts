/** Finds out which cluster to talk to and as whom. */
import { KubeConfig } from '@kubernetes/client-node'
import { PortError } from '../../ports.ts'
import { oneLine } from './words.ts'

export type Where = {
  /** A kubeconfig file; else KUBECONFIG, then the one in the home directory, then the pod's own ServiceAccount. */
  readonly kubeconfig?: string
  readonly context?: string
}

/** Throws PortError `invalid` with the remedy when there is no cluster to be found. */
export function configuration(where: Where): KubeConfig {
  const config = loaded(where)
  if (where.context !== undefined) config.setCurrentContext(where.context)
  const server = config.getCurrentCluster()
  if (server === null) throw noCluster(config, where)
  if (server.server.startsWith('http:') && !server.skipTLSVerify)
    throw invalid(
      `${new URL(server.server).host} is plain HTTP; set insecure-skip-tls-verify: true on the cluster if that is meant`,
    )
  return config
}

function loaded({ kubeconfig }: Where): KubeConfig {
  const config = new KubeConfig()
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

/** The library falls back to a server on localhost that nobody asked for, under this name. */
const ofNobody = 'loaded-context'

/** A YAML error goes on with an excerpt, which may hold a token. */
function firstLine(error: Error): string {
  return oneLine(error.message.split('\n')[0] ?? '')
}

function noCluster(config: KubeConfig, { context }: Where): PortError {
  const names = config.contexts.map(({ name }) => name).join(', ')
  return context === undefined
    ? invalid('it names no current context; give --context or set current-context')
    : invalid(`it has no context ${context}; there are: ${names}`)
}

function invalid(message: string): PortError {
  return new PortError('invalid', `kubeconfig: ${message}`)
}
