/** Notes of one moment → few events. A write for each note would be half of all that a release asks of the API server. */
import type { Note } from './action.ts'

/** What people and programs wait for by its reason: each has an event of its own. So has every warning. */
const milestones: ReadonlySet<string> = new Set(['RolloutPaused', 'RolloutCompleted'])

/** Which of several notes an event is named after where no milestone is among them; the last one where none of these is. */
const namesakes = ['RolloutUpdated', 'ReleaseReport', 'RolloutStepCompleted']

type Group = {
  readonly lead: Note
  readonly before: readonly Note[]
  readonly after: readonly Note[]
}

/**
 * An event for each milestone and each warning, under Argo's reason and with Argo's words first; what happened around it is told with it,
 * reasons included: `Rollout is paused (CanaryPauseStep) [after SwitchService: …; TrafficWeightUpdated: …]`. Where that would be longer than
 * `longest`, each note is told alone.
 */
export function toldTogether(notes: readonly Note[], longest: number): readonly Note[] {
  return groupsOf(notes).flatMap(({ lead, before, after }) => {
    const message = [lead.message, ...aside('after', before), ...aside('then', after)].join(' ')
    return message.length <= longest ? [{ ...lead, message }] : [...before, lead, ...after]
  })
}

/** A warning stands alone: who is woken by it reads of nothing else. */
function groupsOf(notes: readonly Note[]): readonly Group[] {
  const groups: Group[] = []
  let loose: readonly Note[] = []
  const close = (): void => {
    const last = groups.at(-1)
    if (last !== undefined && last.lead.type === 'Normal')
      groups.splice(-1, 1, { ...last, after: [...last.after, ...loose] })
    else groups.push(...alone(loose))
    loose = []
  }
  for (const note of notes) {
    if (note.type === 'Warning') {
      close()
      groups.push({ lead: note, before: [], after: [] })
    } else if (milestones.has(note.reason)) {
      groups.push({ lead: note, before: loose, after: [] })
      loose = []
    } else loose = [...loose, note]
  }
  close()
  return groups
}

/** No milestone among them. */
function alone(notes: readonly Note[]): readonly Group[] {
  const named = namesakes.map((name) => notes.findIndex(({ reason }) => reason === name))
  const index = named.find((found) => found >= 0) ?? notes.length - 1
  const lead = notes[index]
  if (lead === undefined) return []
  return [{ lead, before: notes.slice(0, index), after: notes.slice(index + 1) }]
}

function aside(word: 'after' | 'then', notes: readonly Note[]): readonly string[] {
  const parts = notes.map(({ reason, message }) => `${reason}: ${message}`)
  return parts.length === 0 ? [] : [`[${word} ${parts.join('; ')}]`]
}
