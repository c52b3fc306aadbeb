/** What a score adds up to: weights of groups, and the scores from which on a canary passes or is marginal. */
import { z } from 'zod'
import { failed, ok, type Problem, problem, type Result } from '../result.ts'
import type { ScoreQuestion } from '../score/settings.ts'
import { type Fields, object, type Sifted, served } from './fields.ts'
import { readAs, shape } from './shape.ts'
import { readNumber } from './values.ts'

export type Totals = Pick<ScoreQuestion, 'weights' | 'threshold'>

export const totalsFields: Fields = {
  weights: object({ '*': served }),
  threshold: object({ pass: served, marginal: served }),
}

/** Looks at its own fields only. The thresholds that are left out are those that Spinnaker suggests to begin with. */
export function parseTotals(sifted: Sifted, path: string): Result<Totals> {
  const { value, problems } = shape({ ...sifted, problems: [] }, totalsSchema, path)
  if (value === undefined) return failed(...problems)
  const { pass = 95, marginal = Math.min(75, pass) } = value.threshold
  const totals = { weights: new Map(Object.entries(value.weights)), threshold: { pass, marginal } }
  const wrong = totalsProblems(totals, path === '' ? '' : `${path}.`)
  return wrong.length > 0 ? failed(...wrong) : ok(totals)
}

const percent = readAs(readPercent, 'a number from 0 to 100')

const totalsSchema = z.object({
  weights: z.record(z.string(), percent).default({}),
  threshold: z.object({ pass: percent.optional(), marginal: percent.optional() }).default({}),
})

/** Kayenta takes weights over 100 and gives the groups without one a negative weight. */
function totalsProblems({ weights, threshold }: Totals, prefix: string): readonly Problem[] {
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0)
  const { pass, marginal } = threshold
  return [
    ...(sum > 100.000_001
      ? [problem(`${prefix}weights`, `must add up to at most 100, add up to ${sum}`)]
      : []),
    ...(marginal > pass
      ? [problem(`${prefix}threshold.marginal`, `must be at most pass (${pass}), is ${marginal}`)]
      : []),
  ]
}

function readPercent(value: unknown): number | undefined {
  const number = readNumber(value)
  return number !== undefined && number >= 0 && number <= 100 ? number : undefined
}
