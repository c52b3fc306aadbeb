/** Whether the two Services of a Rollout can carry the same traffic, and whether it will be seen. */
import { at, type Json, listAt, numberAt, objectAt, textAt, textEntries } from '../json.ts'
import { type KubeObject, refOf } from '../object.ts'
import { hashLabel } from '../rollout/keys.ts'
import { about, type Finding } from './finding.ts'
import { podLabels } from './named.ts'

/** `stable` and `canary` as far as they are known. */
export function serviceFindings(
  rollout: KubeObject,
  stable: KubeObject | undefined,
  canary: KubeObject | undefined,
): readonly Finding[] {
  const both = [stable, canary].filter((service) => service !== undefined)
  return [
    ...both.flatMap((service) => [
      ...selectorFindings(service, podLabels(rollout)),
      ...kindFindings(service),
      ...protocolFindings(service),
    ]),
    ...(stable === undefined || canary === undefined ? [] : portFindings(stable, canary)),
  ]
}

function selectorFindings(
  service: KubeObject,
  labels: Readonly<Record<string, string>>,
): readonly Finding[] {
  if (Object.keys(labels).length === 0) return []
  const missed = Object.entries(textEntries(at(service.json, 'spec', 'selector'))).filter(
    ([name, value]) => name !== hashLabel && labels[name] !== value,
  )
  return missed.map(([name, value]) =>
    about(refOf(service)).problem(
      'spec.selector',
      `asks for ${name}=${value}, which the Rollout's pods do not have: it would find none of them`,
    ),
  )
}

function kindFindings(service: KubeObject): readonly Finding[] {
  const type = textAt(service.json, 'spec', 'type')
  if (type !== 'ExternalName') return []
  return [
    about(refOf(service)).problem(
      'spec.type',
      'is ExternalName: it leads out of the cluster and selects no pods; use ClusterIP',
    ),
  ]
}

/** A port that is said to be TCP makes no request metrics. */
function protocolFindings(service: KubeObject): readonly Finding[] {
  return portsOf(service).flatMap((port, index) => {
    const said = textAt(port, 'appProtocol') ?? textAt(port, 'name')?.split('-')[0]
    if (said === undefined || !opaque.has(said.toLowerCase())) return []
    return [
      about(refOf(service)).warning(
        `spec.ports[${index}]`,
        `is said to carry ${said}: Istio counts connections there, no requests, so the judge has nothing to judge; name the port http-… or grpc-…, or set appProtocol, if that is what it carries`,
      ),
    ]
  })
}

const opaque: ReadonlySet<string> = new Set([
  'tcp',
  'tls',
  'https',
  'mysql',
  'mongo',
  'redis',
  'udp',
])

function portFindings(stable: KubeObject, canary: KubeObject): readonly Finding[] {
  const known = portsOf(canary).map((port) => numberAt(port, 'port'))
  return portsOf(stable)
    .map((port) => numberAt(port, 'port'))
    .filter((port) => port !== undefined && !known.includes(port))
    .map((port) =>
      about(refOf(canary)).problem(
        'spec.ports',
        `has no port ${port}, which Service ${stable.metadata.name} has: requests there would fail on the canary`,
      ),
    )
}

function portsOf({ json }: KubeObject): readonly Json[] {
  return listAt(objectAt(json, 'spec'), 'ports')
}
