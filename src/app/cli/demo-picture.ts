/** A release as a picture of at most 24 lines, to be drawn again and again in the same place. */
import type { Channel, Ratio, SideFindings } from '../../core/judge/verdict.ts'
import { claim, type Direction } from '../../core/report/claim.ts'
import { bar, countText, figures, natsText, percentText } from '../../core/report/numbers.ts'
import type { Duration, Instant } from '../../core/units.ts'
import { type DemoState, elapsed } from './demo-state.ts'
import { track } from './demo-track.ts'
import { type Ink, type Line, painted, span, widthOf } from './ink.ts'

export type View = {
  readonly columns: number
  /** Lines of the terminal; undefined leaves it at 24. */
  readonly rows?: number | undefined
  readonly color: boolean
  /** The time now, where it is later than the last news. */
  readonly now?: Instant | undefined
}

const mostRows = 24
const mostColumns = 100
const eventRows = 6

export function picture(state: DemoState, view: View): string {
  const columns = Math.min(view.columns, mostColumns)
  const rows = Math.min(mostRows, (view.rows ?? mostRows + 1) - 1)
  const above = [
    title(state, columns, view.now),
    ...headline(state, columns),
    ...track(state, columns),
    [],
    ...weights(state, columns),
    [],
    ...sides(state),
    [],
    ...evidence(state, columns),
  ]
  const room = Math.min(eventRows, rows - above.length - 1)
  const all = room > 0 ? [...above, [], ...events(state, room)] : above
  return all
    .slice(0, rows)
    .map((line) => painted(line, columns, view.color))
    .join('\n')
}

/** `0:42`, `12:05`, `1:00:00`. */
export function clockText(time: Duration): string {
  const whole = Math.floor(time / 1000)
  const hours = Math.floor(whole / 3600)
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) =>
    String(part).padStart(2, '0'),
  )
  return hours > 0 ? `${hours}:${parts.join(':')}` : parts.join(':').replace(/^0/, '')
}

/* ---------------------------------------------------------------- head */

/** The time stays, whatever the width; names give way. */
function title(state: DemoState, columns: number, now: Instant | undefined): Line {
  const { release, pass } = state
  const revision = pass === undefined ? '' : `, revision ${pass.revision}`
  const name = `  ${release.rollout.namespace}/${release.rollout.name}${revision}`
  const time = ` ${clockText(elapsed(state, now))} `
  const short = [span(' Haldane ', 'strong'), span(` ${release.title}`, 'canary')]
  const whole = [...short, span(name, 'quiet')]
  const line = widthOf(whole) + time.length <= columns ? whole : short
  const gap = columns - widthOf(line) - time.length
  return gap < 0 ? line : [...line, span(' '.repeat(gap)), span(time, 'strong')]
}

/** What it says of itself; at the end the outcome with its reason, on two lines at most. */
function headline({ report, pass }: DemoState, columns: number): readonly Line[] {
  if (report === undefined) {
    const words = [pass?.phase, pass?.message].filter(Boolean).join(': ')
    return [[span(` ${words}`, 'quiet')]]
  }
  const [word, ink] =
    report.outcome === 'promoted'
      ? (['promoted', 'good'] as const)
      : (['rolled back', 'bad'] as const)
  return folded(`${word}: ${report.sentence}`, columns).map((text) => [span(` ${text}`, ink)])
}

/** Broken at a space, once. */
function folded(text: string, columns: number): readonly string[] {
  const space = text.lastIndexOf(' ', columns - 2)
  if (text.length < columns || space <= 0) return [text]
  return [text.slice(0, space), text.slice(space)]
}

/* ---------------------------------------------------------------- traffic */

function weights({ pass, verdict }: DemoState, columns: number): readonly Line[] {
  const source = verdict?.findings.source
  const observed = source?.kind === 'seen' ? source.canaryShare : undefined
  return [
    share('asked', pass && pass.asked / 100, columns),
    share('route', pass?.carried === undefined ? undefined : pass.carried / 100, columns),
    share('observed', observed, columns),
  ]
}

