/** Everything that is known of a release that is over → its report. */
import { sentence } from '../judge/sentence.ts'
import type { Findings } from '../judge/verdict.ts'
import type { Journal } from '../rollout/journal.ts'
import type { Identity } from '../rollout/scene.ts'
import type { Step } from '../rollout/spec.ts'
import { type Instant, timestamp } from '../units.ts'
import { type Judged, judgementOf, verdictWord } from './judgement.ts'
import { type LinkSettings, linksFor } from './links.ts'
import { measuredSentence } from './measured.ts'
import type {
  Link,
  Outcome,
  ReleaseReport,
  ReportedMetric,
  ReportedRevision,
} from './release-report.ts'
import { type ObservedShare, timelineOf } from './timeline.ts'

export type ReportInput = {
  readonly rollout: Pick<Identity, 'namespace' | 'name'>
  readonly canary: ReportedRevision
  readonly stable: ReportedRevision
  readonly steps: readonly Step[]
  readonly journal: Journal
  readonly outcome: Outcome
  /** One sentence. */
  readonly because: string
  readonly finishedAt: Instant
  /** Undefined when nobody judged. */
  readonly judged: Judged | undefined
  /** What scores and series found. */
  readonly measured?: readonly ReportedMetric[]
  readonly links: LinkSettings
  /** Shares of the traffic that were seen on the way, in any order; undefined leaves only the verdict's newest. */
  readonly observed?: readonly ObservedShare[] | undefined
}

/** Pure: the same input gives the same report, to the byte. */
export function makeReport(input: ReportInput): ReleaseReport {
  const { rollout, journal, steps, finishedAt, judged, measured = [] } = input
  return {
    version: 1,
    rollout: { namespace: rollout.namespace, name: rollout.name },
    revision: journal.revision,
    canary: input.canary,
    stable: input.stable,
    outcome: input.outcome,
    because: input.because,
    startedAt: timestamp(journal.startedAt),
    finishedAt: timestamp(finishedAt),
    timeline: timelineOf({ journal, steps, finishedAt, observed: sharesOf(input) }),
    verdict: verdictWord(judged?.verdict),
    sentence: judged === undefined ? measuredSentence(measured) : sentence(judged.verdict),
    judgement: judged && judgementOf(judged),
    measured,
    links: reportLinks(input),
  }
}

/** The report as it is kept in a file or a ConfigMap. */
export function reportJson(report: ReleaseReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`
}

function sharesOf({ observed, judged }: ReportInput): readonly ObservedShare[] {
  return observed ?? (judged === undefined ? [] : newestShare(judged.verdict.findings))
}

function newestShare({ source, blocks }: Findings): readonly ObservedShare[] {
  if (source.kind === 'unseen' || source.canaryShare === undefined) return []
  return blocks.to === undefined ? [] : [{ at: blocks.to, share: source.canaryShare }]
}

function reportLinks({
  rollout,
  journal,
  canary,
  stable,
  links,
  ...rest
}: ReportInput): readonly Link[] {
  return linksFor(links, {
    from: journal.startedAt,
    to: rest.finishedAt,
    namespace: rollout.namespace,
    rollout: rollout.name,
    canaryHash: canary.hash,
    stableHash: stable.hash,
    queries: rest.judged?.queries,
  })
}
