/** The ingress gateway: the real Envoy, which takes everything but its first lines from istiod. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Json, listAt, numberAt, objectAt, parseJson, textAt } from '../../src/core/json.ts'
import { type Child, type Children, toolPath, until } from '../cluster/children.ts'
import { discoveryPort } from './istiod.ts'
import { gatewayAddress } from './network.ts'

const adminPort = 15_000

/** Where Prometheus finds its counters. */
export const statsTarget: string = `127.0.0.1:${adminPort}`

export type Gateway = {
  /**
   * What it does with a request for this host: weight by destination, such as `reviews-stable` or `reviews:v1` for a subset, of the
   * route with that name. Undefined while it knows no such route.
   */
  readonly weights: (
    host: string,
    route: string,
  ) => Promise<Readonly<Record<string, number>> | undefined>
  /** The sum of a statistic over all clusters of one namespace, such as `upstream_rq_retry`. */
  readonly total: (namespace: string, statistic: string) => Promise<number>
}

/** Ready when it resolves: it is connected to istiod and has what istiod has for it. */
export async function startGateway(folder: string, children: Children): Promise<Gateway> {
  mkdirSync(folder, { recursive: true })
  const config = join(folder, 'envoy.json')
  writeFileSync(config, JSON.stringify(bootstrap, undefined, 2))
  const envoy: Child = await children.start({
    name: 'envoy',
    path: toolPath('envoy'),
    args: ['-c', config, '--use-dynamic-base-id', '--concurrency', '2', '--log-level', 'error'],
  })
  await until('Envoy', isReady, { seconds: 60, child: envoy })
  return { weights, total }
}

const bootstrap = {
  node: {
    id: `router~${gatewayAddress}~istio-ingressgateway-1.istio-system~istio-system.svc.cluster.local`,
    cluster: 'istio-ingressgateway.istio-system',
    metadata: {
      LABELS: { istio: 'ingressgateway', app: 'istio-ingressgateway' },
      NAMESPACE: 'istio-system',
      NAME: 'istio-ingressgateway-1',
      WORKLOAD_NAME: 'istio-ingressgateway',
      ISTIO_VERSION: '1.31.0',
      INSTANCE_IPS: gatewayAddress,
    },
  },
  admin: { address: { socket_address: { address: '127.0.0.1', port_value: adminPort } } },
  dynamic_resources: {
    ads_config: {
      api_type: 'GRPC',
      transport_api_version: 'V3',
      grpc_services: [{ envoy_grpc: { cluster_name: 'istiod' } }],
    },
    lds_config: { ads: {}, resource_api_version: 'V3' },
    cds_config: { ads: {}, resource_api_version: 'V3' },
  },
  static_resources: {
    clusters: [
      {
        name: 'istiod',
        type: 'STATIC',
        connect_timeout: '1s',
        typed_extension_protocol_options: {
          'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
            '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
            explicit_http_config: { http2_protocol_options: {} },
          },
        },
        load_assignment: {
          cluster_name: 'istiod',
          endpoints: [
            {
              lb_endpoints: [
                {
                  endpoint: {
                    address: {
                      socket_address: { address: '127.0.0.1', port_value: discoveryPort },
                    },
                  },
                },
              ],
            },
          ],
        },
      },
    ],
  },
}

async function isReady(): Promise<true | undefined> {
  const answer = await ask('/ready')
  return answer.trim() === 'LIVE' || undefined
}

async function weights(
  host: string,
  route: string,
): Promise<Readonly<Record<string, number>> | undefined> {
  const dump = parseJson(await ask('/config_dump?resource=dynamic_route_configs'))
  const hosts = listAt(dump, 'configs').flatMap((config) =>
    listAt(config, 'route_config', 'virtual_hosts'),
  )
  const found = hosts
    .filter((each) => listAt(each, 'domains').includes(host))
    .flatMap((each) => listAt(each, 'routes'))
    .find((each) => textAt(each, 'name') === route)
  return found === undefined ? undefined : weightsOf(found)
}

/** A single destination has no weight of its own. */
function weightsOf(route: Json): Readonly<Record<string, number>> {
  const action = objectAt(route, 'route')
  const clusters = listAt(action, 'weighted_clusters', 'clusters')
  if (clusters.length === 0) return { [destinationOf(textAt(action, 'cluster') ?? '')]: 100 }
  return Object.fromEntries(
    clusters.map((each) => [
      destinationOf(textAt(each, 'name') ?? ''),
      numberAt(each, 'weight') ?? 0,
    ]),
  )
}

/** `outbound|80|v1|reviews.shop.svc.cluster.local` is `reviews:v1`. */
function destinationOf(cluster: string): string {
  const [, , subset = '', host = ''] = cluster.split('|')
  const [service = ''] = host.split('.')
  return subset === '' ? service : `${service}:${subset}`
}

async function total(namespace: string, statistic: string): Promise<number> {
  const filter = encodeURIComponent(`^cluster\\.outbound.*\\.${namespace}\\..*${statistic}$`)
  const page = parseJson(await ask(`/stats?format=json&filter=${filter}`))
  return listAt(page, 'stats').reduce<number>(
    (sum, each) => sum + (numberAt(each, 'value') ?? 0),
    0,
  )
}

async function ask(path: string): Promise<string> {
  const answer = await fetch(`http://${statsTarget}${path}`, { signal: AbortSignal.timeout(5000) })
  if (!answer.ok) throw new Error(`Envoy answers ${answer.status} to ${path}`)
  return answer.text()
}
