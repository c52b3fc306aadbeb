/** How the demo ended: for people, and as JSON. */
import { countText, percentText } from '../../core/report/numbers.ts'
import type { ReportedSide } from '../../core/report/release-report.ts'
import { type Ending, endedAsExpected } from './demo-release.ts'
import { type Ink, type Line, painted, span } from './ink.ts'

/** The reports in a few lines, and where to read on. Nothing is cut: paths are to be copied. */
export function summary(endings: readonly Ending[], color: boolean): string {
  return endings
    .flatMap((ending) => [...endingLines(ending), []])
    .map((line) => `${painted(line, Number.POSITIVE_INFINITY, color)}\n`)
    .join('')
}

/** One object for each release. */
export function outcomeJson(ending: Ending): string {
  const { release } = ending
  const start = { kind: 'outcome', release: release.name, expected: release.expected }
  if (ending.kind === 'unfinished')
    return JSON.stringify({ ...start, outcome: 'unfinished', because: ending.because })
  const { outcome, because } = ending.report
  const { json, markdown } = ending.files
  return JSON.stringify({ ...start, outcome, because, report: json, markdown })
}

function endingLines(ending: Ending): readonly Line[] {
  const { name, expected } = ending.release
  const isExpected = endedAsExpected(ending)
  const [word, ink]: readonly [string, Ink] = isExpected
    ? ['as expected', 'good']
    : [`expected was ${outcomeText(expected)}`, 'bad']
  return [
    [span(`${name} release: `, 'strong'), span(`${outcomeText(outcomeOf(ending))}, ${word}`, ink)],
    ...detailLines(ending),
  ]
}

function detailLines(ending: Ending): readonly Line[] {
  if (ending.kind === 'unfinished') return [[span(`  ${ending.because}`)]]
  const { sentence, judgement } = ending.report
  return [
    [span(`  verdict  ${sentence}`)],
    ...(judgement === undefined
      ? []
      : [sideLine('canary', judgement.canary), sideLine('stable', judgement.stable)]),
    [span('  report   ', 'quiet'), span(ending.files.markdown)],
    [span('           ', 'quiet'), span(ending.files.json)],
  ]
}

function sideLine(name: string, { judged, failureRatio }: ReportedSide): Line {
  const ratio = failureRatio === undefined ? '' : `, ${percentText(failureRatio.estimate)}`
  return [
    span(
      `  ${name}   ${countText(judged.requests)} requests, ${countText(judged.failures)} failed${ratio}`,
    ),
  ]
}

function outcomeOf(ending: Ending): string {
  return ending.kind === 'over' ? ending.report.outcome : 'unfinished'
}

function outcomeText(outcome: string): string {
  return outcome.replace('-', ' ')
}
