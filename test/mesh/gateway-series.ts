/** How Prometheus scrapes the gateway, so that its series have the names and labels that Istio's own filter would give them. */
import type { JsonObject } from '../../src/core/json.ts'
import { statsTarget } from './gateway.ts'

/** `outbound|80|SUBSET|NAME.NAMESPACE.svc.cluster.local` */
const cluster = (label: string, regex: string): JsonObject => ({
  source_labels: ['upstream_cluster'],
  regex,
  target_label: label,
})

/** `WORKLOAD;NAMESPACE;CANONICAL SERVICE;CANONICAL REVISION;CLUSTER`, what istiod tells with every endpoint; `-` when none was picked. */
const workload = (label: string, regex: string): JsonObject => ({
  source_labels: ['upstream_workload'],
  regex,
  target_label: label,
})

const nobody = (label: string, replacement: string): JsonObject => ({
  ...workload(label, '-?'),
  replacement,
})

export const gatewaySeries: JsonObject = {
  job_name: 'gateway',
  metrics_path: '/stats/prometheus',
  params: { usedonly: [''], filter: ['istio'] },
  static_configs: [
    {
      targets: [statsTarget],
      labels: { namespace: 'istio-system', pod: 'istio-ingressgateway-1' },
    },
  ],
  metric_relabel_configs: [
    {
      source_labels: ['__name__'],
      regex: 'envoy_istio_(requests_total|request_duration_milliseconds.*)',
      target_label: '__name__',
      replacement: 'istio_$1',
    },
    { source_labels: ['__name__'], regex: 'istio_.*', action: 'keep' },
    cluster('destination_service', 'outbound\\|\\d+\\|[^|]*\\|(.+)'),
    cluster('destination_service_name', 'outbound\\|\\d+\\|[^|]*\\|([^.]+)\\..*'),
    cluster('destination_service_namespace', 'outbound\\|\\d+\\|[^|]*\\|[^.]+\\.([^.]+)\\..*'),
    // Istio has no such label; users add it with a tagOverride on the cluster's name.
    cluster('destination_subset', 'outbound\\|\\d+\\|([^|]+)\\|.*'),
    nobody('destination_workload', 'unknown'),
    nobody('destination_workload_namespace', 'unknown'),
    nobody('destination_canonical_service', 'unknown'),
    nobody('destination_canonical_revision', 'latest'),
    workload('destination_workload', '([^;]+);.*'),
    workload('destination_workload_namespace', '[^;]+;([^;]+);.*'),
    workload('destination_canonical_service', '[^;]+;[^;]*;([^;]+);.*'),
    {
      ...workload('destination_canonical_revision', '[^;]+;[^;]*;[^;]*;;.*'),
      replacement: 'latest',
    },
    workload('destination_canonical_revision', '[^;]+;[^;]*;[^;]*;([^;]+);.*'),
    { regex: 'upstream_cluster|upstream_workload', action: 'labeldrop' },
  ],
}
