import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parser } from '@prometheus-io/lezer-promql'
import { expect, test } from 'vitest'
import { listAt, parseJson, textAt } from '../src/core/json.ts'
import { defaultDashboard, linksFor } from '../src/core/report/links.ts'
import { instant } from '../src/core/units.ts'

const file = join(import.meta.dirname, '..', 'deploy', 'grafana', 'haldane-release.json')
const dashboard = parseJson(readFileSync(file, 'utf8'))

test('the dashboard that links lead to is the one that is shipped, with every variable that a link fills in', () => {
  const links = linksFor(
    { grafana: { url: 'https://grafana.example.com', datasource: 'prom' } },
    {
      from: instant(0),
      to: instant(1),
      namespace: 'shop',
      rollout: 'web',
      canaryHash: 'a',
      stableHash: 'b',
      queries: undefined,
    },
  )
  const url = new URL(links[0]?.url ?? '')
  const filled = [...url.searchParams.keys()]
    .filter((key) => key.startsWith('var-'))
    .map((key) => key.slice(4))
  expect(url.pathname).toBe(`/d/${textAt(dashboard, 'uid')}`)
  expect(textAt(dashboard, 'uid')).toBe(defaultDashboard)
  expect(
    listAt(dashboard, 'templating', 'list').map((variable) => textAt(variable, 'name')),
  ).toEqual(filled)
})

test('every panel shows the judged pods or what callers saw, on the chosen data source', () => {
  const targets = listAt(dashboard, 'panels').flatMap((panel) => listAt(panel, 'targets'))
  expect(targets.length).toBeGreaterThan(8)
  for (const target of targets) {
    expect(textAt(target, 'datasource', 'uid')).toBe('${datasource}')
    expect(textAt(target, 'expr')).toMatch(
      /namespace="\$namespace",pod=~"\$rollout-\$(canary|stable)-\.\+"|reporter="source"/,
    )
  }
})

test('every query is PromQL', () => {
  const queries = listAt(dashboard, 'panels').flatMap((panel) =>
    listAt(panel, 'targets').map((target) => textAt(target, 'expr') ?? ''),
  )
  const broken = queries.filter((query) => hasError(query.replaceAll('$__rate_interval', '1m')))
  expect(broken).toEqual([])
  expect(hasError('sum(rate(')).toBe(true)
})

function hasError(query: string): boolean {
  let found = false
  parser.parse(query).iterate({
    enter: ({ type }) => {
      found ||= type.isError
    },
  })
  return found
}
