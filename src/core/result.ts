/** A user's mistake: where it stands, what is wrong and what to do. Shown, never thrown. */
export type Problem = {
  /** Path of the field, such as `spec.strategy.canary.steps[0].setWeight`; or what was looked at. */
  readonly path: string
  /** What is wrong, with the value, then the remedy; one line. */
  readonly message: string
  /** The object that is not there, in words, where that is the mistake: it may be somewhere else. */
  readonly absent?: string
}

/** A domain value, or all problems that stand in its way. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export function ok<T>(value: T): Result<T> {
  return { ok: true, value }
}

export function failed(...problems: readonly Problem[]): Result<never> {
  return { ok: false, problems }
}

export function problem(path: string, message: string): Problem {
  return { path, message }
}

/** An object that is named and not there. `what` says which, in words. */
export function absence(path: string, what: string, message: string): Problem {
  return { path, message, absent: what }
}

/** `path: message`, problems joined with `; `. */
export function problemText(problems: readonly Problem[]): string {
  return problems
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('; ')
}
