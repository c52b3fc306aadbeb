/**
 * Any two sides, each found by a label selector. The judge tells sides by the names of pods, so each pod gets a name that says on which side it was
 * found; all else is as for a Rollout.
 */
import { latencyQuery, servedSelector } from '../../core/judge/queries.ts'
import type { Reading, Series } from '../../core/judge/reading.ts'
import { troubleSentence } from '../../core/judge/sentence.ts'
import type { JudgeSettings } from '../../core/judge/settings.ts'
import type { Trial } from '../../core/judge/trial.ts'
import type { Side, TroubleReason } from '../../core/judge/verdict.ts'
import type { ReportedQuery } from '../../core/report/release-report.ts'
import type { Instant } from '../../core/units.ts'
import type { Metrics, Window } from '../../ports.ts'
import type { SelectedSides } from './judge-options.ts'
import type { Witness } from './judge-witness.ts'

const found: Omit<Trial, 'since'> = {
  namespace: '',
  rollout: 'selected',
  canaryHash: 'canary',
  stableHash: 'stable',
  canaryService: '',
  stableService: '',
}

export function selectorWitness(
  sides: SelectedSides,
  since: Instant,
  settings: JudgeSettings,
  metrics: Metrics,
): Witness {
  const requests = bothSides(sides, requestsQuery)
  const buckets = bothSides(sides, (labels) => bucketsQuery(labels, settings))
  const proxies = bothSides(sides, proxiesQuery)
  return {
    name: sides.canary,
    trial: { ...found, since },
    queries: [
      ...reported('requests', 'Every outcome of', requests),
      ...reported('buckets', 'How long what did not fail took on', buckets),
      ...reported('proxies', 'Versions of the proxies of', proxies),
    ],
    requests: (window) => ask(metrics, requests, window),
    buckets: (window) => ask(metrics, buckets, window),
    proxies: (window) => ask(metrics, proxies, window),
    source: notAsked,
    diagnosis: undefined,
    missing: (because) => missing(because, sides),
  }
}

/* ---------------------------------------------------------------- queries */

type Queries = Readonly<Record<Side, string>>

function bothSides(sides: SelectedSides, query: (labels: string) => string): Queries {
  return { canary: query(labelsIn(sides.canary)), stable: query(labelsIn(sides.stable)) }
}

function requestsQuery(labels: string): string {
  return `sum by (pod, response_code, grpc_response_status, response_flags) (istio_requests_total{${labels}})`
}

function bucketsQuery(labels: string, { failures }: JudgeSettings): string {
  return latencyQuery('pod', `${labels},${servedSelector(failures)}`)
}

/** The selector is one of requests, whose labels the version does not have: it tells the pods. */
function proxiesQuery(labels: string): string {
  return `count by (pod, tag) (istio_build{component="proxy"} and on (namespace, pod) istio_requests_total{${labels}})`
}

/** Of the service's own proxies, unless the selector says whom to ask: each request is reported by both ends. */
function labelsIn(selector: string): string {
  const labels = selector.slice(1, -1).trim().replace(/,$/, '')
  const reporter = /\breporter\s*[=!]/.test(labels) ? '' : 'reporter="destination"'
  return [labels, reporter].filter(Boolean).join(',')
}

function reported(
  name: ReportedQuery['name'],
  what: string,
  { canary, stable }: Queries,
): readonly ReportedQuery[] {
  return [
    { name, title: `${what} the canary side, by pod`, promql: canary },
    { name, title: `${what} the stable side, by pod`, promql: stable },
  ]
}

/* ---------------------------------------------------------------- answers */

async function ask(
  metrics: Metrics,
  { canary, stable }: Queries,
  window: Window,
): Promise<Reading> {
  const [ofCanary, ofStable] = await Promise.all([
    metrics.range(canary, window),
    metrics.range(stable, window),
  ])
  return together(ofCanary, ofStable)
}

/** Nobody knows which callers to ask: none is. */
async function notAsked(): Promise<Reading> {
  return { kind: 'series', series: [] }
}

/** One side alone is no answer. */
function together(canary: Reading, stable: Reading): Reading {
  if (canary.kind !== 'series') return canary
  if (stable.kind !== 'series') return stable
  return { kind: 'series', series: [...named('canary', canary), ...named('stable', stable)] }
}

function named(side: Side, { series }: { readonly series: readonly Series[] }): readonly Series[] {
  return series.map(({ labels, ...samples }) => ({
    labels: { ...labels, pod: nameOf(side, labels['pod'] ?? '') },
    ...samples,
  }))
}

/** `selected-canary-x72657669657773`: letters that a pod's suffix may have, and no two pods alike. */
function nameOf(side: Side, pod: string): string {
  return `${found.rollout}-${side}-x${Buffer.from(pod).toString('hex')}`
}

function missing(because: TroubleReason, sides: SelectedSides): string {
  if (because.code === 'NoPodsSeen')
    return `no istio_requests_total matches ${sides.canary} or ${sides.stable}; are the labels right, and the time?`
  if (because.code === 'SideMissing')
    return `no istio_requests_total matches the ${because.side} side, ${sides[because.side]}; are the labels right, and the time?`
  return troubleSentence(because)
}
