/** Analyses as a Rollout asks for them: in the background, or as a step. */
import { z } from 'zod'
import type { Argument } from '../analysis/metric.ts'
import type { AnalysisSpec, BackgroundAnalysis } from '../rollout/spec.ts'

const text = z.string().min(1)
const count = z.int().min(0).max(2_147_483_647)
const labels = z.record(z.string(), z.string())

const sourceSchema = z
  .strictObject({
    podTemplateHashValue: z.enum(['Stable', 'Latest']).optional(),
    fieldRef: z.strictObject({ fieldPath: text, apiVersion: z.string().optional() }).optional(),
  })
  .refine((from) => Object.keys(from).length === 1, {
    error: 'must hold exactly one of podTemplateHashValue and fieldRef',
  })

const argumentSchema = z
  .strictObject({ name: text, value: z.string().optional(), valueFrom: sourceSchema.optional() })
  .refine((argument) => argument.value === undefined || argument.valueFrom === undefined, {
    error: 'must hold value or valueFrom, not both',
  })

const analysisShape = {
  templates: z
    .array(z.strictObject({ templateName: text, clusterScope: z.boolean().default(false) }))
    .min(1),
  args: z.array(argumentSchema).default([]),
  analysisRunMetadata: z
    .strictObject({ labels: labels.optional(), annotations: labels.optional() })
    .optional(),
} as const

const analysisObject = z.strictObject(analysisShape)
export const analysisSchema: z.ZodType<AnalysisSpec> = analysisObject.transform(toAnalysis)

const backgroundObject = z.strictObject({ ...analysisShape, startingStep: count.default(0) })
export const backgroundSchema: z.ZodType<BackgroundAnalysis> = backgroundObject.transform(
  (shaped) => ({ ...toAnalysis(shaped), startingStep: shaped.startingStep }),
)

function toAnalysis(shaped: z.infer<typeof analysisObject>): AnalysisSpec {
  return {
    templates: shaped.templates.map(({ templateName, clusterScope }) => ({
      name: templateName,
      clusterScope,
    })),
    args: shaped.args.map(toArgument),
    labels: shaped.analysisRunMetadata?.labels ?? {},
    annotations: shaped.analysisRunMetadata?.annotations ?? {},
  }
}

function toArgument({ name, value, valueFrom }: z.infer<typeof argumentSchema>): Argument {
  const hash = valueFrom?.podTemplateHashValue
  if (hash !== undefined)
    return { name, value: undefined, from: { kind: 'podTemplateHash', of: hash } }
  const path = valueFrom?.fieldRef?.fieldPath
  return { name, value, from: path === undefined ? undefined : { kind: 'field', path } }
}
