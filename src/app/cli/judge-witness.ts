/** Whom the judge hears: the pods of two sides, as a metrics store tells of them. */
import { queriesOf } from '../../core/judge/queries.ts'
import type { Reading } from '../../core/judge/reading.ts'
import { troubleSentence } from '../../core/judge/sentence.ts'
import type { JudgeSettings } from '../../core/judge/settings.ts'
import type { Trial } from '../../core/judge/trial.ts'
import type { TroubleReason } from '../../core/judge/verdict.ts'
import type { ReportedQuery } from '../../core/report/release-report.ts'
import type { Metrics, Window } from '../../ports.ts'

type Ask = (window: Window) => Promise<Reading>

/** What it may be asked is what a `Case` hears. */
export type Witness = {
  /** For lines and headings. */
  readonly name: string
  readonly trial: Trial
  /** For pages. */
  readonly queries: readonly ReportedQuery[]
  readonly requests: Ask
  readonly buckets: Ask
  /** Versions of the proxies. */
  readonly proxies: Ask
  readonly source: Ask
  /** Undefined where nobody knows what else to look for. */
  readonly diagnosis: Ask | undefined
  /** What is missing, in words of what was asked for. */
  readonly missing: (because: TroubleReason) => string
}

/** Both revisions of a Rollout, asked as the controller asks. */
export function rolloutWitness(trial: Trial, settings: JudgeSettings, metrics: Metrics): Witness {
  const { requests, buckets, proxies, source, diagnosis } = queriesOf(trial, settings)
  return {
    name: `${trial.namespace}/${trial.rollout}`,
    trial,
    queries: [
      { name: 'requests', title: 'Every outcome of both sides, by pod', promql: requests },
      { name: 'buckets', title: 'How long what did not fail took, by pod', promql: buckets },
      { name: 'proxies', title: 'Versions of the proxies', promql: proxies },
      { name: 'source', title: 'What the callers saw', promql: source },
    ],
    requests: (window) => metrics.range(requests, window),
    buckets: (window) => metrics.range(buckets, window),
    proxies: (window) => metrics.range(proxies, window),
    source: (window) => metrics.range(source, window),
    diagnosis: (window) => metrics.range(diagnosis, window),
    missing: troubleSentence,
  }
}
