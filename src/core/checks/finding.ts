/** What a look at a release finds before any traffic moves. Data; programs print it. */
/** `problem` stands in the way of a release, `warning` may spoil it, `note` is worth knowing, `fine` was looked at and is well. */
export type Level = 'problem' | 'warning' | 'note' | 'fine'

/** The object that a finding is about; of any kind. */
export type Subject = { readonly kind: string; readonly namespace: string; readonly name: string }

export type Finding = {
  readonly level: Level
  readonly object: Subject
  /** Where in the object; empty for the whole. */
  readonly path: string
  /** What is so, then what follows or what to do; one line. */
  readonly message: string
}

/** From the worst to the best. */
export const levels: readonly Level[] = ['problem', 'warning', 'note', 'fine']

type Teller = (path: string, message: string) => Finding

export type About = Readonly<Record<Level, Teller>>

/** Findings about one object. */
export function about(object: Subject): About {
  const teller =
    (level: Level): Teller =>
    (path, message) => ({ level, object, path, message })
  return {
    problem: teller('problem'),
    warning: teller('warning'),
    note: teller('note'),
    fine: teller('fine'),
  }
}
