import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, toolPath } from './children.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'

let plane: ControlPlane

beforeAll(async () => {
  plane = await startControlPlane()
})

afterAll(async () => {
  await plane.stop()
})

const web = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1' }] },
    },
  },
}

test('a ReplicaSet gets its pods, they become ready, and they go with it', async () => {
  await plane.apply(JSON.stringify(web))
  await plane.kubectl('wait', '--for=jsonpath={.status.readyReplicas}=3', 'replicaset/web')
  expect(await plane.kubectl('get', 'pods', '--no-headers')).toMatch(
    /^(web-\S+ +1\/1 +Running.*\n){3}$/,
  )
  await plane.kubectl('delete', 'replicaset/web', '--cascade=foreground', '--wait')
  expect(await plane.kubectl('get', 'pods', '-o', 'name')).toBe('')
})

test('a ServiceAccount may do what its roles say and no more', async () => {
  await plane.kubectl('create', 'serviceaccount', 'reader')
  await plane.kubectl(
    'create',
    'rolebinding',
    'reader',
    '--clusterrole=view',
    '--serviceaccount=default:reader',
  )
  const kubeconfig = await plane.serviceAccountKubeconfig('default', 'reader')
  const ask = (verb: string): Promise<string> =>
    run(toolPath('kubectl'), [`--kubeconfig=${kubeconfig}`, 'auth', 'can-i', verb, 'pods'])
  expect(await ask('list')).toBe('yes\n')
  await expect(ask('create')).rejects.toThrow('can-i create pods')
})
