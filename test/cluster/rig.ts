/**
 * The product as shipped, on a real control plane: `deploy/` applied, the mesh as one process, a real Prometheus that scrapes it pod by pod,
 * and the controller as another process that is its own ServiceAccount and nothing more.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Json, parseJson, textAt } from '../../src/core/json.ts'
import { type Child, Children, freePorts, type Program, run, toolPath, until } from './children.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'

const root = join(import.meta.dirname, '..', '..')
const main = join(root, 'src', 'main.ts')
export const deploy: string = join(root, 'deploy')

export type Controller = {
  readonly start: () => Promise<void>
  readonly kill: () => Promise<void>
  readonly log: () => string
}

export type Rig = {
  readonly plane: ControlPlane
  readonly prometheus: Prometheus
  readonly controller: Controller
  /** The real plugin: `kubectl argo rollouts …`. */
  readonly argo: (...args: readonly string[]) => Promise<string>
  /** One object as JSON. */
  readonly get: (kind: string, name: string, namespace: string) => Promise<Json>
  readonly stop: () => Promise<void>
}

/** Whoever is at work, and the other of the two, which is not started. */
export type RigOfTwo = Rig & { readonly peer: Controller }

export type RigOptions = {
  /** A kustomization with CRDs that are there already when `deploy/` is applied; those of `deploy/` then stay away. */
  readonly crds?: string
  /** Whose controller is at work; Haldane's when left out. */
  readonly controller?: 'haldane' | 'argo'
}

/** Everything up: a few seconds once the tools are built. */
export async function startRig({
  crds,
  controller = 'haldane',
}: RigOptions = {}): Promise<RigOfTwo> {
  const plane = await startControlPlane()
  try {
    await install(plane, crds)
    return await furnish(plane, controller)
  } catch (error) {
    await plane.stop()
    throw error
  }
}

/** `deploy/` and Istio's CRDs, as they are shipped. */
export async function install(plane: ControlPlane, crds?: string): Promise<void> {
  await plane.kubectl('apply', '--server-side', '-f', join(root, 'fixtures', 'istio', 'crds.yaml'))
  if (crds === undefined) await plane.kubectl('apply', '--server-side', '-k', deploy)
  else await installBeside(plane, crds)
  await plane.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s')
  await scaleShippedControllerAway(plane)
}

async function installBeside(plane: ControlPlane, crds: string): Promise<void> {
  await plane.kubectl('apply', '--server-side', '-k', crds)
  for (const file of ['controller.yaml', 'rbac.yaml']) {
    await plane.kubectl('apply', '--server-side', '-f', join(deploy, file))
  }
}

async function furnish(plane: ControlPlane, whose: 'haldane' | 'argo'): Promise<RigOfTwo> {
  const logs = join(plane.folder, 'haldane')
  mkdirSync(logs, { recursive: true })
  const children = new Children(logs)
  const [port = 0] = await freePorts(1)
  const mesh = await children.start(
    haldane('mesh', [
      'sandbox',
      '--kubeconfig',
      plane.kubeconfig,
      '--port',
      String(port),
      '--rps',
      '400',
    ]),
  )
  await until('the mesh', () => answers(`http://127.0.0.1:${port}/sd`), {
    seconds: 30,
    child: mesh,
  })
  const prometheus = await startPrometheus({
    scrapeInterval: '1s',
    httpSdUrl: `http://127.0.0.1:${port}/sd`,
    dataDir: join(plane.folder, 'prometheus'),
  })
  const kubeconfig = await plane.serviceAccountKubeconfig('haldane-system', 'haldane')
  const ours = controllerOf(children, ourController(kubeconfig, prometheus))
  const argos = controllerOf(children, await argosController(plane))
  const [controller, peer] = whose === 'argo' ? [argos, ours] : [ours, argos]
  await controller.start()
  return {
    plane,
    prometheus,
    controller,
    peer,
    ...hands(plane),
    stop: async () => {
      await children.stop()
      await prometheus.stop()
      await plane.stop()
    },
  }
}

/** How a person works on the cluster. */
export function hands(plane: ControlPlane): Pick<Rig, 'argo' | 'get'> {
  return {
    argo: (...args) => run(plane.argoRollouts, ['--kubeconfig', plane.kubeconfig, ...args]),
    get: async (kind, name, namespace) =>
      parseJson(await plane.kubectl('get', kind, name, '-n', namespace, '-o', 'json')),
  }
}

/** kwok would only pretend to run the Deployment that `deploy/` brings; ours is a process of the test. */
export async function scaleShippedControllerAway(plane: ControlPlane): Promise<void> {
  await plane.kubectl('scale', 'deployment', 'haldane', '-n', 'haldane-system', '--replicas=0')
}

export function controllerOf(children: Children, program: Program): Controller {
  let child: Child | undefined
  const start = async (): Promise<void> => {
    child = await children.start(program)
    await sleep(300)
  }
  const kill = async (): Promise<void> => {
    child?.kill()
    while (child?.isRunning() === true) await sleep(20)
  }
  return { start, kill, log: () => child?.logTail() ?? '' }
}

export function ourController(
  kubeconfig: string,
  prometheus: Prometheus,
  more: readonly string[] = [],
): Program {
  const judge = ['--judge-interval', '2s', '--judge-warmup', '4s', '--judge-soak', '20s']
  const addresses = ['--prometheus', prometheus.url, '--grafana', 'http://grafana.example.com']
  const args = ['controller', '--kubeconfig', kubeconfig, ...addresses, ...judge, ...more]
  return haldane('controller', args)
}

/** The peer that we compare with, built from its own module. */
export async function argosController(
  { kubeconfig }: ControlPlane,
  more: readonly string[] = [],
): Promise<Program> {
  const [metrics, health] = await freePorts(2)
  const ports = ['--metricsPort', String(metrics), '--healthzPort', String(health)]
  const args = [
    '--kubeconfig',
    kubeconfig,
    '--leader-elect=false',
    '--istio-api-version',
    'v1',
    ...ports,
    ...more,
  ]
  return { name: 'argo', path: toolPath('rollouts-controller'), args }
}

export function haldane(name: string, args: readonly string[]): Program {
  return { name, path: process.execPath, args: [main, ...args] }
}

async function answers(url: string): Promise<true | undefined> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) })
  return answer.ok ? true : undefined
}

/** Looks until `look` gives something; the error says what was last seen. */
export async function eventually<T>(
  what: string,
  seconds: number,
  look: () => Promise<T | undefined>,
  seen: () => Promise<string>,
): Promise<T> {
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    const found = await look().catch(() => undefined)
    if (found !== undefined) return found
    await sleep(100)
  }
  throw new Error(
    `${what} did not come within ${seconds} s; last seen: ${await seen().catch(String)}`,
  )
}

/** `phase message` of a Rollout. */
export function phaseOf(rollout: Json): string {
  return [textAt(rollout, 'status', 'phase'), textAt(rollout, 'status', 'message')]
    .filter(Boolean)
    .join(' ')
}
