/** How one metric of a score is compared: Kayenta's names and defaults, the same in a line of series and in provider `haldane/score`. */
import { z } from 'zod'
import { failed, ok, type Result } from '../result.ts'
import type { EffectSize, ScoredMetric } from '../score/settings.ts'
import { type Fields, object, type Sifted, served } from './fields.ts'
import { readAs, shape } from './shape.ts'
import { readNumber } from './values.ts'

export type Comparison = Omit<ScoredMetric, 'groups'>

export const comparisonFields: Fields = {
  name: served,
  direction: served,
  nanStrategy: served,
  outliers: object({ strategy: served, outlierFactor: served }),
  critical: served,
  mustHaveData: served,
  muted: served,
  effectSize: object({
    measure: served,
    allowedIncrease: served,
    allowedDecrease: served,
    criticalIncrease: served,
    criticalDecrease: served,
  }),
}

/** How values are read: JSON as it is, as Kayenta wants it, or also as text, which is what arguments of a template fill in. */
export type Spelling = 'json' | 'text'

/** Looks at its own fields only; `sifted` is a metric whose names have been judged. Where Kayenta takes a wrong word for its default, it is a problem. */
export function parseComparison(
  sifted: Sifted,
  path: string,
  spelling: Spelling,
): Result<Comparison> {
  const { value, problems } = shape({ ...sifted, problems: [] }, schemas[spelling], path)
  if (value === undefined) return failed(...problems)
  const { outliers, effectSize, ...rest } = value
  const outlierFactor = outliers.strategy === 'remove' ? outliers.outlierFactor : undefined
  return ok({ ...rest, outlierFactor, effectSize: toEffectSize(effectSize) })
}

type Body = Omit<Comparison, 'outlierFactor' | 'effectSize'> & {
  readonly outliers: { readonly strategy: 'remove' | 'keep'; readonly outlierFactor: number }
  readonly effectSize: Pick<EffectSize, 'measure'> & {
    readonly [limit in Limit]?: number | undefined
  }
}

type Limit = Exclude<keyof EffectSize, 'measure'>

function schemaOf(spelling: Spelling): z.ZodType<Body> {
  const flag = readAs((value) => readFlag(value, spelling), 'true or false').default(false)
  const limit = readAs((value) => readLimit(value, spelling), 'a number').optional()
  const factor = readAs(
    (value) => aboveZero(readLimit(value, spelling)),
    'a number above 0, such as 3',
  )
  return z.object({
    name: z.string().min(1),
    direction: z.enum(['increase', 'decrease', 'either']).default('either'),
    nanStrategy: z.enum(['remove', 'replace']).default('remove'),
    outliers: z
      .object({
        strategy: z.enum(['remove', 'keep']).default('keep'),
        outlierFactor: factor.default(3),
      })
      .default({ strategy: 'keep', outlierFactor: 3 }),
    critical: flag,
    mustHaveData: flag,
    muted: flag,
    effectSize: z
      .object({
        measure: z.enum(['meanRatio', 'cles']).default('meanRatio'),
        allowedIncrease: limit,
        allowedDecrease: limit,
        criticalIncrease: limit,
        criticalDecrease: limit,
      })
      .default({ measure: 'meanRatio' }),
  })
}

const schemas: Readonly<Record<Spelling, z.ZodType<Body>>> = {
  json: schemaOf('json'),
  text: schemaOf('text'),
}

/** 1 says that no difference of the means is too small; in `cles` that is a half. */
function toEffectSize(body: Body['effectSize']): EffectSize {
  const even = body.measure === 'cles' ? 0.5 : 1
  return {
    measure: body.measure,
    allowedIncrease: body.allowedIncrease ?? even,
    allowedDecrease: body.allowedDecrease ?? even,
    criticalIncrease: body.criticalIncrease ?? even,
    criticalDecrease: body.criticalDecrease ?? even,
  }
}

function readFlag(value: unknown, spelling: Spelling): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (spelling === 'json') return undefined
  return value === 'true' ? true : value === 'false' ? false : undefined
}

function readLimit(value: unknown, spelling: Spelling): number | undefined {
  return spelling === 'text' || typeof value === 'number' ? readNumber(value) : undefined
}

function aboveZero(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined
}
