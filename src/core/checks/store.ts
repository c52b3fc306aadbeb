/** Whether the metrics store tells what the judge needs to know of a Rollout's pods. Source: spec/istio-prometheus-grafana §7. */
import type { Reading, Series } from '../judge/reading.ts'
import type { KubeObject } from '../object.ts'
import { refOf } from '../object.ts'
import { type Duration, durationText, type Instant, inSeconds, milliseconds } from '../units.ts'
import { type About, about, type Finding } from './finding.ts'
import type { Named } from './named.ts'

export type StoreQueries = {
  /** Which ends report requests for its Services. */
  readonly reporters: string
  /** When each pod was last scraped; asked every second. */
  readonly scrapes: string
  /** Upper bounds of the latency histogram, by pod; none where it is a native one. */
  readonly bounds: string
}

export type StoreAnswers = Readonly<Record<keyof StoreQueries, Reading>>

export function storeQueries({ metadata }: KubeObject, { stable, canary }: Named): StoreQueries {
  const services = [stable, canary].flatMap((service) => service?.name ?? []).join('|')
  const pods = `reporter="destination",namespace="${metadata.namespace}",pod=~"${metadata.name}-[a-z0-9]+-[a-z0-9]+"`
  return {
    reporters: `count by (reporter) (istio_requests_total{destination_service_name=~"${services}"})`,
    scrapes: `max by (pod) (timestamp(istio_requests_total{${pods}}))`,
    bounds: `count by (pod, le) (istio_request_duration_milliseconds_bucket{${pods}}) or on (pod) count by (pod) (istio_request_duration_milliseconds{${pods}})`,
  }
}

/** `pods` are the names of the pods that serve now. */
export function storeFindings(
  rollout: KubeObject,
  answers: StoreAnswers,
  {
    pods,
    now,
    block,
  }: { readonly pods: readonly string[]; readonly now: Instant; readonly block: Duration },
): readonly Finding[] {
  const tell = about(refOf(rollout))
  const silent = Object.values(answers).find(({ kind }) => kind !== 'series')
  if (silent !== undefined && silent.kind !== 'series')
    return [tell.problem('', `Prometheus does not answer as it should: ${silent.why}`)]
  const reporters = seriesOf(answers.reporters).map(({ labels }) => labels['reporter'] ?? '')
  if (reporters.length === 0) return [tell.problem('', nothingSeen)]
  return [
    ...reporterFindings(reporters, tell),
    ...podFindings(seriesOf(answers.scrapes), pods, tell),
    ...scrapeFindings(seriesOf(answers.scrapes), { now, block }, tell),
    ...boundFindings(seriesOf(answers.bounds), tell),
  ]
}

const nothingSeen =
  'no istio_requests_total names its Services: either nobody asked them yet, or this Prometheus does not scrape the proxies; send a request, and look for the series there'

function seriesOf(reading: Reading): readonly Series[] {
  return reading.kind === 'series' ? reading.series : []
}

function reporterFindings(reporters: readonly string[], tell: About): readonly Finding[] {
  const list = reporters.toSorted().join(', ')
  if (reporters.includes('destination'))
    return [tell.fine('', `requests are reported by ${list}; the judge goes by destination`)]
  return [
    tell.problem(
      '',
      `requests are reported by ${list} only, not by the pods' own proxies; judge with reporter: ${reporters[0] ?? 'source'}, or scrape the pods`,
    ),
  ]
}

function podFindings(
  series: readonly Series[],
  pods: readonly string[],
  tell: About,
): readonly Finding[] {
  const seen = new Set(series.map(({ labels }) => labels['pod']))
  if (series.length === 0)
    return [
      tell.problem(
        '',
        'the series carry no label pod that names its pods, so nobody can tell the versions apart; add it when scraping (spec.podTargetLabels, or relabelling of __meta_kubernetes_pod_name)',
      ),
    ]
  const missed = pods.filter((pod) => !seen.has(pod))
  if (missed.length === 0) return [tell.fine('', `all ${pods.length} pods are seen in Prometheus`)]
  return [
    tell.warning(
      '',
      `${missed.length} of ${pods.length} pods have no series (${missed.slice(0, 3).join(', ')}${missed.length > 3 ? ', …' : ''}): they served nothing yet, or are not scraped`,
    ),
  ]
}

/** How often the pods are scraped, and how old the newest sample is. */
function scrapeFindings(
  series: readonly Series[],
  { now, block }: { readonly now: Instant; readonly block: Duration },
  tell: About,
): readonly Finding[] {
  const interval = intervalOf(series)
  const newest = Math.max(...series.flatMap(({ samples }) => samples.map(({ value }) => value)))
  if (!Number.isFinite(newest)) return []
  const age = milliseconds(Math.max(0, Math.round(now - newest * 1000)))
  if (interval === undefined)
    return [
      tell.warning('', `the newest sample is ${durationText(age)} old, and no newer one came`),
    ]
  const every = `the pods are scraped every ${durationText(interval)}`
  if (interval > block)
    return [
      tell.warning(
        '',
        `${every}, but a block of evidence is ${durationText(block)} long: blocks will be empty; make the interval of the metric at least ${durationText(interval)}`,
      ),
    ]
  return [tell.fine('', `${every}; the newest sample is ${inSeconds(age).toFixed(0)} s old`)]
}

/** The usual distance between two samples of one pod, to the second; undefined where no pod has two. */
function intervalOf(series: readonly Series[]): Duration | undefined {
  const gaps = series.flatMap(({ samples }) => {
    const times = [...new Set(samples.map(({ value }) => value))].toSorted((a, b) => a - b)
    return times.slice(1).map((time, index) => time - (times[index] ?? time))
  })
  const sorted = gaps.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  return middle === undefined ? undefined : milliseconds(Math.round(middle) * 1000)
}

/** Bounds are compared one by one: pods that count by other bounds cannot be compared. */
function boundFindings(series: readonly Series[], tell: About): readonly Finding[] {
  const byPod = Map.groupBy(series, ({ labels }) => labels['pod'] ?? '')
  const sets = [...byPod.values()].map((all) =>
    all
      .map(({ labels }) => labels['le'] ?? '')
      .toSorted()
      .join(' '),
  )
  const [first] = sets
  if (first === undefined)
    return [
      tell.warning(
        '',
        'there is no istio_request_duration_milliseconds_bucket of its pods, nor a native histogram: latency is not judged (latency: false says so)',
      ),
    ]
  if (sets.every((each) => each === first))
    return [tell.fine('', `latency is counted by ${countedBy(first)} on every pod`)]
  return [
    tell.warning(
      '',
      'pods count latency by different bounds (annotation sidecar.istio.io/statsHistogramBuckets?): only bounds that both sides have are compared',
    ),
  ]
}

function countedBy(bounds: string): string {
  return bounds === '' ? 'a native histogram' : `${bounds.split(' ').length} bounds`
}