function share(name: string, part: number | undefined, columns: number): Line {
  const text = part === undefined ? 'not seen yet' : percentText(Number(part.toFixed(3)))
  return [
    span(` ${name.padEnd(16)}`, 'quiet'),
    span(bar(part ?? 0, barWidth(columns)), part === undefined ? 'quiet' : 'canary'),
    span(`  ${text}`),
  ]
}

function barWidth(columns: number): number {
  return Math.max(8, Math.min(40, columns - 36))
}

function sides({ pass, verdict }: DemoState): readonly Line[] {
  const found = verdict?.findings
  return [
    [span(row('', ['pods', 'requests', 'failed', 'ratio']), 'quiet')],
    [span(sideRow('canary', pass?.pods.canary, found?.canary), 'plain'), ...warmUp(found?.canary)],
    [span(sideRow('stable', pass?.pods.stable, found?.stable), 'plain')],
    [span(` ${ratioText(found?.ratio)}`, 'quiet')],
  ]
}

function row(name: string, cells: readonly string[]): string {
  const [pods = '', ...numbers] = cells
  return ` ${name.padEnd(16)}${pods.padStart(4)}${numbers.map((cell) => cell.padStart(10)).join('')}`
}

function sideRow(name: string, pods: number | undefined, side: SideFindings | undefined): string {
  const podsText = pods === undefined ? '–' : String(pods)
  if (side === undefined) return row(name, [podsText, '–', '–', '–'])
  const { judged, failureRatio } = side
  const ratio = failureRatio === undefined ? '–' : percentText(failureRatio.estimate)
  return row(name, [podsText, countText(judged.requests), countText(judged.failures), ratio])
}

function warmUp(side: SideFindings | undefined): Line {
  const requests = side === undefined ? 0 : side.all.requests - side.judged.requests
  return requests === 0 ? [] : [span(`   +${countText(requests)} in warm-up`, 'quiet')]
}

function ratioText(ratio: Ratio | undefined): string {
  if (ratio === undefined) return 'how many times as often the canary fails: not known yet'
  const { estimate, low, high } = ratio
  const bounds = [
    low > 0 ? `at least ${figures(low)}` : '',
    high === undefined ? '' : `at most ${figures(high)}`,
  ].filter(Boolean)
  const sure = bounds.length === 0 ? '' : `${bounds.join(', ')} times`
  if (estimate === undefined) return `the stable side has not failed${sure && `; canary: ${sure}`}`
  return `the canary fails ${figures(estimate)} times as often${sure && ` (${sure})`}`
}

/* ---------------------------------------------------------------- evidence */

function evidence({ verdict }: DemoState, columns: number): readonly Line[] {
  if (verdict === undefined) return [[span(' no evidence yet', 'quiet')]]
  const { against, inFavour } = verdict.findings
  return [
    [span(' evidence that the canary', 'quiet')],
    ...against.map((channel) => channelLine(channel, 'against', columns)),
    ...inFavour.map((channel) => channelLine(channel, 'inFavour', columns)),
  ]
}

function channelLine(channel: Channel, direction: Direction, columns: number): Line {
  const { name, logE, threshold } = channel
  const ink: Ink = direction === 'against' ? 'bad' : 'good'
  const part = logE / threshold
  return [
    span(` ${claim(name, direction).padEnd(16)}`),
    span(bar(part, barWidth(columns)), part > 0 ? ink : 'quiet'),
    span(`  ${natsText(logE)} of ${natsText(threshold)} nats`, part >= 1 ? 'strong' : 'plain'),
    ...(isHeldBack(channel) ? [span(', in one burst', 'quiet')] : []),
  ]
}

/** Strong, but all of it from one stretch of time: that decides nothing. */
function isHeldBack({ logE, threshold, guard }: Channel): boolean {
  return guard !== undefined && logE >= threshold && guard.logE < guard.threshold
}

/* ---------------------------------------------------------------- events */

/** Evidence stands above: the list is for what happened. */
function events(state: DemoState, rows: number): readonly Line[] {
  return state.events
    .filter(({ kind }) => kind !== 'evidence')
    .slice(-rows)
    .map(({ at, text, ink }) => [
      span(` ${clockText(elapsed(state, at)).padStart(5)}  `, 'quiet'),
      span(text, ink),
    ])
}
