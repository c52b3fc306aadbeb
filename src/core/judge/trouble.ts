/** Why there is nothing to judge, in terms of what the operator can put right. */
import type { Reading, Series } from './reading.ts'
import type { Reporter } from './settings.ts'
import type { TroubleReason } from './verdict.ts'

/** Undefined when the store answered fully. */
export function troubleIn(reading: Reading): TroubleReason | undefined {
  switch (reading.kind) {
    case 'failed':
      return { code: 'NoAnswer', why: reading.why }
    case 'incomplete':
      return { code: 'IncompleteAnswer', why: reading.why }
    case 'series':
      return undefined
  }
}

/** For who asked for numbers: an answer of histograms is none. */
export function asNumbers(reading: Reading): Reading {
  if (reading.kind !== 'series') return reading
  const isHistogram = reading.series.some(({ histograms = [] }) => histograms.length > 0)
  return isHistogram ? { kind: 'failed', why: histogramsText } : reading
}

const histogramsText =
  'the query answers with native histograms, not with numbers; ask for histogram_avg or histogram_quantile of them'

/** What is missing when the store answered and knows none of the pods. Without a diagnosis only that can be said. */
export function diagnose(
  diagnosis: Reading | undefined,
  reporter: Exclude<Reporter, 'auto'>,
): TroubleReason {
  if (diagnosis === undefined) return { code: 'NoPodsSeen' }
  return diagnosis.kind === 'series'
    ? missingIn(diagnosis.series, reporter)
    : (troubleIn(diagnosis) ?? { code: 'NoPodsSeen' })
}

function missingIn(series: readonly Series[], reporter: string): TroubleReason {
  if (series.length === 0) return { code: 'NoSuchMetric' }
  const seen = new Set(series.map(({ labels }) => labels['reporter'] ?? '').filter(Boolean))
  if (!seen.has(reporter)) return { code: 'ReporterMissing', seen: [...seen].toSorted() }
  const reported = series.filter(({ labels }) => labels['reporter'] === reporter)
  return reported.some(({ labels }) => (labels['pod'] ?? '') !== '')
    ? { code: 'NoPodsSeen' }
    : { code: 'NoPodLabel' }
}
