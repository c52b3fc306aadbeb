/** One of the demo's releases, and how it ended. */
import type { RolloutName } from '../../core/report/news.ts'
import type { Outcome, ReleaseReport } from '../../core/report/release-report.ts'

export type DemoRelease = {
  readonly name: 'good' | 'bad'
  /** What is about to happen, for the title. */
  readonly title: string
  readonly expected: Outcome
  readonly rollout: RolloutName
}

export type Ending = { readonly release: DemoRelease } & (
  | { readonly kind: 'over'; readonly report: ReleaseReport; readonly files: ReportFiles }
  | { readonly kind: 'unfinished'; readonly because: string }
)

/** Paths of the report's two forms. */
export type ReportFiles = { readonly json: string; readonly markdown: string }

export function endedAsExpected(ending: Ending): boolean {
  return ending.kind === 'over' && ending.report.outcome === ending.release.expected
}
