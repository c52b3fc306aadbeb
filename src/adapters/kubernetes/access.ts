/** Finds out which cluster to talk to and as whom. */
import type { RequestOptions } from 'node:https'
import { libraryAccess } from './library-access.ts'
import { plainAccess } from './plain-access.ts'

export type Where = {
  /** A kubeconfig file; else KUBECONFIG, then the one in the home directory, then the pod's own ServiceAccount. */
  readonly kubeconfig?: string
  readonly context?: string
}

export type Access = {
  /** Without a slash at its end. */
  readonly server: string
  /** Which the context works in, as kubectl understands it. */
  readonly namespace: string | undefined
  /** What the next request carries. Asked anew for each, since tokens and certificates rotate. */
  readonly credentials: () => Promise<Credentials>
}

/** An agent is there only where there is a proxy in between. */
export type Credentials = {
  readonly tls: RequestOptions
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Throws PortError `invalid` with the remedy when there is no cluster to be found. The Kubernetes client holds 65 MiB of memory for as long
 * as the program lives; it is loaded only where credentials are to be had from a program or a provider, and where something is wrong.
 */
export function accessTo(where: Where): Access {
  return plainAccess(where) ?? libraryAccess(where)
}
