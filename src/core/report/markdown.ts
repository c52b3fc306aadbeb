/** A report as a page that a service owner reads in a minute: what happened first, what it rests on below. */
import { between, type Duration, milliseconds, parseTimestamp } from '../units.ts'
import { judgementSections } from './markdown-judgement.ts'
import { code, flat, table } from './markdown-table.ts'
import { lengthText, percentText } from './numbers.ts'
import { asSentence, capital } from './prose.ts'
import type { ReleaseReport, ReportedRevision, ReportedStation } from './release-report.ts'

export function markdownOf(report: ReleaseReport): string {
  const sections = [
    summary(report),
    ['## What was released', ...released(report)],
    ['## Steps', ...table(stepColumns, report.timeline.map(stepRow))],
    ...(report.judgement === undefined ? [] : judgementSections(report.judgement)),
    ...(report.measured.length === 0 ? [] : [['## Scores and series', ...measured(report)]]),
    ...(report.links.length === 0 ? [] : [['## Links', links(report)]]),
  ]
  return `${sections.map(sectionText).join('\n\n')}\n`
}

/** Blank lines stand between paragraphs; the rows of a table stand together. */
export function sectionText(lines: readonly string[]): string {
  return lines.reduce((text, line) => {
    if (text === '') return line
    const isTable = line.startsWith('| ') && (text.split('\n').at(-1) ?? '').startsWith('| ')
    return `${text}${isTable ? '\n' : '\n\n'}${line}`
  }, '')
}

/* ---------------------------------------------------------------- what happened */

function summary(report: ReleaseReport): readonly string[] {
  const outcome = report.outcome.replace('-', ' ')
  return [
    `# ${report.rollout.name}: revision ${report.revision} ${outcome}`,
    `**Verdict: ${report.verdict}.** ${capital(asSentence(withoutVerdict(report)))}`,
    ...(report.because === '' ? [] : [`${capital(outcome)}: ${asSentence(report.because)}`]),
    ...reservation(report),
  ]
}

/** A promotion that rests on no proof says so. */
function reservation({ outcome, verdict }: ReleaseReport): readonly string[] {
  if (outcome !== 'promoted' || verdict === 'no worse') return []
  if (verdict === 'worse')
    return ['It was promoted although the canary was proved worse: a person or a setting said so.']
  return ['It was promoted without a proof that it is no worse.']
}

function withoutVerdict({ sentence, verdict }: ReleaseReport): string {
  const start = `${verdict}: `
  return sentence.startsWith(start) ? sentence.slice(start.length) : sentence
}

/* ---------------------------------------------------------------- what was released */

function released(report: ReleaseReport): readonly string[] {
  const { canary, stable, rollout, startedAt, finishedAt } = report
  const took = lengthText(lengthOf(startedAt, finishedAt))
  return [
    ...table(
      ['', 'canary', 'stable'],
      [['pod-template hash', code(canary.hash), code(stable.hash)], ...imageRows(canary, stable)],
    ),
    `Rollout ${code(`${rollout.namespace}/${rollout.name}`)}, from ${clockText(startedAt)} to ${clockText(finishedAt)} UTC (${took}).`,
  ]
}

function imageRows(
  canary: ReportedRevision,
  stable: ReportedRevision,
): readonly (readonly string[])[] {
  const names = [...canary.images, ...stable.images].map(({ container }) => container)
  return [...new Set(names)].map((name) => [
    `image of ${code(name)}`,
    imageText(canary, name),
    imageText(stable, name),
  ])
}

function imageText({ images }: ReportedRevision, name: string): string {
  const found = images.find(({ container }) => container === name)
  return found === undefined ? '—' : code(found.image)
}

/* ---------------------------------------------------------------- steps */

const stepColumns = ['at (UTC)', 'step', 'canary asked', 'canary observed', 'lasted'] as const

function stepRow(station: ReportedStation): readonly string[] {
  const { at, until, text, askedWeight, observedShare } = station
  return [
    clockText(at),
    station.stage === 'stepping' ? `${station.step + 1}. ${code(text)}` : text,
    `${askedWeight} %`,
    observedShare === undefined ? 'not known' : percentText(observedShare),
    lengthText(lengthOf(at, until)),
  ]
}

function measured({ measured: metrics }: ReleaseReport): readonly string[] {
  const rows = metrics.map(({ metric, provider, run, phase, text }) => [
    code(metric),
    provider,
    code(run),
    phase,
    flat(text ?? ''),
  ])
  return table(['metric', 'by', 'AnalysisRun', 'phase', 'found'], rows)
}

function links({ links: all }: ReleaseReport): string {
  return all.map(({ title, url }) => `- [${title}](${url})`).join('\n')
}

/* ---------------------------------------------------------------- times */

/** `2026-03-01T12:00:05Z` → `2026-03-01 12:00:05`. */
function clockText(time: string): string {
  return time.replace('T', ' ').replace('Z', '')
}

function lengthOf(from: string, to: string): Duration {
  const start = parseTimestamp(from)
  const end = parseTimestamp(to)
  return start === undefined || end === undefined ? milliseconds(0) : between(start, end)
}
