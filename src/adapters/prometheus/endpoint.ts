/** Where a metrics store is and how it knows us. */
import { PortError } from '../../ports.ts'

export type MetricsAddress = {
  /** Scheme, host, port and perhaps a path: `https://mimir.example/prometheus`. */
  readonly address: string
  readonly headers?: Readonly<Record<string, string>>
  readonly basicAuth?: { readonly username: string; readonly password: string }
  readonly bearerToken?: string
}

export type Endpoint = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** For messages: without credentials. */
  readonly shown: string
}

/** Credentials within the address are used, and shown to nobody. Throws PortError `invalid`. */
export function endpointOf(given: MetricsAddress): Endpoint {
  const url = urlOf(given.address)
  const authorization = authorizationOf(given, url)
  url.username = ''
  url.password = ''
  const shown = url.href.replace(/\/+$/, '')
  const known = authorization === undefined ? {} : { authorization }
  return { url: shown, shown, headers: checked({ ...given.headers, ...known }) }
}

function urlOf(address: string): URL {
  const url = URL.parse(address)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw invalid('must begin with http:// or https:// and name a host')
  if (url.search !== '' || url.hash !== '') throw invalid('must end with the path, without ? and #')
  if (/\/api\/v1\/?$/.test(url.pathname)) throw invalid('leave out /api/v1, it is added')
  return url
}

function authorizationOf(given: MetricsAddress, url: URL): string | undefined {
  const within =
    url.username === ''
      ? undefined
      : {
          username: decodeURIComponent(url.username),
          password: decodeURIComponent(url.password),
        }
  const basic = given.basicAuth ?? within
  if (basic !== undefined && given.bearerToken !== undefined)
    throw invalid('give either a user name with password or a bearer token, not both')
  if (given.bearerToken !== undefined) return `Bearer ${given.bearerToken.trim()}`
  if (basic === undefined) return undefined
  return `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`
}

/** A line feed in a token would make each request fail. The value is not shown. */
function checked(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    void new Headers(headers)
  } catch {
    throw invalid(`one of its headers cannot be sent: ${Object.keys(headers).join(', ')}`)
  }
  return headers
}

function invalid(message: string): PortError {
  return new PortError('invalid', `Prometheus address: ${message}`)
}
