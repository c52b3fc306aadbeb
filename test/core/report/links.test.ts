import { expect, test } from 'vitest'
import { queriesOf } from '../../../src/core/judge/queries.ts'
import { type LinkTarget, linksFor } from '../../../src/core/report/links.ts'
import { instant } from '../../../src/core/units.ts'
import { at, settings, trial } from './build.ts'

const target: LinkTarget = {
  from: at(0),
  to: at(300),
  namespace: 'shop',
  rollout: 'checkout',
  canaryHash: trial.canaryHash,
  stableHash: trial.stableHash,
  queries: queriesOf(trial, settings),
}

const grafana = { url: 'https://example.com/team/grafana/', datasource: 'prom' }

function urlsOf(...asked: Parameters<typeof linksFor>): readonly URL[] {
  return linksFor(...asked).map(({ url }) => new URL(url))
}

test('nowhere to link to, no links', () => {
  expect(linksFor({}, target)).toEqual([])
})

test('the dashboard is pinned to the window and knows both sides', () => {
  const [dashboard] = urlsOf({ grafana }, target)
  expect(dashboard?.pathname).toBe('/team/grafana/d/haldane-release')
  expect(Object.fromEntries(dashboard?.searchParams ?? [])).toEqual({
    orgId: '1',
    from: '1772366400000',
    to: '1772366700000',
    'var-datasource': 'prom',
    'var-namespace': 'shop',
    'var-rollout': 'checkout',
    'var-canary': '7d4b9c6f58',
    'var-stable': '5f6d8b7c94',
  })
})

test('a dashboard of the user is taken by its uid', () => {
  const [dashboard] = urlsOf({ grafana: { ...grafana, dashboard: 'my/own' } }, target)
  expect(dashboard?.pathname).toBe('/team/grafana/d/my%2Fown')
})

test('Explore shows failures and requests of both sides in the same window', () => {
  const [, explore] = urlsOf({ grafana }, target)
  expect(explore?.pathname).toBe('/team/grafana/explore')
  expect(explore?.searchParams.get('schemaVersion')).toBe('1')
  expect(JSON.parse(explore?.searchParams.get('panes') ?? '')).toMatchInlineSnapshot(`
    {
      "failures": {
        "datasource": "prom",
        "queries": [
          {
            "datasource": {
              "type": "prometheus",
              "uid": "prom",
            },
            "editorMode": "code",
            "expr": "(sum(rate(istio_requests_total{reporter="destination",namespace="shop",pod=~"checkout-7d4b9c6f58-.+",response_code=~"5.."}[$__rate_interval])) or vector(0)) / sum(rate(istio_requests_total{reporter="destination",namespace="shop",pod=~"checkout-7d4b9c6f58-.+"}[$__rate_interval]))",
            "instant": false,
            "legendFormat": "canary, share of 5xx",
            "range": true,
            "refId": "A",
          },
          {
            "datasource": {
              "type": "prometheus",
              "uid": "prom",
            },
            "editorMode": "code",
            "expr": "(sum(rate(istio_requests_total{reporter="destination",namespace="shop",pod=~"checkout-5f6d8b7c94-.+",response_code=~"5.."}[$__rate_interval])) or vector(0)) / sum(rate(istio_requests_total{reporter="destination",namespace="shop",pod=~"checkout-5f6d8b7c94-.+"}[$__rate_interval]))",
            "instant": false,
            "legendFormat": "stable, share of 5xx",
            "range": true,
            "refId": "B",
          },
        ],
        "range": {
          "from": "1772366400000",
          "to": "1772366700000",
        },
      },
      "requests": {
        "datasource": "prom",
        "queries": [
          {
            "datasource": {
              "type": "prometheus",
              "uid": "prom",
            },
            "editorMode": "code",
            "expr": "sum(rate(istio_requests_total{reporter="destination",namespace="shop",pod=~"checkout-7d4b9c6f58-.+"}[$__rate_interval]))",
            "instant": false,
            "legendFormat": "canary, requests/s",
            "range": true,
            "refId": "A",
          },
          {
            "datasource": {
              "type": "prometheus",
              "uid": "prom",
            },
            "editorMode": "code",
            "expr": "sum(rate(istio_requests_total{reporter="destination",namespace="shop",pod=~"checkout-5f6d8b7c94-.+"}[$__rate_interval]))",
            "instant": false,
            "legendFormat": "stable, requests/s",
            "range": true,
            "refId": "B",
          },
        ],
        "range": {
          "from": "1772366400000",
          "to": "1772366700000",
        },
      },
    }
  `)
})

