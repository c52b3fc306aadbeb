/** What other metrics than the judge of requests found in a release: scores, and series of any kind. */
import type { Metric, MetricResult } from '../analysis/metric.ts'
import { at } from '../json.ts'
import type { RunFacts } from '../rollout/facts.ts'
import type { Instant } from '../units.ts'
import type { ReportedMetric } from './release-report.ts'

/** Of the revision's runs since its release began, oldest first. */
export function measuredIn(
  runs: readonly RunFacts[],
  hash: string,
  since: Instant,
): readonly ReportedMetric[] {
  return runs
    .filter((each) => each.hash === hash && each.createdAt >= since)
    .toSorted((a, b) => a.createdAt - b.createdAt)
    .flatMap(({ run }) =>
      run.status.metricResults.flatMap((result) => {
        const provider = providerOf(run.metrics.find(({ name }) => name === result.name))
        return provider === undefined ? [] : [reported(run.name, provider, result)]
      }),
    )
}

/** For a release that no judge of requests saw. */
export function measuredSentence(measured: readonly ReportedMetric[]): string {
  const said = measured.map(
    ({ metric, provider, phase, text }) =>
      `${metric} (${provider}) ${phase}${text === undefined ? '' : `: ${text}`}`,
  )
  return said.length === 0
    ? 'nobody judged this release'
    : `no judge of requests saw this release; ${said.join('; ')}`
}

function reported(
  run: string,
  provider: ReportedMetric['provider'],
  { name, phase, message, measurements }: MetricResult,
): ReportedMetric {
  return { run, metric: name, provider, phase, text: message ?? measurements.at(-1)?.message }
}

/** Undefined for the judge of requests, which has a judgement of its own. */
function providerOf(metric: Metric | undefined): ReportedMetric['provider'] | undefined {
  const plugin = (name: string, ...path: readonly string[]): boolean =>
    (at(metric?.json, 'provider', 'plugin', name, ...path) ?? undefined) !== undefined
  if (plugin('haldane/score')) return 'haldane/score'
  return plugin('haldane/judge', 'series') ? 'series' : undefined
}
