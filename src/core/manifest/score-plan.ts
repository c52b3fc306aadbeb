/** Provider `haldane/score` as people write it → what is measured. */
import { z } from 'zod'
import { isObject, type JsonObject, listAt } from '../json.ts'
import { failed, ok, type Problem, problem, type Result } from '../result.ts'
import type { PlannedMetric, ScorePlan } from '../score/plan.ts'
import { type Duration, minutes } from '../units.ts'
import { comparisonFields, parseComparison } from './comparison.ts'
import { type Fields, list, object, type Sifted, served, sift } from './fields.ts'
import { parseTotals, totalsFields } from './score-totals.ts'
import { readAs, shape } from './shape.ts'
import { readAddress, readTime } from './values.ts'

/** Queries of one measurement. */
const mostMetrics = 100
/** Prometheus' own limit. */
const mostPoints = 11_000
/** Kayenta warns below 50; below this nothing can be told from chance. */
const leastPoints = 5

const planFields: Fields = {
  prometheus: object({ address: served }),
  window: served,
  step: served,
  metrics: list({
    ...comparisonFields,
    group: served,
    groups: served,
    canary: served,
    stable: served,
  }),
  ...totalsFields,
}

/** `path` is where the body stands; `address` is the store of a body that names none. */
export function parseScorePlan(
  body: JsonObject,
  path: string,
  address: string | undefined,
): Result<ScorePlan> {
  const sifted = sift(body, planFields, 'score', path)
  const { value, problems } = shape(sifted, planSchema, path)
  const totals = parseTotals(sifted, path)
  const metrics = listAt(sifted.served, 'metrics').map((metric, index) =>
    parsePlanned({ ...sifted, served: metric }, `${path}.metrics[${index}]`),
  )
  const wrong = [totals, ...metrics].flatMap((part) => (part.ok ? [] : part.problems))
  const all = [...problems, ...wrong, ...(value === undefined ? [] : pointProblems(value, path))]
  if (value === undefined || !totals.ok || all.length > 0) return failed(...all)
  const store = value.prometheus?.address ?? address
  return ok({
    prometheus: store === undefined ? undefined : { address: store },
    window: value.window,
    step: value.step,
    metrics: metrics.flatMap((metric) => (metric.ok ? [metric.value] : [])),
    ...totals.value,
  })
}

const time = readAs(readTime, 'a length of time such as 30m, more than 0')

const planSchema = z.object({
  prometheus: z
    .object({ address: readAs(readAddress, 'a URL like http://prometheus:9090') })
    .optional(),
  window: time,
  step: time.default(minutes(1)),
  metrics: z.array(z.unknown()).min(1).max(mostMetrics),
})

/** A metric that says nothing of groups counts in this one. */
const onlyGroup = 'all'

/** A metric of one query to each side. */
const plannedSchema = z
  .object({
    group: z.string().min(1).optional(),
    groups: z.array(z.string().min(1)).optional(),
    canary: z.string().min(1),
    stable: z.string().min(1),
  })
  .refine(({ group, groups }) => group === undefined || groups === undefined, {
    error: 'has no place beside groups; remove one of them',
    path: ['group'],
  })

function parsePlanned(sifted: Sifted, path: string): Result<PlannedMetric> {
  if (!isObject(sifted.served)) return failed(problem(path, 'must be an object with "name"'))
  const { value, problems } = shape({ ...sifted, problems: [] }, plannedSchema, path)
  const comparison = parseComparison(sifted, path, 'text')
  if (value === undefined || !comparison.ok)
    return failed(...problems, ...(comparison.ok ? [] : comparison.problems))
  const { group = onlyGroup, groups = [group], canary, stable } = value
  return ok({ ...comparison.value, groups, queries: { canary, stable } })
}

function pointProblems(
  { window, step }: { readonly window: Duration; readonly step: Duration },
  path: string,
): readonly Problem[] {
  const points = Math.floor(window / step)
  if (points >= leastPoints && points <= mostPoints) return []
  const range = `${leastPoints} to ${mostPoints}`
  const message = `must make ${range} values in the window, makes ${points}; 50 and more tell chance from change`
  return [problem(`${path}.step`, message)]
}
