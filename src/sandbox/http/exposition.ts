/** Series as Prometheus' text format 0.0.4, which is what Istio's proxies write. */
import { type Counted, durations, type Labels, requestsTotal } from '../mesh/counters.ts'
import { residentMemory } from '../mesh/memory.ts'
import { proxyBuild } from '../mesh/proxy-build.ts'

export const contentType = 'text/plain; version=0.0.4; charset=utf-8'

/** Series of one metric must stand together, as the mesh gives them. */
export function exposition(series: readonly Counted[]): string {
  const [requests, times, gauges] = [
    series.filter(({ name }) => name === requestsTotal),
    series.filter((each) => each.name !== requestsTotal && !isGauge(each)),
    series.filter(isGauge),
  ]
  const lines = [
    ...family(`# TYPE ${requestsTotal} counter`, requests),
    ...family(`# TYPE ${durations} histogram`, times),
    ...gauges.flatMap((gauge) => family(`# TYPE ${gauge.name} gauge`, [gauge])),
  ]
  return lines.map((text) => `${text}\n`).join('')
}

function isGauge({ name }: Counted): boolean {
  return name === residentMemory || name === proxyBuild
}

function family(type: string, series: readonly Counted[]): readonly string[] {
  return series.length === 0 ? [] : [type, ...series.map(line)]
}

function line({ name, labels, value }: Counted): string {
  return `${name}{${labelText(labels)}} ${value}`
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}="${escaped(value)}"`)
    .join(',')
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
