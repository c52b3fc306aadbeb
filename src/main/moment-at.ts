/** A time that a person gave: itself, or so long ago. */
import type { Moment } from '../app/cli/judge-options.ts'
import { type Instant, minus } from '../core/units.ts'

export function momentAt(moment: Moment | undefined, now: Instant): Instant | undefined {
  if (moment === undefined) return undefined
  return moment.kind === 'at' ? moment.at : minus(now, moment.by)
}
