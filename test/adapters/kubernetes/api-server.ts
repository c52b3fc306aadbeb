/** The adapter against a scripted API server on loopback. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type ConnectOptions, connect } from '../../../src/adapters/kubernetes/connect.ts'
import { milliseconds } from '../../../src/core/units.ts'
import type { Cluster } from '../../../src/ports.ts'
import { type Answering, type Loopback, startLoopback } from '../loopback.ts'

export async function startApiServer(
  answer: Answering,
  options?: ConnectOptions,
): Promise<{ readonly cluster: Cluster; readonly server: Loopback }> {
  const server = await startLoopback(answer)
  onTestFinished(() => server.stop())
  return { server, cluster: connectTo(server.address, options) }
}

/** Impatient, so that tests are quick. */
export function connectTo(address: string, options: ConnectOptions = {}): Cluster {
  return connect({
    kubeconfig: kubeconfigFile(kubeconfigFor(address)),
    chance: () => 0,
    ...options,
    timing: {
      request: milliseconds(1000),
      probe: milliseconds(20),
      firstPause: milliseconds(10),
      longestPause: milliseconds(50),
      ...options.timing,
    },
  })
}

export function kubeconfigFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'haldane-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'config')
  writeFileSync(file, text)
  return file
}

export function kubeconfigFor(address: string): string {
  return `
clusters: [{name: c, cluster: {server: "${address}", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {token: secret-token}}]
contexts: [{name: main, context: {cluster: c, user: u}}]
current-context: main
`
}

export function status(
  code: number,
  reason: string,
  message: string,
  details: object = {},
): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details }
}

export function rollout(name: string, resourceVersion: string, uid = `uid-${name}`): object {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: 'shop', uid, resourceVersion, generation: 1 },
    spec: { replicas: 1 },
  }
}

export function listOf(resourceVersion: string, ...items: readonly object[]): object {
  return { kind: 'List', metadata: { resourceVersion }, items }
}
