import { join } from 'node:path'
import { type Program, toolPath } from './children.ts'

/** What the parts of a control plane share. */
export type Ground = {
  /** Holds keys and policies in `pki`, the API server's data in `etcd`, kubeconfigs at the top. */
  readonly folder: string
  readonly ports: { readonly client: number; readonly peer: number; readonly api: number }
}

export const auditPolicy: string = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [
    {
      level: 'None',
      users: [
        'kube-controller-manager',
        'kube-scheduler',
        'kwok',
        'system:apiserver',
        'system:anonymous',
      ],
    },
    { level: 'Metadata' },
  ],
})

export function serverOf({ ports }: Ground): string {
  return `https://127.0.0.1:${ports.api}`
}

/** The API server's own certificate, signed by itself: what its clients trust. */
export function certificateOf({ folder }: Ground): string {
  return join(folder, 'pki', 'apiserver.crt')
}

export function kubeconfigOf({ folder }: Ground, user: string): string {
  return join(folder, `kubeconfig.${user}.json`)
}

export function auditLogOf({ folder }: Ground): string {
  return join(folder, 'logs', 'audit.log')
}

export function etcd({ folder, ports }: Ground): Program {
  const client = `http://127.0.0.1:${ports.client}`
  const peer = `http://127.0.0.1:${ports.peer}`
  const args = [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ]
  return { name: 'etcd', path: toolPath('etcd'), args }
}

export function kubeApiserver(ground: Ground): Program {
  const pki = join(ground.folder, 'pki')
  const args = [
    `--etcd-servers=http://127.0.0.1:${ground.ports.client}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--secure-port=${ground.ports.api}`,
    `--cert-dir=${pki}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(pki, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(pki, 'sa.key')}`,
    `--token-auth-file=${join(pki, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    // Pods here mount nothing; with it they would wait for their ServiceAccount.
    '--disable-admission-plugins=ServiceAccount',
    '--allow-privileged=true',
    `--audit-policy-file=${join(pki, 'audit.json')}`,
    `--audit-log-path=${auditLogOf(ground)}`,
  ]
  return { name: 'kube-apiserver', path: toolPath('kube-apiserver'), args }
}

export function kubeControllerManager(ground: Ground): Program {
  const args = [
    ...clientOf(ground, 'kube-controller-manager'),
    `--service-account-private-key-file=${join(ground.folder, 'pki', 'sa.key')}`,
    `--root-ca-file=${certificateOf(ground)}`,
  ]
  return { name: 'kube-controller-manager', path: toolPath('kube-controller-manager'), args }
}

export function kubeScheduler(ground: Ground): Program {
  const args = clientOf(ground, 'kube-scheduler')
  return { name: 'kube-scheduler', path: toolPath('kube-scheduler'), args }
}

function clientOf(ground: Ground, user: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfigOf(ground, user)}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ]
}

export const usualStages: string = join(import.meta.dirname, 'kwok.yaml')

export function kwok(ground: Ground, stages: string): Program {
  const args = [
    `--config=${stages}`,
    `--kubeconfig=${kubeconfigOf(ground, 'kwok')}`,
    '--manage-all-nodes=true',
    '--cidr=10.244.0.0/16',
    '--node-ip=10.0.0.1',
    '--v=WARN',
  ]
  return { name: 'kwok', path: toolPath('kwok'), args }
}
