import { join } from 'node:path'
import { connect } from '../../src/adapters/kubernetes/connect.ts'
import { clusterContract } from '../contract/cluster.ts'
import { startControlPlane } from './control-plane.ts'

const root = join(import.meta.dirname, '..', '..')

clusterContract('the real API server', async () => {
  const plane = await startControlPlane()
  for (const crds of ['deploy/crds', 'fixtures/istio/crds.yaml'])
    await plane.kubectl('apply', '--server-side', '-f', join(root, crds))
  await plane.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s')
  return { cluster: connect({ kubeconfig: plane.kubeconfig }), stop: plane.stop }
})
