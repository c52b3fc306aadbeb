/**
 * Where to look on: Grafana or the Prometheus page, pinned to the release's own time and to both sides. The graphs are rates, so their
 * numbers differ a little from the judge's, which come from raw counters.
 */
import type { Queries } from '../judge/queries.ts'
import { durationText, type Instant, instant, milliseconds, timestamp } from '../units.ts'
import type { Link } from './release-report.ts'

export type LinkSettings = {
  readonly grafana?: GrafanaSettings | undefined
  /** Address of the Prometheus page, as people reach it. */
  readonly prometheus?: string | undefined
}

export type GrafanaSettings = {
  /** May have a path below the host. */
  readonly url: string
  /** Uid of the Prometheus data source; without one Grafana takes its default. */
  readonly datasource?: string | undefined
  /** Uid of the dashboard. */
  readonly dashboard?: string | undefined
}

export type LinkTarget = {
  readonly from: Instant
  readonly to: Instant
  readonly namespace: string
  readonly rollout: string
  readonly canaryHash: string
  readonly stableHash: string
  /** What the judge asked; undefined when nobody judged. */
  readonly queries: Queries | undefined
}

/** Empty when neither address is known. Grafana first: Explore needs a right that not everybody has, so the Prometheus page stays. */
export function linksFor(
  { grafana, prometheus }: LinkSettings,
  target: LinkTarget,
): readonly Link[] {
  return [
    ...(grafana === undefined ? [] : grafanaLinks(grafana, target)),
    ...(prometheus === undefined ? [] : [prometheusLink(prometheus, target)]),
  ]
}

/* ---------------------------------------------------------------- Grafana */

export const defaultDashboard = 'haldane-release'

function grafanaLinks(grafana: GrafanaSettings, target: LinkTarget): readonly Link[] {
  return [
    { title: 'Both sides in Grafana', url: dashboardUrl(grafana, target) },
    {
      title: '5xx and requests of both sides in Grafana Explore',
      url: exploreUrl(grafana, target, {
        failures: graphs(target, '$__rate_interval').slice(0, 2),
        requests: graphs(target, '$__rate_interval').slice(2),
      }),
    },
    ...(target.queries === undefined
      ? []
      : [
          {
            title: 'The counters that were judged, in Grafana Explore',
            url: exploreUrl(grafana, target, {
              judged: [{ legend: '', promql: target.queries.requests }],
            }),
          },
        ]),
  ]
}

function dashboardUrl({ url, datasource, dashboard }: GrafanaSettings, target: LinkTarget): string {
  const variables = {
    ...(datasource === undefined ? {} : { datasource }),
    namespace: target.namespace,
    rollout: target.rollout,
    canary: target.canaryHash,
    stable: target.stableHash,
  }
  const query = queryText([
    ['orgId', '1'],
    ['from', String(target.from)],
    ['to', String(target.to)],
    ...Object.entries(variables).map(([name, value]) => [`var-${name}`, value] as const),
  ])
  return `${below(url)}/d/${encodeURIComponent(dashboard ?? defaultDashboard)}?${query}`
}

type Panes = Readonly<Record<string, readonly Graph[]>>

function exploreUrl(grafana: GrafanaSettings, target: LinkTarget, graphsByPane: Panes): string {
  const panes = Object.entries(graphsByPane).map(([id, queries]) => [
    id,
    pane(grafana.datasource, target, queries),
  ])
  const json = encoded(JSON.stringify(Object.fromEntries(panes)))
  return `${below(grafana.url)}/explore?schemaVersion=1&orgId=1&panes=${json}`
}

function pane(
  uid: string | undefined,
  { from, to }: LinkTarget,
  queries: readonly Graph[],
): Readonly<Record<string, unknown>> {
  const datasource = uid === undefined ? { type: 'prometheus' } : { type: 'prometheus', uid }
  return {
    ...(uid === undefined ? {} : { datasource: uid }),
    queries: queries.map(({ legend, promql }, index) => ({
      refId: String.fromCodePoint(65 + index),
      datasource,
      expr: promql,
      range: true,
      instant: false,
      editorMode: 'code',
      ...(legend === '' ? {} : { legendFormat: legend }),
    })),
    range: { from: String(from), to: String(to) },
  }
}

/* ---------------------------------------------------------------- Prometheus */

/** The page tells windows in whole seconds, by their end and their length. */
function prometheusLink(url: string, target: LinkTarget): Link {
  const end = Math.ceil(target.to / 1000) * 1000
  const length = milliseconds(Math.max(1000, end - Math.floor(target.from / 1000) * 1000))
  const endText = timestamp(instant(end)).replace('T', ' ').replace('Z', '')
  const parameters = graphs(target, '1m').flatMap(({ promql }, index) => [
    [`g${index}.expr`, promql] as const,
    [`g${index}.tab`, '0'] as const,
    [`g${index}.range_input`, durationText(length)] as const,
    [`g${index}.end_input`, endText] as const,
  ])
  return {
    title: '5xx and requests of both sides in Prometheus',
    url: `${below(url)}/graph?${queryText(parameters)}`,
  }
}

/* ---------------------------------------------------------------- graphs */

type Graph = { readonly legend: string; readonly promql: string }

/** Share of 5xx of the canary and of the stable side, then requests a second of both. */
function graphs(target: LinkTarget, interval: string): readonly Graph[] {
  const canary = podsOf(target, target.canaryHash)
  const stable = podsOf(target, target.stableHash)
  return [
    { legend: 'canary, share of 5xx', promql: failureRatio(canary, interval) },
    { legend: 'stable, share of 5xx', promql: failureRatio(stable, interval) },
    { legend: 'canary, requests/s', promql: rate(canary, interval) },
    { legend: 'stable, requests/s', promql: rate(stable, interval) },
  ]
}

/** A Rollout's name is a DNS name: only its dots mean something in a pattern. */
function podsOf({ namespace, rollout }: LinkTarget, hash: string): string {
  const name = rollout.replaceAll('.', String.raw`\\.`)
  return `reporter="destination",namespace="${namespace}",pod=~"${name}-${hash}-.+"`
}

function failureRatio(labels: string, interval: string): string {
  const failed = rate(`${labels},response_code=~"5.."`, interval)
  return `(${failed} or vector(0)) / ${rate(labels, interval)}`
}

function rate(labels: string, interval: string): string {
  return `sum(rate(istio_requests_total{${labels}}[${interval}]))`
}

/** Spaces as `%20`: not every reader of a query takes a plus for one. */
function queryText(parameters: readonly (readonly [string, string])[]): string {
  return parameters.map(([name, value]) => `${name}=${encoded(value)}`).join('&')
}

/** Round brackets, too: they would end a link in Markdown. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll('(', '%28').replaceAll(')', '%29')
}

/** The address without its last slashes: a path below the host is kept. */
function below(url: string): string {
  return url.replace(/\/+$/, '')
}
