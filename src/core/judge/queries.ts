/**
 * What Prometheus is asked. Raw counters only: `rate` and `increase` extrapolate and lose the first failure of a new series, which is
 * the one that we look for. Sums stay within one proxy, whose counters start again together. One query covers both sides.
 */
import type { FailureRule, JudgeSettings, Reporter } from './settings.ts'
import type { Trial } from './trial.ts'

export type Queries = {
  /** Every outcome, by pod: the evidence. */
  readonly requests: string
  /** The same from the callers' proxies, by the Service they asked for: the share of traffic, and what reached no pod. */
  readonly source: string
  /** How long the requests took that did not fail, by pod and upper bound. */
  readonly buckets: string
  /** Versions of the proxies, by pod: buckets of different ones cannot be compared. */
  readonly proxies: string
  /** Asked only when `requests` answers nothing: tells what is missing. */
  readonly diagnosis: string
}

const durations = 'istio_request_duration_milliseconds'
const endings = 'response_code, grpc_response_status, response_flags'

export function queriesOf(trial: Trial, settings: JudgeSettings): Queries {
  const bySource = sourceQuery(trial, 'source')
  return {
    requests: requestsQuery(trial, settings),
    source: bySource,
    buckets: bucketsQuery(trial, settings),
    proxies: proxiesQuery(trial),
    diagnosis: diagnosisQuery(trial),
  }
}

/** Who reports what is judged. `auto` is the service's own proxies: they see every attempt and know their pod. */
export function judgedReporter(reporter: Reporter): Exclude<Reporter, 'auto'> {
  return reporter === 'auto' ? 'destination' : reporter
}

function requestsQuery(trial: Trial, settings: JudgeSettings): string {
  const reporter = judgedReporter(settings.reporter)
  if (reporter !== 'destination') return sourceQuery(trial, reporter)
  return `sum by (pod, ${endings}) (istio_requests_total{${podSelector(trial)}})`
}

/** Callers' proxies count for both sides alike, whatever their versions. */
export function asksProxies({ latency, reporter }: JudgeSettings): boolean {
  return latency !== false && judgedReporter(reporter) === 'destination'
}

/** Matches what did not fail. Failures are often quick: they would make a broken canary look fast. */
export function servedSelector({ codes, grpc }: FailureRule): string {
  return [
    `response_code!~${quoted(['0', ...codes.map((code) => code.replace('xx', '..'))].join('|'))}`,
    ...(grpc.length === 0 ? [] : [`grpc_response_status!~${quoted(grpc.join('|'))}`]),
  ].join(',')
}

function bucketsQuery(trial: Trial, settings: JudgeSettings): string {
  const reporter = judgedReporter(settings.reporter)
  const served = servedSelector(settings.failures)
  return reporter === 'destination'
    ? latencyQuery('pod', `${podSelector(trial)},${served}`)
    : latencyQuery('pod, destination_service_name', `${serviceSelector(trial, reporter)},${served}`)
}

/** Classic buckets, and the native histograms of pods that have no others. */
export function latencyQuery(by: string, labels: string): string {
  const classic = `sum by (${by}, le) (${durations}_bucket{${labels}})`
  return `${classic} or on (pod) sum by (${by}) (${durations}{${labels}})`
}

function podSelector(trial: Trial): string {
  return `reporter="destination",${podsOf(trial)}`
}

function podsOf(trial: Trial): string {
  const pods = `${pattern(trial.rollout)}-(${pattern(trial.canaryHash)}|${pattern(trial.stableHash)})-[a-z0-9]+`
  return `namespace=${quoted(trial.namespace)},pod=~${quoted(pods)}`
}

function proxiesQuery(trial: Trial): string {
  return `count by (pod, tag) (istio_build{component="proxy",${podsOf(trial)}})`
}

function sourceQuery(trial: Trial, reporter: 'source' | 'waypoint'): string {
  return `sum by (pod, destination_service_name, ${endings}) (istio_requests_total{${serviceSelector(trial, reporter)}})`
}

/** A failure that found no endpoint may carry the namespace `unknown`. */
function serviceSelector(trial: Trial, reporter: 'source' | 'waypoint'): string {
  const services = `${pattern(trial.canaryService)}|${pattern(trial.stableService)}`
  const namespaces = `${pattern(trial.namespace)}|unknown`
  return `reporter="${reporter}",destination_service_name=~${quoted(services)},destination_service_namespace=~${quoted(namespaces)}`
}

function diagnosisQuery(trial: Trial): string {
  return `count by (reporter, pod) (istio_requests_total{destination_workload=${quoted(trial.rollout)},destination_workload_namespace=${quoted(trial.namespace)}})`
}

/** Text as a part of a regular expression (RE2) that matches only itself. */
function pattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}

/** A PromQL string. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`).replaceAll('\n', String.raw`\n`)}"`
}
