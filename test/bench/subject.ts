/** The two controllers, each as it is shipped, each with an identity of its own. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts, type Program, run, toolPath } from '../cluster/children.ts'
import type { ControlPlane } from '../cluster/control-plane.ts'

const root = join(import.meta.dirname, '..', '..')

export type Subject = {
  readonly name: 'argo' | 'haldane'
  /** As the audit log names it. */
  readonly user: string
  readonly program: (plane: ControlPlane) => Promise<Program>
}

export const haldane: Subject = {
  name: 'haldane',
  user: 'system:serviceaccount:haldane-system:haldane',
  program: async (plane) => ({
    name: 'haldane',
    path: process.execPath,
    args: [
      join(root, 'dist', 'main.js'),
      'controller',
      '--kubeconfig',
      await plane.serviceAccountKubeconfig('haldane-system', 'haldane'),
      '--log-level',
      'warn',
    ],
    env: { NODE_ENV: 'production', ...(await shippedEnvironment()) },
  }),
}

export const argo: Subject = {
  name: 'argo',
  user: 'system:serviceaccount:argo-rollouts:argo-rollouts',
  program: async (plane) => {
    await allow(plane, 'argo-rollouts')
    const [metrics, health] = await freePorts(2)
    return {
      name: 'argo',
      path: toolPath('rollouts-controller'),
      args: [
        '--kubeconfig',
        await plane.serviceAccountKubeconfig('argo-rollouts', 'argo-rollouts'),
        '--leader-elect=false',
        '--istio-api-version',
        'v1',
        '--metricsPort',
        String(metrics),
        '--healthzPort',
        String(health),
      ],
    }
  },
}

/** Both controllers find the same CRDs. The Deployment that `deploy/` brings is not needed: the controller is a process here. */
export async function install(plane: ControlPlane): Promise<void> {
  const istio = join(root, 'fixtures', 'istio', 'crds.yaml')
  await plane.kubectl('apply', '--server-side', '-f', istio)
  await plane.kubectl('apply', '--server-side', '-k', join(root, 'deploy'))
  await plane.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s')
  await plane.kubectl('scale', 'deployment', 'haldane', '-n', 'haldane-system', '--replicas=0')
}

/** The program as the package holds it: compiled, because Node would otherwise strip types with a compiler of its own in memory. */
export async function build(): Promise<void> {
  await run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', join(root, 'tsconfig.build.json')])
}

/** What the image sets for Node. */
async function shippedEnvironment(): Promise<Record<string, string>> {
  const dockerfile = readFileSync(join(root, 'deploy', 'Dockerfile'), 'utf8')
  const options = /^ENV NODE_OPTIONS="(.*)"$/m.exec(dockerfile)?.[1]
  return options === undefined ? {} : { NODE_OPTIONS: options }
}

async function allow(plane: ControlPlane, name: string): Promise<void> {
  await plane.kubectl('create', 'namespace', name)
  await plane.kubectl('create', 'serviceaccount', name, '-n', name)
  const account = `--serviceaccount=${name}:${name}`
  await plane.kubectl('create', 'clusterrolebinding', name, '--clusterrole=cluster-admin', account)
}
