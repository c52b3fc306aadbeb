/** What `haldane judge --report` writes: the verdict and what it rests on, in Markdown. */
import type { JudgeSettings } from '../../core/judge/settings.ts'
import type { Verdict } from '../../core/judge/verdict.ts'
import { judgementOf } from '../../core/report/judgement.ts'
import { sectionText } from '../../core/report/markdown.ts'
import { judgementSections } from '../../core/report/markdown-judgement.ts'
import { code } from '../../core/report/markdown-table.ts'
import { lengthText } from '../../core/report/numbers.ts'
import type { ReportedJudgement } from '../../core/report/release-report.ts'
import { type Instant, seconds, timestamp } from '../../core/units.ts'
import type { Outcome } from './judge-lines.ts'
import type { Witness } from './judge-witness.ts'

export type JudgedPage = {
  readonly witness: Witness
  readonly settings: JudgeSettings
  readonly outcome: Outcome
  readonly verdict: Verdict
  /** When it was decided; where nothing is decided, until when it was judged. */
  readonly at: Instant
}

export function judgedPage(page: JudgedPage): string {
  const sections = [heading(page), ...judgementSections(judgement(page))]
  return `${sections.map(sectionText).join('\n\n')}\n`
}

function heading({ witness, outcome, at }: JudgedPage): readonly string[] {
  const { word, because, seconds: after } = outcome
  const began = timestamp(witness.trial.since)
  return [
    `# ${word}: ${code(witness.name)}`,
    `**Verdict: ${word}.** ${because}.`,
    `${word === 'inconclusive' ? 'Judged until' : 'Decided at'} ${timestamp(at)}, ${lengthText(seconds(after))} after it began at ${began}.`,
  ]
}

function judgement({ witness, settings, verdict }: JudgedPage): ReportedJudgement {
  const unasked = { requests: '', source: '', buckets: '', proxies: '', diagnosis: '' }
  return { ...judgementOf({ verdict, settings, queries: unasked }), queries: witness.queries }
}
