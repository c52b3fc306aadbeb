/** The steps of a release as a track: `●── 20 % ──◉── pause 10m ──○`. */
import type { DemoState, Pass } from './demo-state.ts'
import { type Ink, type Line, type Span, span, widthOf } from './ink.ts'

type Mark = { readonly sign: string; readonly ink: Ink }

type Stop = { readonly mark: Mark; readonly label: string }

const done: Mark = { sign: '●', ink: 'good' }
const here: Mark = { sign: '◉', ink: 'canary' }
const ahead: Mark = { sign: '○', ink: 'quiet' }
const stopped: Mark = { sign: '✕', ink: 'bad' }

/** On one line where it fits, closer together or on several where it does not. */
export function track(state: DemoState, columns: number): readonly Line[] {
  if (state.pass === undefined) return [[span(' waiting for the controller', 'quiet')]]
  const stops = stopsOf(state, state.pass)
  const wide = joined(stops, { before: '── ', after: ' ──' })
  if (widthOf(wide) <= columns) return [wide]
  const narrow = joined(stops, { before: ' ', after: ' ─ ' })
  return widthOf(narrow) <= columns ? [narrow] : wrapped(stops, columns)
}

type Rail = { readonly before: string; readonly after: string }

function joined(stops: readonly Stop[], rail: Rail): Line {
  return [
    span(' '),
    ...stops.flatMap((stop, index) => stopSpans(stop, rail, index === stops.length - 1)),
  ]
}

function stopSpans(
  { mark, label }: Stop,
  { before, after }: Rail,
  isLast: boolean,
): readonly Span[] {
  return [
    span(mark.sign, mark.ink),
    span(before, 'quiet'),
    span(label, mark === here || mark === stopped ? 'strong' : mark === ahead ? 'quiet' : 'plain'),
    ...(isLast ? [] : [span(after, 'quiet')]),
  ]
}

function wrapped(stops: readonly Stop[], columns: number): readonly Line[] {
  const rail = { before: ' ', after: ' ─ ' }
  return stops.reduce<readonly Line[]>((lines, stop, index) => {
    const spans = stopSpans(stop, rail, index === stops.length - 1)
    const last = lines.at(-1) ?? []
    return lines.length > 0 && widthOf([...last, ...spans]) <= columns
      ? [...lines.slice(0, -1), [...last, ...spans]]
      : [...lines, [span(' '), ...spans]]
  }, [])
}

function stopsOf(state: DemoState, pass: Pass): readonly Stop[] {
  const labels = [...pass.steps.map(labelOf), 'promoted']
  return labels.map((label, index) => ({ label, mark: markAt(index, state, pass) }))
}

function markAt(index: number, { reached }: DemoState, pass: Pass): Mark {
  const { stage, step, steps } = pass
  switch (stage) {
    case 'first':
      return ahead
    case 'settled':
      return pass.revision > 1 ? done : ahead
    case 'aborted':
      return index === reached ? stopped : index < reached ? done : ahead
    case 'promoting':
      return index === steps.length ? here : done
    case 'stepping':
      return index === step ? here : index < step ? done : ahead
  }
}

/** `setWeight: 20` → `20 %`, `pause: 10m` → `pause 10m`. */
function labelOf(step: string): string {
  return step.replace(/^setWeight: (\d+)$/, '$1 %').replace(': ', ' ')
}
