import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { plainAccess, podAccess } from '../../../src/adapters/kubernetes/plain-access.ts'
import { kubeconfigFile } from './api-server.ts'

const pod = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' }

function account(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'haldane-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

test('a pod is its own ServiceAccount', async () => {
  const folder = account({ token: 'one\n', 'ca.crt': 'CA', namespace: 'shop' })
  const access = podAccess(pod, folder)
  expect(access?.server).toBe('https://10.0.0.1:443')
  expect(access?.namespace).toBe('shop')
  expect(await access?.credentials()).toEqual({
    tls: { ca: Buffer.from('CA') },
    headers: { authorization: 'Bearer one' },
  })
})

test('an IPv6 address stands in brackets', () => {
  const folder = account({ token: 'one', 'ca.crt': 'CA' })
  const env = { ...pod, KUBERNETES_SERVICE_HOST: 'fd00::1' }
  expect(podAccess(env, folder)?.server).toBe('https://[fd00::1]:443')
})

test('outside of a pod, and in one without an account, there is no access', () => {
  expect(podAccess({}, account({ token: 'one' }))).toBeUndefined()
  expect(podAccess(pod, account({}))).toBeUndefined()
})

test('a token that was renewed is used within a minute; while it is away, the one before', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0)
  onTestFinished(() => clock.mockRestore())
  const folder = account({ token: 'one', 'ca.crt': 'CA' })
  const access = podAccess(pod, folder)
  const bearer = async (): Promise<unknown> => (await access?.credentials())?.headers
  expect(await bearer()).toEqual({ authorization: 'Bearer one' })
  writeFileSync(join(folder, 'token'), 'two')
  expect(await bearer()).toEqual({ authorization: 'Bearer one' })
  clock.mockReturnValue(61_000)
  expect(await bearer()).toEqual({ authorization: 'Bearer two' })
  renameSync(join(folder, 'token'), join(folder, 'elsewhere'))
  clock.mockReturnValue(122_000)
  expect(await bearer()).toEqual({ authorization: 'Bearer two' })
})

const certificate = Buffer.from('CERT').toString('base64')

const config = (cluster: string, user: string): string => `
clusters: [{name: c, cluster: {${cluster}}}]
users: [{name: u, user: {${user}}}]
contexts: [{name: main, context: {cluster: c, user: u, namespace: shop}}]
current-context: main
`

test('a kubeconfig with a certificate in it, YAML as kubectl writes it', async () => {
  const user = `client-certificate-data: ${certificate}, client-key-data: ${certificate}`
  const cluster = `server: "https://c.example:6443/", certificate-authority-data: ${certificate}, tls-server-name: n`
  const access = plainAccess({ kubeconfig: kubeconfigFile(config(cluster, user)) })
  expect([access?.server, access?.namespace]).toEqual(['https://c.example:6443', 'shop'])
  const bytes = Buffer.from('CERT')
  expect(await access?.credentials()).toEqual({
    tls: { ca: bytes, cert: bytes, key: bytes, servername: 'n' },
    headers: {},
  })
})

test('a kubeconfig that is JSON, with a token and a server that is not verified', async () => {
  const text = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://c', 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'one' } }],
    contexts: [{ name: 'main', context: { cluster: 'c', user: 'u' } }],
  })
  const access = plainAccess({ kubeconfig: kubeconfigFile(text), context: 'main' })
  expect(await access?.credentials()).toMatchObject({
    tls: { rejectUnauthorized: false },
    headers: { authorization: 'Bearer one' },
  })
})

test.for([
  { it: 'a credential plugin', cluster: 'server: "https://c"', user: 'exec: {command: x}' },
  { it: 'a proxy', cluster: 'server: "https://c", proxy-url: "http://p"', user: 'token: one' },
  { it: 'another identity', cluster: 'server: "https://c"', user: 'token: one, as: other' },
  { it: 'plain HTTP', cluster: 'server: "http://c"', user: 'token: one' },
  { it: 'no server', cluster: '', user: 'token: one' },
  { it: 'broken YAML', cluster: '"', user: 'token: one' },
])('$it is left to the library', ({ cluster, user }) => {
  expect(plainAccess({ kubeconfig: kubeconfigFile(config(cluster, user)) })).toBeUndefined()
})
