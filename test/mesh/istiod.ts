/** The real istiod: it gives the gateway its configuration, and its webhook judges every write to Istio's kinds. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Child, type Children, type Program, toolPath, until } from '../cluster/children.ts'
import type { ControlPlane } from '../cluster/control-plane.ts'
import { istiodAddress } from './network.ts'

const readyPort = 18_081

/** What the gateway asks for its configuration. */
export const discoveryPort = 15_010

/** Ready when it resolves: it answers proxies, and what it finds invalid is refused. */
export async function startIstiod(plane: ControlPlane, children: Children): Promise<Child> {
  await plane.kubectl('apply', '--server-side', '-f', toolPath('istio-crds.yaml'))
  await plane.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s')
  await plane.kubectl('apply', '-f', join(import.meta.dirname, 'istiod.yaml'))
  const istiod = await children.start(program(plane))
  await until('istiod', isReady, { seconds: 60, child: istiod })
  await until('the webhook of istiod', () => refusesInvalid(plane), { seconds: 60, child: istiod })
  return istiod
}

function program({ folder, kubeconfig }: ControlPlane): Program {
  const meshConfig = join(folder, 'mesh.json')
  const networks = join(folder, 'networks.json')
  writeFileSync(meshConfig, JSON.stringify(mesh))
  writeFileSync(networks, '{}')
  const args = [
    'discovery',
    `--kubeconfig=${kubeconfig}`,
    `--meshConfig=${meshConfig}`,
    `--networksConfig=${networks}`,
    `--grpcAddr=127.0.0.1:${discoveryPort}`,
    `--httpAddr=127.0.0.1:${readyPort}`,
    `--httpsAddr=${istiodAddress}:443`,
    '--secureGRPCAddr=',
    '--monitoringAddr=127.0.0.1:15014',
    '--domain=cluster.local',
    '--ctrlz_port=0',
  ]
  return { name: 'istiod', path: toolPath('pilot-discovery'), args, env: environment }
}

const mesh = {
  defaultConfig: { discoveryAddress: `127.0.0.1:${discoveryPort}` },
  defaultProviders: { metrics: [] },
  enableTracing: false,
  accessLogFile: '',
  enablePrometheusMerge: false,
  enableAutoMtls: false,
  rootNamespace: 'istio-system',
  trustDomain: 'cluster.local',
}

const environment = {
  POD_NAME: 'istiod-0',
  POD_NAMESPACE: 'istio-system',
  REVISION: 'default',
  CLUSTER_ID: 'Kubernetes',
  PILOT_CERT_PROVIDER: 'istiod',
  PILOT_SKIP_VALIDATE_TRUST_DOMAIN: 'true',
  // Istio's own filters for it are not in upstream Envoy.
  PILOT_ENABLE_METADATA_EXCHANGE: 'false',
  INJECTION_WEBHOOK_CONFIG_NAME: '',
  VALIDATION_WEBHOOK_CONFIG_NAME: 'istio-validator',
}

async function isReady(): Promise<true | undefined> {
  const answer = await fetch(`http://127.0.0.1:${readyPort}/ready`, {
    signal: AbortSignal.timeout(2000),
  })
  if (!answer.ok) throw new Error(`/ready answers ${answer.status}`)
  return true
}

/** istiod itself puts its certificate in and turns the policy to Fail, once a probe of its own was refused. */
async function refusesInvalid({ kubectl }: ControlPlane): Promise<true | undefined> {
  const policy = await kubectl(
    'get',
    'validatingwebhookconfiguration',
    'istio-validator',
    '-o',
    'jsonpath={.webhooks[0].failurePolicy}',
  )
  return policy === 'Fail' || undefined
}
