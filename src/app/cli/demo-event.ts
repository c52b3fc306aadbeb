/** What of the news is worth a line: what happened, what is waited for, and the evidence now and then. */
import { sentence } from '../../core/judge/sentence.ts'
import type { Channel, Counts, Verdict } from '../../core/judge/verdict.ts'
import { claim } from '../../core/report/claim.ts'
import type { News } from '../../core/report/news.ts'
import { countText, natsText } from '../../core/report/numbers.ts'
import type { Note } from '../../core/rollout/action.ts'
import type { Reason } from '../../core/rollout/decide.ts'
import { explain } from '../../core/rollout/explain.ts'
import { between, type Instant, seconds } from '../../core/units.ts'
import type { DemoState, Pass } from './demo-state.ts'
import type { Ink } from './ink.ts'

export type DemoEvent = {
  readonly at: Instant
  readonly kind: 'note' | 'waiting' | 'verdict' | 'evidence'
  readonly code: string
  readonly text: string
  readonly ink: Ink
}

/** Evidence that decides nothing is told no more often than this, in the release's own time. */
const evidenceEvery = seconds(30)

/** Waiting for these is told by a note, or means that nothing goes on. */
const untold: readonly Reason['code'][] = [
  'Completed',
  'RolloutAborted',
  'InitialDeploy',
  'PausedByStep',
  'PausedInconclusive',
]

/** Undefined for news that only repeat what is known. */
export function eventOf(state: DemoState, news: News): DemoEvent | undefined {
  switch (news.kind) {
    case 'note':
      return noteEvent(news.note, news.at)
    case 'pass':
      return waitingEvent(state, news)
    case 'evidence':
      return verdictEvent(state, news.verdict, news.at)
    case 'report':
      return undefined
  }
}

/** The report is told by itself. */
function noteEvent({ type, reason, message }: Note, at: Instant): DemoEvent | undefined {
  if (reason === 'ReleaseReport') return undefined
  const ink = type === 'Warning' ? 'bad' : reason === 'RolloutCompleted' ? 'good' : 'plain'
  return { at, kind: 'note', code: reason, text: message, ink }
}

function waitingEvent({ pass }: DemoState, { decision, at }: Pass): DemoEvent | undefined {
  const { because } = decision
  const isTold = decision.kind !== 'wait' || untold.includes(because.code)
  if (isTold || pass?.decision.because.code === because.code) return undefined
  return { at, kind: 'waiting', code: because.code, text: explain(because), ink: 'quiet' }
}

function verdictEvent(state: DemoState, verdict: Verdict, at: Instant): DemoEvent | undefined {
  const code = verdict.because.code
  if (state.verdict?.because.code === code) return evidenceEvent(state, verdict, at)
  return { at, kind: 'verdict', code, text: verdictText(verdict), ink: inkOf(verdict) }
}

/** A verdict that stands is not repeated. */
function evidenceEvent(state: DemoState, verdict: Verdict, at: Instant): DemoEvent | undefined {
  if (verdict.kind !== 'undecided') return undefined
  const last = state.events.findLast(({ kind }) => kind === 'evidence' || kind === 'verdict')
  if (last !== undefined && between(last.at, at) < evidenceEvery) return undefined
  return { at, kind: 'evidence', code: 'Evidence', text: evidenceText(verdict), ink: 'quiet' }
}

function verdictText(verdict: Verdict): string {
  const words = sentence(verdict)
  switch (verdict.kind) {
    case 'worse':
      return `worse: ${words}`
    case 'no-worse':
      return `no worse: ${words}`
    case 'undecided':
    case 'no-data':
      return words
  }
}

function evidenceText({ findings: { against, inFavour, canary, stable } }: Verdict): string {
  const strongest = [
    ...against.slice(0, 1).map((channel) => channelText(channel, 'against')),
    ...inFavour.slice(0, 1).map((channel) => channelText(channel, 'inFavour')),
  ]
  return `${failedText('canary', canary.judged)}, ${failedText('stable', stable.judged)}; ${strongest.join(', ')} nats`
}

function channelText(
  { name, logE, threshold }: Channel,
  direction: 'against' | 'inFavour',
): string {
  return `${claim(name, direction)}: ${natsText(logE)} of ${natsText(threshold)}`
}

function failedText(side: string, { requests, failures }: Counts): string {
  return `${side} failed ${countText(failures)} of ${countText(requests)}`
}

function inkOf({ kind }: Verdict): Ink {
  return kind === 'worse' ? 'bad' : kind === 'no-worse' ? 'good' : 'quiet'
}
