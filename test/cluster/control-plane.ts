import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Children, freePorts, run, toolPath, until } from './children.ts'
import {
  auditLogOf,
  auditPolicy,
  certificateOf,
  etcd,
  type Ground,
  kubeApiserver,
  kubeControllerManager,
  kubeconfigOf,
  kubeScheduler,
  kwok,
  serverOf,
  usualStages,
} from './control-plane-parts.ts'

export type ControlPlaneOptions = {
  /** How many nodes kwok pretends to have; 2 when left out. */
  readonly nodes?: number
  /** kwok's stages, which say how nodes and pods live; `kwok.yaml` beside this file when left out. */
  readonly stages?: string
  /** Where logs and data go, and stay. Without it a temporary folder that `stop` removes. */
  readonly folder?: string
}

/** A real Kubernetes API with its controllers, on loopback. Pods become Ready, yet nothing runs in them. */
export type ControlPlane = {
  readonly folder: string
  /** `https://127.0.0.1:port` */
  readonly server: string
  /** Path of a kubeconfig that may do everything (system:masters). */
  readonly kubeconfig: string
  /** Path of the audit log: one JSON event a line, without those of the control plane's own parts. */
  readonly auditLog: string
  /** Path of the `kubectl-argo-rollouts` program. */
  readonly argoRollouts: string
  /** As the administrator; gives the output, rejects with what kubectl complains of. */
  readonly kubectl: (...args: readonly string[]) => Promise<string>
  /** `kubectl apply` for YAML or JSON in memory. */
  readonly apply: (manifest: string) => Promise<void>
  /** Path of a kubeconfig with which a program is that ServiceAccount, for a day. It has to exist. */
  readonly serviceAccountKubeconfig: (namespace: string, name: string) => Promise<string>
  /** Ends everything that was started. */
  readonly stop: () => Promise<void>
}

type User = 'admin' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok'

const users: readonly User[] = ['admin', 'kube-controller-manager', 'kube-scheduler', 'kwok']

/** Ready when it resolves: the API answers, the nodes are Ready. Rejects with the log of what failed. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'haldane-cluster-'))
  const [client = 0, peer = 0, api = 0] = await freePorts(3)
  const ground = { folder, ports: { client, peer, api } }
  const children = new Children(join(folder, 'logs'))
  try {
    await startParts(ground, children, options)
  } catch (error) {
    await children.stop()
    throw error
  }
  return controlPlane(ground, async () => {
    await children.stop()
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
  })
}

async function startParts(
  ground: Ground,
  children: Children,
  { nodes = 2, stages = usualStages }: ControlPlaneOptions,
): Promise<void> {
  const admin = writeFiles(ground)
  await children.start(etcd(ground))
  const api = await children.start(kubeApiserver(ground))
  await until('the API server', () => readyz(ground, admin), { seconds: 60, child: api })
  await children.start(kubeControllerManager(ground))
  await children.start(kubeScheduler(ground))
  const nodesOfKwok = await children.start(kwok(ground, stages))
  await kubectl(ground, ['create', '-f', '-'], nodeList(nodes))
  await until('Ready nodes', () => readyNodes(ground, nodes), { seconds: 60, child: nodesOfKwok })
}

/** Keys, tokens, the audit policy and a kubeconfig for each user. Gives the administrator's token. */
function writeFiles(ground: Ground): string {
  for (const name of ['logs', 'pki']) mkdirSync(join(ground.folder, name), { recursive: true })
  const pki = join(ground.folder, 'pki')
  const keys = signingKeys()
  writeFileSync(join(pki, 'sa.pub'), keys.publicKey)
  writeFileSync(join(pki, 'sa.key'), keys.privateKey, { mode: 0o600 })
  writeFileSync(join(pki, 'audit.json'), auditPolicy)
  const tokens = users.map((user) => ({ user, token: randomUUID() }))
  const lines = tokens.map(({ user, token }) => `${token},${user},${user},system:masters\n`)
  writeFileSync(join(pki, 'tokens.csv'), lines.join(''), { mode: 0o600 })
  for (const { user, token } of tokens) writeKubeconfig(ground, user, token)
  return tokens.find(({ user }) => user === 'admin')?.token ?? ''
}

/** The pair that signs the tokens of ServiceAccounts. */
function signingKeys(): { readonly publicKey: string; readonly privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
}

/** JSON is YAML too. The certificate is named, not included: the API server makes it when it starts. */
function writeKubeconfig(ground: Ground, user: string, token: string): string {
  const path = kubeconfigOf(ground, user)
  const cluster = { server: serverOf(ground), 'certificate-authority': certificateOf(ground) }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user, namespace: 'default' } }],
    'current-context': 'test',
  }
  writeFileSync(path, JSON.stringify(config, undefined, 2), { mode: 0o600 })
  return path
}

async function readyz(ground: Ground, token: string): Promise<true | undefined> {
  const asked = get(`${serverOf(ground)}/readyz`, {
    ca: readFileSync(certificateOf(ground)),
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(5000),
  })
  const [answer] = await once(asked, 'response')
  answer.resume()
  if (answer.statusCode !== 200) throw new Error(`/readyz answers ${answer.statusCode}`)
  return true
}

function nodeList(count: number): string {
  const names = Array.from({ length: count }, (_, i) => `node-${i + 1}`)
  const items = names.map((name) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  }))
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
}

async function readyNodes(ground: Ground, wanted: number): Promise<true | undefined> {
  const ready = '{.items[*].status.conditions[?(@.type=="Ready")].status}'
  const states = await kubectl(ground, ['get', 'nodes', '-o', `jsonpath=${ready}`])
  const count = states.split(' ').filter((state) => state === 'True').length
  return count === wanted || undefined
}

function controlPlane(ground: Ground, stop: () => Promise<void>): ControlPlane {
  return {
    folder: ground.folder,
    server: serverOf(ground),
    kubeconfig: kubeconfigOf(ground, 'admin'),
    auditLog: auditLogOf(ground),
    argoRollouts: toolPath('kubectl-argo-rollouts'),
    kubectl: (...args) => kubectl(ground, args),
    apply: async (manifest) => {
      await kubectl(ground, ['apply', '-f', '-'], manifest)
    },
    serviceAccountKubeconfig: (namespace, name) => asServiceAccount(ground, namespace, name),
    stop,
  }
}

/** kubectl asks the TokenRequest API. */
async function asServiceAccount(ground: Ground, namespace: string, name: string): Promise<string> {
  const asked = ['create', 'token', name, `--namespace=${namespace}`, '--duration=24h']
  const token = await kubectl(ground, asked)
  return writeKubeconfig(ground, `${namespace}.${name}`, token.trim())
}

/** Its cache goes into our folder: another control plane on the same port has other kinds. */
async function kubectl(ground: Ground, args: readonly string[], input?: string): Promise<string> {
  const ours = [
    `--kubeconfig=${kubeconfigOf(ground, 'admin')}`,
    `--cache-dir=${join(ground.folder, 'kubectl')}`,
  ]
  return run(toolPath('kubectl'), [...ours, ...args], input)
}
