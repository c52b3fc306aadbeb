/** What the demo knows of a release, gathered from what the controller tells. */
import type { Verdict } from '../../core/judge/verdict.ts'
import type { News } from '../../core/report/news.ts'
import type { ReleaseReport } from '../../core/report/release-report.ts'
import { between, type Duration, type Instant, milliseconds } from '../../core/units.ts'
import { type DemoEvent, eventOf } from './demo-event.ts'
import type { DemoRelease } from './demo-release.ts'

export type Pass = Extract<News, { readonly kind: 'pass' }>

export type DemoState = {
  readonly release: DemoRelease
  /** When the revision that is under way began; undefined before any news. */
  readonly since: Instant | undefined
  readonly now: Instant | undefined
  readonly pass: Pass | undefined
  /** The step that the release has come to: a rollback begins there. */
  readonly reached: number
  readonly verdict: Verdict | undefined
  readonly report: ReleaseReport | undefined
  /** What happened, newest last. */
  readonly events: readonly DemoEvent[]
  /** How many events there were, those that were dropped included. */
  readonly told: number
}

const mostEvents = 40

export function beginDemo(release: DemoRelease): DemoState {
  return {
    release,
    since: undefined,
    now: undefined,
    pass: undefined,
    reached: 0,
    verdict: undefined,
    report: undefined,
    events: [],
    told: 0,
  }
}

/** News of other rollouts change nothing. */
export function see(state: DemoState, news: News): DemoState {
  const { namespace, name } = state.release.rollout
  if (news.rollout.namespace !== namespace || news.rollout.name !== name) return state
  const before = isNewRevision(news) ? { ...beginDemo(state.release), told: state.told } : state
  return learn(remember({ ...before, since: before.since ?? news.at, now: news.at }, news), news)
}

/** How long the release has been under way. */
export function elapsed({ since, now }: DemoState, at: Instant | undefined = now): Duration {
  return since === undefined || at === undefined ? milliseconds(0) : between(since, at)
}

function isNewRevision(news: News): boolean {
  return news.kind === 'note' && news.note.reason === 'RolloutUpdated'
}

function remember(state: DemoState, news: News): DemoState {
  const event = eventOf(state, news)
  if (event === undefined) return state
  return { ...state, events: [...state.events, event].slice(-mostEvents), told: state.told + 1 }
}

function learn(state: DemoState, news: News): DemoState {
  switch (news.kind) {
    case 'pass':
      return {
        ...state,
        pass: news,
        reached: news.stage === 'stepping' ? news.step : state.reached,
      }
    case 'evidence':
      return { ...state, verdict: news.verdict }
    case 'report':
      return { ...state, report: news.report }
    case 'note':
      return state
  }
}
