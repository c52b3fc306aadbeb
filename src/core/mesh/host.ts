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
  const [name, space, kind = 'svc'] = host.split('.')
  return name === service && (space ?? namespace) === serviceNamespace && kind === 'svc'
}
