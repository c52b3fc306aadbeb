/**
 * The product on a real mesh: a real control plane whose pods answer requests, the real istiod, the real Envoy as ingress gateway, and a
 * real Prometheus that scrapes both. Ours is the only controller, unless the test asks for Argo's beside it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parseAllDocuments } from 'yaml'
import { connect } from '../../src/adapters/kubernetes/connect.ts'
import { booleanAt, parseJson, textAt } from '../../src/core/json.ts'
import type { Kind } from '../../src/core/object.ts'
import { Children, type Program, until } from '../cluster/children.ts'
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts'
import { usualStages } from '../cluster/control-plane-parts.ts'
import { startPrometheus } from '../cluster/prometheus.ts'
import {
  argosController,
  controllerOf,
  deploy,
  eventually,
  hands,
  ourController,
  type Rig,
  scaleShippedControllerAway,
} from '../cluster/rig.ts'
import { type Client, type Requests, startClient } from './client.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { gatewaySeries } from './gateway-series.ts'
import { startIstiod } from './istiod.ts'
import { requireOwnNetwork } from './network.ts'

export type MeshRig = Rig & {
  readonly gateway: Gateway
  /** Waits until the gateway does with a route of this host what is asked for; `primary` when left out, undefined for no such route. */
  readonly carries: (
    host: string,
    weights: Readonly<Record<string, number>> | undefined,
    route?: string,
  ) => Promise<void>
  /** Requests to a host through the gateway. */
  readonly client: (requests: Requests) => Promise<Client>
}

export type MeshRigOptions = {
  /** Namespaces that are left to Argo's controllers; ours then serve theirs alone, one each. */
  readonly beside?: { readonly argos: readonly string[]; readonly ours: readonly string[] }
}

/** Everything up: less than half a minute once the tools are built. */
export async function startMeshRig(options: MeshRigOptions = {}): Promise<MeshRig> {
  await requireOwnNetwork()
  const folder = mkdtempSync(join(tmpdir(), 'haldane-mesh-'))
  const plane = await startControlPlane({ folder, stages: stagesWithoutStarts(folder) })
  const children = new Children(join(folder, 'logs'))
  const stop = async (): Promise<void> => {
    await children.stop()
    await plane.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    return await furnish(plane, { children, stop }, options)
  } catch (error) {
    await stop()
    throw error
  }
}

type Means = { readonly children: Children; readonly stop: () => Promise<void> }

async function furnish(
  plane: ControlPlane,
  { children, stop }: Means,
  { beside }: MeshRigOptions,
): Promise<MeshRig> {
  await plane.kubectl('apply', '--server-side', '-k', deploy)
  await scaleShippedControllerAway(plane)
  await startIstiod(plane, children)
  await startPods(plane, children)
  const gateway = await startGateway(join(plane.folder, 'envoy'), children)
  const prometheus = await startPrometheus({
    scrapeInterval: '1s',
    httpSdUrl: discovery,
    jobs: [gatewaySeries],
    dataDir: join(plane.folder, 'prometheus'),
  })
  const kubeconfig = await plane.serviceAccountKubeconfig('haldane-system', 'haldane')
  const served = beside?.ours.map((namespace) => ['--namespace', namespace]) ?? [[]]
  const controllers = served.map((more, n) =>
    controllerOf(children, named(`controller-${n}`, ourController(kubeconfig, prometheus, more))),
  )
  for (const each of controllers) await each.start()
  const [controller] = controllers
  if (controller === undefined) throw new Error('none of the namespaces is left to our controller')
  for (const namespace of beside?.argos ?? []) {
    const argos = await argosController(plane, ['--namespaced', '--namespace', namespace])
    await controllerOf(children, named(`argo-${namespace}`, argos)).start()
  }
  return {
    plane,
    prometheus,
    controller,
    gateway,
    ...hands(plane),
    get: readerOf(plane),
    carries: (host, weights, route = 'primary') => carries(gateway, { host, route }, weights),
    client: (requests) => startClient(plane.folder, requests),
    stop: async () => {
      await prometheus.stop()
      await stop()
    },
  }
}

/** A log of its own. */
function named(name: string, program: Program): Program {
  return { ...program, name }
}

async function carries(
  gateway: Gateway,
  { host, route }: { readonly host: string; readonly route: string },
  wanted: Readonly<Record<string, number>> | undefined,
): Promise<void> {
  const look = (): ReturnType<Gateway['weights']> => gateway.weights(host, route)
  await eventually(
    `${JSON.stringify(wanted)} on the route ${route} of ${host} at the gateway`,
    20,
    async () => isDeepStrictEqual(await look(), wanted) || undefined,
    async () => JSON.stringify(await look()),
  )
}

/** Without a program for every look: stories look often, and the machine has requests to answer. */
function readerOf({ kubeconfig }: ControlPlane): Rig['get'] {
  const cluster = connect({ kubeconfig })
  return async (name, object, namespace) => {
    const kind = kinds.find((each) => each.toLowerCase() === name)
    if (kind === undefined) throw new Error(`the mesh rig does not read a ${name}`)
    const found = await cluster.read({ kind, namespace, name: object })
    if (found === undefined) throw new Error(`there is no ${name} ${namespace}/${object}`)
    return found.json
  }
}

const kinds: readonly Kind[] = [
  'Rollout',
  'Service',
  'VirtualService',
  'DestinationRule',
  'AnalysisRun',
]

/** kwok keeps the nodes and takes pods away; starting them is the matter of `pods/`, which has something that runs. */
function stagesWithoutStarts(folder: string): string {
  const stages = parseAllDocuments(readFileSync(usualStages, 'utf8')).filter((document) => {
    const stage = parseJson(JSON.stringify(document))
    const isOfPods = textAt(stage, 'spec', 'resourceRef', 'kind') === 'Pod'
    return !isOfPods || booleanAt(stage, 'spec', 'next', 'delete')
  })
  const path = join(folder, 'stages.yaml')
  writeFileSync(path, stages.map((stage) => stage.toString({ directives: true })).join('---\n'))
  return path
}

const podPorts = { app: 8080, scrape: 15_020, discovery: 15_999 }
const discovery = `http://127.0.0.1:${podPorts.discovery}/sd`

async function startPods({ kubeconfig }: ControlPlane, children: Children): Promise<void> {
  const main = join(import.meta.dirname, 'pods', 'main.ts')
  const { app, scrape, discovery: list } = podPorts
  const child = await children.start({
    name: 'pods',
    path: process.execPath,
    args: [main, kubeconfig, String(app), String(scrape), String(list)],
  })
  await until('the pods', podsAreListed, { seconds: 30, child })
}

async function podsAreListed(): Promise<true | undefined> {
  return (await fetch(discovery)).ok || undefined
}
