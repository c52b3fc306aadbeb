/** Access by what stands in files: the pod's own ServiceAccount, or a kubeconfig with a token or a certificate in it. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isIPv6 } from 'node:net'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import type * as yamlParser from 'yaml'
import { booleanAt, isObject, type Json, type JsonObject, listAt, textAt } from '../../core/json.ts'
import type { Access, Credentials, Where } from './access.ts'

/** As long as client-go takes a token from a file to be the newest. */
const fresh = 60_000

const account = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Undefined where this is not enough or something is wrong: the library knows more, and says what it is. */
export function plainAccess({ kubeconfig, context }: Where): Access | undefined {
  const file = kubeconfig ?? usualFile()
  if (file === undefined) return podAccess(process.env, account)
  return file === 'several' ? undefined : fileAccess(file, context)
}

function usualFile(): string | undefined {
  const files = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean)
  if (files.length > 0) return files.length === 1 ? files[0] : 'several'
  const usual = join(homedir(), '.kube', 'config')
  return existsSync(usual) ? usual : undefined
}

/** Kubernetes puts the files into every pod that has a ServiceAccount, and renews them there. */
export function podAccess(env: Environment, folder: string): Access | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env
  const file = (name: string): string => join(folder, name)
  if (host === undefined || port === undefined || !existsSync(file('token'))) return undefined
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    namespace: existsSync(file('namespace')) ? textIn(file('namespace')) : undefined,
    credentials: renewed(() => ({
      tls: { ca: readFileSync(file('ca.crt')) },
      headers: bearer(textIn(file('token'))),
    })),
  }
}

type Environment = Readonly<Record<string, string | undefined>>

function fileAccess(path: string, wanted: string | undefined): Access | undefined {
  const config = documentIn(path)
  const context = named(config, 'context', wanted ?? textAt(config, 'current-context'))
  const cluster = plain(named(config, 'cluster', textAt(context, 'cluster')), inCluster)
  const user = plain(named(config, 'user', textAt(context, 'user')), inUser)
  const server = textAt(cluster, 'server') ?? ''
  if (cluster === undefined || user === undefined || !server.startsWith('https:')) return undefined
  return {
    server: server.replace(/\/+$/, ''),
    namespace: textAt(context, 'namespace'),
    credentials: renewed(() => credentialsOf(cluster, user, dirname(path))),
  }
}

/** Undefined where it cannot be read. JSON is YAML, too, and needs no parser of ours. */
function documentIn(path: string): Json | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    return text.trimStart().startsWith('{') ? JSON.parse(text) : yamlOf(text)
  } catch {
    return undefined
  }
}

function yamlOf(text: string): Json {
  const yaml: typeof yamlParser = createRequire(import.meta.url)('yaml')
  return yaml.parse(text)
}

/** The `context` named so in `contexts`. */
function named(
  config: Json | undefined,
  what: 'context' | 'cluster' | 'user',
  name: string | undefined,
): JsonObject | undefined {
  const found = listAt(config, `${what}s`).find((each) => textAt(each, 'name') === name)
  const value = isObject(found) ? found[what] : undefined
  return name !== undefined && isObject(value) ? value : undefined
}

const inCluster: ReadonlySet<string> = new Set([
  'server',
  'certificate-authority',
  'certificate-authority-data',
  'insecure-skip-tls-verify',
  'tls-server-name',
  'extensions',
])

const inUser: ReadonlySet<string> = new Set([
  'token',
  'tokenFile',
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'extensions',
])

/** Undefined when there is more in it than we understand. */
function plain(part: JsonObject | undefined, known: ReadonlySet<string>): JsonObject | undefined {
  return Object.keys(part ?? {}).every((key) => known.has(key)) ? part : undefined
}

/** Files win over what is written in the file, as in client-go. Relative paths begin where the kubeconfig is. */
function credentialsOf(cluster: JsonObject, user: JsonObject, folder: string): Credentials {
  const bytes = (part: JsonObject, key: string): Buffer | undefined => {
    const [path, text] = [textAt(part, key), textAt(part, `${key}-data`)]
    if (path !== undefined) return readFileSync(resolve(folder, path))
    return text === undefined ? undefined : Buffer.from(text, 'base64')
  }
  const tokenFile = textAt(user, 'tokenFile')
  const token = tokenFile === undefined ? textAt(user, 'token') : textIn(resolve(folder, tokenFile))
  return {
    tls: {
      ca: bytes(cluster, 'certificate-authority'),
      cert: bytes(user, 'client-certificate'),
      key: bytes(user, 'client-key'),
      servername: textAt(cluster, 'tls-server-name'),
      ...(booleanAt(cluster, 'insecure-skip-tls-verify') ? { rejectUnauthorized: false } : {}),
    },
    headers: token === undefined ? {} : bearer(token),
  }
}

function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` }
}

function textIn(path: string): string {
  return readFileSync(path, 'utf8').trim()
}

/** Read at most once a minute. While a new file cannot be read, what was read last stands. */
function renewed(read: () => Credentials): () => Promise<Credentials> {
  let known: { readonly credentials: Credentials; readonly at: number } | undefined
  return async () => {
    const now = performance.now()
    if (known !== undefined && now - known.at < fresh) return known.credentials
    try {
      known = { credentials: read(), at: now }
    } catch (error) {
      if (known === undefined) throw error
      known = { ...known, at: now }
    }
    return known.credentials
  }
}
