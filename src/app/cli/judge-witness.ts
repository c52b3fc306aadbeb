/** Whom the judge hears: the pods of two sides, as a metrics store tells of them. */
import type { Heard } from '../../core/judge/case.ts'
import { queriesOf } from '../../core/judge/queries.ts'
import type { Reading } from '../../core/judge/reading.ts'
import { troubleSentence } from '../../core/judge/sentence.ts'
import type { JudgeSettings } from '../../core/judge/settings.ts'
import type { Trial } from '../../core/judge/trial.ts'
import type { TroubleReason } from '../../core/judge/verdict.ts'
import type { ReportedQuery } from '../../core/report/release-report.ts'
import type { Metrics, Window } from '../../ports.ts'

export type Answers = Omit<Heard, 'window' | 'at'>

export type Witness = {
  /** For lines and headings. */
  readonly name: string
  readonly trial: Trial
  readonly queries: readonly ReportedQuery[]
  readonly answer: (window: Window) => Promise<Answers>
  /** What is missing, in words of what was asked for. */
  readonly missing: (because: TroubleReason) => string
}

/** Both revisions of a Rollout, asked as the controller asks. */
export function rolloutWitness(trial: Trial, settings: JudgeSettings, metrics: Metrics): Witness {
  const { requests, source, diagnosis } = queriesOf(trial, settings)
  const answer = async (window: Window): Promise<Answers> => {
    const [destination, edge] = await Promise.all([
      metrics.range(requests, window),
      metrics.range(source, window),
    ])
    if (!isEmpty(destination)) return { destination, source: edge }
    const why = await metrics.range(diagnosis, { ...window, from: window.to })
    return { destination, source: edge, diagnosis: why }
  }
  return {
    name: `${trial.namespace}/${trial.rollout}`,
    trial,
    queries: [
      { name: 'requests', title: 'Every outcome of both sides, by pod', promql: requests },
      { name: 'source', title: 'What the callers saw', promql: source },
    ],
    answer,
    missing: troubleSentence,
  }
}

function isEmpty(reading: Reading): boolean {
  return reading.kind === 'series' && reading.series.length === 0
}
