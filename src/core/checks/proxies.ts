/** Whether the pods of a Rollout have proxies, and the same ones: another version rounds latencies another way. Source: spec/istio-prometheus-grafana §1.9. */
import { type Json, listAt, textAt } from '../json.ts'
import { type KubeObject, refOf } from '../object.ts'
import { about, type Finding } from './finding.ts'

const proxyName = 'istio-proxy'

export function proxyFindings(
  rollout: KubeObject,
  pods: readonly KubeObject[],
): readonly Finding[] {
  const tell = about(refOf(rollout))
  const images = pods.map(proxyImage)
  const bare = images.filter((image) => image === undefined).length
  const versions = [...new Set(images.filter((image) => image !== undefined))].toSorted()
  return [
    ...(bare === 0
      ? []
      : [
          tell.warning(
            '',
            `${bare} of ${pods.length} pods have no container ${proxyName}: if no waypoint stands before them, nobody counts their requests; label the namespace for injection and restart them`,
          ),
        ]),
    ...(versions.length < 2
      ? []
      : [
          tell.warning(
            '',
            `its pods run proxies of different versions (${versions.join(', ')}): latencies are rounded differently, so restart the old ones before judging latency`,
          ),
        ]),
  ]
}

/** A sidecar is a container, or an init container that keeps running. */
function proxyImage({ json }: KubeObject): string | undefined {
  const all: readonly Json[] = [
    ...listAt(json, 'spec', 'containers'),
    ...listAt(json, 'spec', 'initContainers'),
  ]
  const proxy = all.find((container) => textAt(container, 'name') === proxyName)
  return proxy === undefined ? undefined : (textAt(proxy, 'image') ?? '')
}