test('Explore opens the counters that were judged', () => {
  const [, , judged] = urlsOf({ grafana }, target)
  expect(judged?.searchParams.get('panes')).toContain('sum by (pod, response_code')
})

test('without a data source Grafana takes its own', () => {
  const [, explore] = urlsOf({ grafana: { url: 'http://grafana' } }, target)
  expect(explore?.searchParams.get('panes')).not.toContain('uid')
})

test('the Prometheus page shows the same graphs, by end and length', () => {
  const [page] = urlsOf({ prometheus: 'http://prometheus:9090/prom/' }, target)
  expect(page?.origin).toBe('http://prometheus:9090')
  expect(page?.pathname).toBe('/prom/graph')
  expect(page?.search).not.toContain('+')
  expect([...(page?.searchParams ?? [])].slice(0, 8)).toMatchInlineSnapshot(`
    [
      [
        "g0.expr",
        "(sum(rate(istio_requests_total{reporter="destination",namespace="shop",pod=~"checkout-7d4b9c6f58-.+",response_code=~"5.."}[1m])) or vector(0)) / sum(rate(istio_requests_total{reporter="destination",namespace="shop",pod=~"checkout-7d4b9c6f58-.+"}[1m]))",
      ],
      [
        "g0.tab",
        "0",
      ],
      [
        "g0.range_input",
        "5m",
      ],
      [
        "g0.end_input",
        "2026-03-01 12:05:00",
      ],
      [
        "g1.expr",
        "(sum(rate(istio_requests_total{reporter="destination",namespace="shop",pod=~"checkout-5f6d8b7c94-.+",response_code=~"5.."}[1m])) or vector(0)) / sum(rate(istio_requests_total{reporter="destination",namespace="shop",pod=~"checkout-5f6d8b7c94-.+"}[1m]))",
      ],
      [
        "g1.tab",
        "0",
      ],
      [
        "g1.range_input",
        "5m",
      ],
      [
        "g1.end_input",
        "2026-03-01 12:05:00",
      ],
    ]
  `)
})

test('the Prometheus window covers a release that began and ended between two seconds', () => {
  const [page] = urlsOf(
    { prometheus: 'http://p' },
    { ...target, from: instant(at(0) + 700), to: instant(at(0) + 1200) },
  )
  expect(page?.searchParams.get('g0.range_input')).toBe('2s')
  expect(page?.searchParams.get('g0.end_input')).toBe('2026-03-01 12:00:02')
})

test('the longest names keep every link below 8 kB', () => {
  const long = { ...trial, namespace: 'n'.repeat(63), rollout: 'r.'.repeat(31) }
  const links = linksFor(
    { grafana, prometheus: 'http://prometheus:9090' },
    {
      ...target,
      namespace: long.namespace,
      rollout: long.rollout,
      queries: queriesOf(long, settings),
    },
  )
  expect(links).toHaveLength(4)
  expect(Math.max(...links.map(({ url }) => url.length))).toBeLessThan(8000)
})

test('dots in a name match only dots', () => {
  const [page] = urlsOf({ prometheus: 'http://p' }, { ...target, rollout: 'a.b' })
  expect(page?.searchParams.get('g2.expr')).toContain(String.raw`pod=~"a\\.b-7d4b9c6f58-.+"`)
})
