/** What DestinationRules do to the pods of a Rollout. Source: spec/istio-prometheus-grafana §3.6. */
import { at, isObject, textAt } from '../json.ts'
import { sameHost } from '../mesh/host.ts'
import { type KubeObject, refOf } from '../object.ts'
import { about, type Finding } from './finding.ts'
import type { Named } from './named.ts'

export function ruleFindings(
  rule: KubeObject,
  { stable, canary }: Named,
  namespace: string,
): readonly Finding[] {
  const host = textAt(rule.json, 'spec', 'host') ?? ''
  const governs = [stable, canary].some(
    (service) =>
      service !== undefined && sameHost(host, rule.metadata.namespace, service.name, namespace),
  )
  if (!governs || !isObject(at(rule.json, 'spec', 'trafficPolicy', 'outlierDetection'))) return []
  return [
    about(refOf(rule)).note(
      'spec.trafficPolicy.outlierDetection',
      'takes failing pods out of the traffic: a bad canary seems to heal while its pods go missing; what the judge counted before stays counted',
    ),
  ]
}
