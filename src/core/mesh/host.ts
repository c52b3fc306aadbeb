/**
 * Whether a destination host as written in a VirtualService of `namespace` names a Service. `reviews`, `reviews.shop`, `reviews.shop.svc` and
 * `reviews.shop.svc.cluster.local` are the same Service when it lives in `shop`; a short name is resolved beside the VirtualService.
 * `reviews.shop.example` is a host of the outside world.
 */
export function sameHost(
  host: string,
  namespace: string,
  service: string,
  serviceNamespace: string,
): boolean {
  return wholeHost(host, namespace) === wholeHost(service, serviceNamespace)
}

/** One name for every way to write a host, seen from `namespace`. */
export function wholeHost(host: string, namespace: string): string {
  const [name, space = namespace, kind = 'svc'] = host.split('.')
  return kind === 'svc' ? `${name}.${space}` : host
}
