/** How the demo shows itself: a live picture on a terminal, else one line an event, or one JSON object a line. */
import { type Instant, timestamp } from '../../core/units.ts'
import type { Tell } from '../../ports.ts'
import type { DemoEvent } from './demo-event.ts'
import { clockText, picture } from './demo-picture.ts'
import type { DemoRelease, Ending } from './demo-release.ts'
import { beginDemo, type DemoState, elapsed, see } from './demo-state.ts'
import { outcomeJson, summary } from './demo-summary.ts'
import { painted, span } from './ink.ts'
import type { DemoOptions, Io } from './programs.ts'
import { Screen } from './screen.ts'

export type DemoFace = {
  /** What is told from here on belongs to this release. */
  readonly begin: (release: DemoRelease) => void
  readonly tell: Tell
  /** The time went on with no news. */
  readonly tick: (now: Instant) => void
  /** The release is over, or was given up. */
  readonly end: (ending: Ending) => void
  /** All of them are over. Gives the terminal back; also to be called when the demo fails. */
  readonly finish: (endings: readonly Ending[]) => void
}

type Look = Pick<DemoOptions, 'json' | 'color'>

const fewestColumns = 40
const fewestRows = 16

export function createFace(io: Io, look: Look): DemoFace {
  if (look.json) return jsonFace(io)
  return isLively(io) ? liveFace(io, look) : linesFace(io, look)
}

function isLively({ terminal, env }: Io): boolean {
  const size = terminal()
  if (size === undefined || env['TERM'] === 'dumb') return false
  return size.columns >= fewestColumns && size.rows >= fewestRows
}

/* ---------------------------------------------------------------- a live picture */

function liveFace(io: Io, { color }: Look): DemoFace {
  const screen = new Screen(io)
  let state: DemoState | undefined
  const draw = (now?: Instant): void => {
    const { columns, rows } = io.terminal() ?? { columns: 80, rows: 24 }
    if (state !== undefined) screen.draw(picture(state, { columns, rows, color, now }))
  }
  return {
    begin: (release) => {
      state = beginDemo(release)
      draw()
    },
    tell: (news) => {
      state = state && see(state, news)
      draw()
    },
    tick: draw,
    end: () => {
      draw()
      screen.keep()
      state = undefined
      io.out('\n')
    },
    finish: (endings) => {
      screen.close()
      io.out(summary(endings, color))
    },
  }
}

/* ---------------------------------------------------------------- one line an event */

function linesFace(io: Io, { color }: Look): DemoFace {
  const out = (line: string): void => io.out(`${line}\n`)
  return {
    ...eventFace((event, state) => out(eventLine(event, state, color))),
    end: () => out(''),
    finish: (endings) => io.out(summary(endings, color)),
  }
}

/** `good   0:42  Traffic weight updated from 0 to 20`. */
function eventLine({ at, text, ink }: DemoEvent, state: DemoState, color: boolean): string {
  const start = `${state.release.name.padEnd(4)} ${clockText(elapsed(state, at)).padStart(6)}  `
  return painted([span(start, 'quiet'), span(text, ink)], Number.POSITIVE_INFINITY, color)
}

/* ---------------------------------------------------------------- one JSON object a line */

function jsonFace(io: Io): DemoFace {
  const out = (line: string): void => io.out(`${line}\n`)
  return {
    ...eventFace((event, state) => out(eventJson(event, state))),
    end: (ending) => out(outcomeJson(ending)),
    finish: () => {},
  }
}

function eventJson({ at, kind, code, text }: DemoEvent, { release }: DemoState): string {
  return JSON.stringify({ kind, release: release.name, at: timestamp(at), code, message: text })
}

/** Hands over every event once. */
function eventFace(
  show: (event: DemoEvent, state: DemoState) => void,
): Pick<DemoFace, 'begin' | 'tell' | 'tick'> {
  let state: DemoState | undefined
  return {
    begin: (release) => {
      state = beginDemo(release)
    },
    tell: (news) => {
      if (state === undefined) return
      const after = see(state, news)
      const event = after.told > state.told ? after.events.at(-1) : undefined
      state = after
      if (event !== undefined) show(event, after)
    },
    tick: () => {},
  }
}
